"""A process that is killed in the middle: whatever it said was committed is there, once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leveling_core.ids import MemberKey
from leveling_core.member import MemberRecord
from leveling_core.store import LedgerQuery, LevelingStore
from storage import open_store
from tests.contract.support import GUILD, Clock

MEMBERS = 50
WORKER = f"""
import asyncio, copy, os, sys

from leveling_core.decision import Decision
from leveling_core.ids import MemberKey
from leveling_core.outcomes import LedgerLine, XpGained
from storage import open_store

GUILD, MEMBERS = {GUILD}, {MEMBERS}


async def work(store, number, told):
    key, cause = MemberKey(GUILD, number), number
    while True:
        cause += MEMBERS

        def decide(view):
            draft = copy.copy(view.member(key))
            draft.xp += 1
            outcome = XpGained(xp=1, source="message")
            line = LedgerLine(at=5, guild_id=GUILD, user_id=number, outcome=outcome, cause=cause)
            return Decision(draft.xp, {{key: draft}}, [line])

        await store.commit((key,), decide)
        os.write(told, b"%d\\n" % cause)


async def main():
    store = await open_store(sys.argv[1], clock=lambda: 5)
    told = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT)
    os.write(1, b"0\\n")
    await asyncio.gather(*(work(store, number, told) for number in range(1, MEMBERS + 1)))


asyncio.run(main())
"""


def run_and_kill(url: str, told: Path, seconds: float) -> list[int]:
    """Run the worker, kill it after some seconds of work, and return what it said was committed."""
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, url, str(told)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"0\n"
        time.sleep(seconds)  # how long it works before it is killed is the point, not a wait for luck
        os.kill(worker.pid, signal.SIGKILL)
    return [int(line) for line in told.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


async def causes_of(store: LevelingStore) -> list[int]:
    """Return the cause of every line, in order."""
    causes: list[int] = []
    after_seq = 0
    while lines := await store.list_ledger(LedgerQuery(after_seq=after_seq, limit=5000)):
        assert [line.seq for line in lines] == list(range(after_seq + 1, after_seq + 1 + len(lines)))
        causes += [line.cause for line in lines]
        after_seq = lines[-1].seq
    return causes


@pytest.mark.parametrize("seed", range(4))
async def test_killed_in_the_middle(tmp_path: Path, seed: int) -> None:
    """Every acknowledged commit is there exactly once, ledger and records agree, and it opens at once."""
    url = f"sqlite:///{tmp_path}/laurel.db"
    seconds = random.Random(seed).uniform(0.05, 0.4)  # noqa: S311 -- a moment, no secret
    told = run_and_kill(url, tmp_path / "told", seconds)
    store = await open_store(url, clock=Clock())
    try:
        causes = await causes_of(store)
        keys = [MemberKey(GUILD, number) for number in range(1, MEMBERS + 1)]
        records = await store.read_many(keys)
    finally:
        await store.close()
    assert told
    assert set(told) <= set(causes)
    assert len(set(causes)) == len(causes)
    totals = [record.xp for record in records if isinstance(record, MemberRecord)]
    assert totals == [sum(cause % MEMBERS == key.user_id % MEMBERS for cause in causes) for key in keys]
