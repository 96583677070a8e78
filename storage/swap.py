"""Putting one set of files in the place of another, so that a crash at any moment can be made good.

A rename is atomic, several are not. So what is to be done is written down first, in a plan beside the files;
whoever finds a plan carries it out to its end before anything else looks at the files. Carrying it out twice
does what once does.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from leveling_core.errors import StoreError
from storage.durable import move, sync_folder, write_text

__all__ = ["Move", "begin_swap", "end_swap", "undo_swap"]

FORMAT = 1


class Move(NamedTuple):
    """A file or folder that gets another name; both names are relative to the folder of the plan."""

    source: str
    target: str


class _Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    out: tuple[Move, ...]
    into: tuple[Move, ...]


def begin_swap(plan: Path, *, out: Iterable[Move], into: Iterable[Move]) -> None:
    """Write down what is to be moved; from now on it will be.

    Args:
        plan: The plan's file, which is not there yet.
        out: What makes room, to names that are not taken.
        into: What takes its place.

    Raises:
        OSError: It could not; nothing will be moved.
    """
    wanted = _Plan(format=FORMAT, out=tuple(out), into=tuple(into))
    for one in wanted.into:  # what is not there could not take the place of what makes room
        (plan.parent / one.source).stat()
    content = msgspec.json.encode(wanted)
    draft = plan.with_name(f"{plan.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        write_text(draft, content.decode())
        move(draft, plan)
        sync_folder(plan.parent)
    except OSError:
        for begun in (plan, draft):
            begun.unlink(missing_ok=True)
        raise


def end_swap(plan: Path) -> None:
    """Carry a plan out, or what is left of it, and take it away.

    Raises:
        StoreError: It cannot be read, or what it is to put in place is gone; the plan stays.
        OSError: A step failed; the plan stays, to be carried out or undone.
    """
    found = _read(plan)
    _check_nothing_is_lost(plan, found)
    # What makes room is on disk under its new name before anything can take the old one.
    for moves in (found.out, found.into):
        _carry_out(plan.parent, moves)
    _take_away(plan)


def undo_swap(plan: Path) -> None:
    """Move back what a plan has moved so far, and take it away.

    Raises:
        StoreError: It cannot be read.
        OSError: A step failed; the plan stays, to be carried out or undone.
    """
    found = _read(plan)
    for moves in (found.into, found.out):
        _carry_out(plan.parent, [Move(target, source) for source, target in reversed(moves)])
    _take_away(plan)


def _check_nothing_is_lost(plan: Path, found: _Plan) -> None:
    """See that all that takes a place is there, here or already there: else the place would stay empty.

    Raises:
        StoreError: Somebody has deleted some of it.
    """
    folder = plan.parent
    aside = {one.source: one.target for one in found.out}
    for source, target in found.into:
        # What stands in its place is itself only once the former was moved aside.
        is_there = (folder / target).exists() and (target not in aside or (folder / aside[target]).exists())
        if not (folder / source).exists() and not is_there:
            kept = ", ".join(f"{new} (was {old})" for old, new in aside.items() if (folder / new).exists())
            move_back = (
                f"Move back what was there before: {kept}. Then" if kept else "The old data is as it was:"
            )
            raise StoreError(
                path=str(plan),
                cause=f"a restore was broken off, and {source}, which it was to put in place, is gone",
                cure=f"{move_back} delete this file, and restore again",
            )


def _carry_out(folder: Path, moves: Iterable[Move]) -> None:
    touched = {folder}
    for one in moves:
        source, target = folder / one.source, folder / one.target
        # Where both are there, the move was made before and another has taken the source's name since.
        if source.exists() and not target.exists():
            move(source, target)
        touched |= {source.parent, target.parent}
    for one_folder in sorted(touched):
        if one_folder.is_dir():
            sync_folder(one_folder)


def _take_away(plan: Path) -> None:
    plan.unlink()
    sync_folder(plan.parent)


def _read(plan: Path) -> _Plan:
    cure = "Finish the restore with the version of Laurel that began it"
    try:
        found = msgspec.json.decode(plan.read_bytes(), type=_Plan)
    except msgspec.DecodeError as error:
        cause = f"it says how a restore goes on, and cannot be read ({error})"
        raise StoreError(path=str(plan), cause=cause, cure=cure) from error
    if found.format != FORMAT:
        cause = f"it says how a restore goes on, in format {found.format}"
        raise StoreError(path=str(plan), cause=cause, cure=cure)
    return found
