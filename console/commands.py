"""The commands of ``store``, and what is the same for all of them: arguments, help, errors, exit codes."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from console import backing_up, checking, copying, repairing, restoring
from console.session import FAILED, OWN_STORE, WRONG_USAGE, Refused, Session, tell
from console.wording import clip, explain
from data import Texts
from leveling_core.errors import StoreError

__all__ = ["Command", "add_store_arguments", "run_store_command"]


class Command(NamedTuple):
    """A command of ``store``.

    Attributes:
        add_arguments: Declares what may follow it.
        run: Runs it; returns the exit code.
        is_of_one_store: Whether it takes ``--store``.
    """

    add_arguments: Callable[[argparse.ArgumentParser, Texts], None]
    run: Callable[[Session, argparse.Namespace], int]
    is_of_one_store: bool = True


COMMANDS = {
    "check": Command(checking.add_arguments, checking.run),
    "repair": Command(repairing.add_arguments, repairing.run),
    "backup": Command(backing_up.add_arguments, backing_up.run),
    "restore": Command(restoring.add_arguments, restoring.run),
    "copy": Command(copying.add_arguments, copying.run, is_of_one_store=False),
}


def add_store_arguments(parser: argparse.ArgumentParser, texts: Texts) -> None:
    """Declare the commands of ``store``.

    Args:
        parser: That of ``store``.
        texts: The texts.
    """
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = texts("store-help-description")
    parser.epilog = texts("store-help-exit-codes")
    parser.set_defaults(show_help=parser.print_help)
    commands = parser.add_subparsers(
        dest="store_command", metavar="COMMAND", title=texts("process-help-commands")
    )
    for name, command in COMMANDS.items():
        its_parser = commands.add_parser(
            name,
            help=texts(f"store-{name}-help"),
            description=texts(f"store-{name}-help-more"),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        its_parser.epilog = texts(f"store-{name}-help-examples", command=its_parser.prog)
        command.add_arguments(its_parser, texts)
        if command.is_of_one_store:
            its_parser.add_argument("--store", metavar="URL", help=texts("store-help-store"))


def run_store_command(
    arguments: argparse.Namespace,
    texts: Texts,
    *,
    store_url: str,
    clock: Callable[[], int],
    backup_dir: Path | None = None,
) -> int:
    """Run a command of ``store``; return the exit code.

    Args:
        arguments: The command line.
        texts: The texts.
        store_url: The store, where the command line names no other.
        clock: Now, in ms UTC.
        backup_dir: Where backups of that store go; None for ``backups`` beside it.
    """
    name = arguments.store_command
    if name is None:
        arguments.show_help(sys.stderr)
        return WRONG_USAGE
    named = getattr(arguments, "store", None)
    session = Session(
        texts=texts,
        clock=clock,
        store_url=store_url if named is None else named,
        setting=OWN_STORE if named is None else "--store",
        own_backup_dir=backup_dir,
    )
    _write_what_cannot_be_encoded()
    try:
        code = COMMANDS[name].run(session, arguments)
        sys.stdout.flush()
    except Refused as refusal:
        tell(str(refusal))
        return refusal.code
    except StoreError as error:
        tell(texts(f"store-{name}-failed", problem=explain(error, texts)))
        return FAILED
    except BrokenPipeError:  # whoever reads has read enough, as `head` does
        _forget_output()
        return FAILED
    except OSError as error:
        why = error.strerror or str(error)
        problem = f"{clip(str(error.filename))}: {why}" if error.filename else why
        tell(texts(f"store-{name}-failed", problem=problem))
        return FAILED
    return code


def _write_what_cannot_be_encoded() -> None:
    """Have what the console has no letters for written as escapes, instead of failing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _forget_output() -> None:
    """Have what Python still wants to write at its end go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
