"""``store copy``: everything of a store into another place, and the proof that both are equal."""

from __future__ import annotations

import argparse

from console.display import Display
from console.session import DONE, FAILED, WRONG_USAGE, Refused, Session, run_async, say, tell
from console.wording import explain
from data import Texts
from leveling_core.errors import StoreError
from storage.fingerprint import Fingerprint
from storage.snapshots import open_snapshot
from storage.transfer import copy_store

__all__ = ["add_arguments", "run"]

SOURCE, TARGET = "FROM", "TO"


def add_arguments(parser: argparse.ArgumentParser, texts: Texts) -> None:
    """Declare what may follow ``store copy``."""
    parser.add_argument("source", metavar=SOURCE, help=texts("store-copy-help-from"))
    parser.add_argument("target", metavar=TARGET, help=texts("store-copy-help-to"))


def run(session: Session, arguments: argparse.Namespace) -> int:
    """Copy a store, and say what both hold."""
    texts = session.texts
    source = session.read_place(arguments.source, SOURCE)
    target = session.read_place(arguments.target, TARGET)
    if source.site.is_same_as(target.site):
        raise Refused(texts("store-copy-same"), WRONG_USAGE)
    session.require_store(source)
    try:
        fingerprint, later = run_async(_copy(session, source.url, target.url))
    except KeyboardInterrupt:
        tell(texts("store-copy-stopped", source=arguments.source, target=arguments.target))
        return FAILED
    except StoreError as error:
        place = next((one for one in (target, source) if error.path.startswith(str(one.path))), None)
        if place is None:
            raise
        problem = explain(error, texts)
        raise Refused(texts("store-copy-failed-at", name=place.setting, problem=problem)) from error
    _say_proof(fingerprint, arguments, texts)
    if later:
        say(texts("store-copy-went-on", source=arguments.source, count=later))
    else:
        say(texts("store-copy-next", source=arguments.source, target=arguments.target))
    return DONE


async def _copy(session: Session, source: str, target: str) -> tuple[Fingerprint, int]:
    """Copy; return what both hold, and how many lines the source has got since."""
    async with Display(session.texts) as display:
        display.begin("open")
        fingerprint = await copy_store(source, target, clock=session.clock, stage=display.begin)
        display.begin("look-again")
        snapshot = await open_snapshot(source)
        await snapshot.close()
        return fingerprint, snapshot.head.seq - fingerprint.head.seq


def _say_proof(fingerprint: Fingerprint, arguments: argparse.Namespace, texts: Texts) -> None:
    counts = fingerprint.counts
    say(
        texts(
            "store-copied",
            source=arguments.source,
            target=arguments.target,
            members=counts.members,
            documents=counts.documents,
            lines=counts.ledger,
            answers=counts.answers,
            seq=fingerprint.head.seq,
            member_xp=fingerprint.member_xp,
            ledger_xp=fingerprint.ledger_xp,
            ledger_hash=fingerprint.ledger,
        )
    )
