"""Restores that are killed, or that a disk breaks off: the old data is there, or the new, whole."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from leveling_core.errors import StoreError
from storage import durable
from storage.snapshots import open_snapshot
from tests.storage.killing import dies_at
from tests.storage.scene import BACKED_UP, LATER, Scene
from tests.storage.support import names_in


class KilledError(Exception):
    """The process is gone."""


async def test_a_restore_whose_new_data_was_deleted(
    any_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before it moved anything, its folder tidied away: no start on nothing, the old data stays."""

    def killed(_: Path) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr("storage.restore.end_swap", killed)
        with pytest.raises(KilledError):
            await any_scene.restore()
    [working] = any_scene.store_folder.glob("*restoring")
    shutil.rmtree(working)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"is gone.*delete this file"):
            await any_scene.open()
    [plan] = any_scene.store_folder.glob("*restore-plan.json")
    plan.unlink()
    assert (await any_scene.look())[0] == BACKED_UP + LATER


# what was done once, and who followed the ledger


CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "sqlite3.connect", "shutil.rmtree"}


def _is_change(event: str, arguments: tuple[Any, ...]) -> bool:
    """Tell whether an audit event is a change to files."""
    if event != "open":
        return event in CHANGES
    mode, flags = arguments[1:3]
    return bool(flags & (os.O_WRONLY | os.O_RDWR)) if mode is None else "r" not in str(mode)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed in the middle")
@pytest.mark.parametrize("kind", ["sqlite", "json"])
@pytest.mark.parametrize("is_new", [False, True], ids=["over old data", "where nothing was"])
def test_killed_at_any_step(tmp_path: Path, kind: str, *, is_new: bool) -> None:
    """Either the old data is there or the restored, whole; else the start is refused, never an empty one."""
    first = Scene(tmp_path / "first", kind)
    first.folder.mkdir()
    asyncio.run(first.play())
    if is_new:
        for name in first.names():
            (first.store_folder / name).unlink()
    step, outcomes, died = 0, list[str](), True
    while died:
        scene = Scene(tmp_path / f"step-{step}", kind)
        shutil.copytree(first.folder, scene.folder)
        died = dies_at(step, scene.restore, _is_change)
        outcomes.append(asyncio.run(_outcome(scene)))
        assert asyncio.run(_outcome_of_another_try(scene)) == "new", step
        step += 1
    assert step > 15
    before = {"nothing was begun", "refused"} if is_new else {"old"}
    turn = outcomes.index("new")
    assert set(outcomes[:turn]) == before, outcomes
    assert set(outcomes[turn:]) == {"new"}, outcomes


async def _outcome(scene: Scene) -> str:
    """Tell what a bot finds, having looked twice."""
    traces = [name for name in scene.names() if "lock" not in name]
    is_begun = scene.main.name not in traces and any("restoring" in name for name in traces)
    if is_begun and not any(name.endswith("restore-plan.json") for name in traces):
        with pytest.raises(StoreError, match=r"Run `python bot.py store restore FILE` again"):
            await scene.look()
        assert [name for name in scene.names() if "lock" not in name] == traces
        return "refused"
    if not traces:
        return "nothing was begun"
    xp, head, told = await scene.look()
    assert xp == told
    assert (await scene.look())[1] == head
    return {BACKED_UP: "new", BACKED_UP + LATER: "old"}[xp]


async def _outcome_of_another_try(scene: Scene) -> str:
    assert (await scene.restore()).done
    return await _outcome(scene)


class FailingFiles:
    """Lets a renaming fail from a certain one on, or that one alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, *, times: int) -> None:
        self.number = number
        self.times = times
        real = durable.move

        def move(source: Path, target: Path) -> None:
            self.number -= 1
            if self.number < 0 < self.times:
                self.times -= 1
                raise OSError(errno.EBUSY, "Device or resource busy")
            real(source, target)

        monkeypatch.setattr("storage.swap.move", move)


@pytest.mark.parametrize("number", range(3))
async def test_a_rename_that_fails_is_taken_back(
    any_scene: Scene, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A file that may not be moved (a volume of its own, say) is told of, and the old data is as it was."""
    FailingFiles(monkeypatch, number, times=1)
    with pytest.raises(StoreError, match="busy"):
        await any_scene.restore()
    monkeypatch.undo()
    assert names_in(any_scene.store_folder, "*restor*") == []
    assert (await any_scene.look())[0] == BACKED_UP + LATER


async def test_a_disk_that_goes_on_failing_is_mended_by_the_next_start(
    any_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be taken back either, the restore is finished by whoever opens the store next."""
    FailingFiles(monkeypatch, 2, times=100)
    with pytest.raises(StoreError):
        await any_scene.restore()
    with pytest.raises(StoreError):
        await any_scene.look()
    with pytest.raises(StoreError, match="a restore of it is under way"):
        await open_snapshot(any_scene.url)
    monkeypatch.undo()
    assert (await any_scene.look())[0] == BACKED_UP
