"""A storage that fails for a while: what members did waits in order, people are told, nothing comes twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from leveling_core.decision import Decision
from leveling_core.errors import RuleError, StoreClosedError, StoreUnavailableError
from leveling_core.ids import MemberKey, OnceKey
from leveling_core.member import MemberRecord
from leveling_core.outcomes import LedgerLine
from leveling_core.store import LedgerQuery, StoreHealth, XpBoard
from storage import grouping
from storage.backend import Writes
from storage.grouping import MAX_GROUP
from storage.store import GroupedStore
from tests.contract.support import GUILD, Clock, gain, line, say, set_member, spend
from tests.storage.support import BUSY, FULL, StoppedTime, TroubledBackend, settle

ANN, BEN, CID = (MemberKey(GUILD, user_id) for user_id in (1, 2, 3))
ALL_WELL = StoreHealth()


class Bench:
    """A store on a backend that fails on demand, in a time that passes on demand.

    Attributes:
        tries_at: When each write was tried, in seconds since the beginning.
    """

    def __init__(self) -> None:
        self.backend = TroubledBackend()
        self.time = StoppedTime()
        self.clock = Clock()
        self.store = GroupedStore(
            self.backend, clock=self.clock, monotonic=self.time.monotonic, sleep=self.time.sleep
        )

    def fail(self, times: int = 1_000_000, error: Exception = BUSY) -> None:
        """Let the next writes fail."""
        self.backend.failures = [error] * times

    def works_again(self) -> None:
        """End the failures."""
        self.backend.failures = []

    def award(self, key: MemberKey = ANN, xp: int = 1) -> asyncio.Future[int]:
        """Commit what somebody has earned: it may wait."""
        return self.store.commit((key,), gain(key, xp), patient=True)

    def ask(self, key: MemberKey = ANN) -> asyncio.Future[int]:
        """Commit what somebody asks for and waits to be told of."""
        return self.store.commit((key,), gain(key))

    async def open_breaker(self) -> None:
        """Let it fail until it is left alone."""
        self.fail()
        while self.store.health.breaker != "open":
            with pytest.raises(StoreUnavailableError):
                await self.ask()
            await self.time.pass_by(1)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Give a store that works, so far."""
    made = Bench()
    yield made
    made.works_again()
    await made.store.close()


async def test_what_members_did_waits_and_is_written_once_in_order(bench: Bench) -> None:
    """Patient commits of a group that failed are tried again, with those who came later behind them."""
    bench.fail(2)
    first = [bench.award(xp=1), bench.award(BEN), bench.award(xp=10)]
    await settle()
    later = [bench.award(xp=100), bench.award(BEN)]
    await bench.time.pass_by(0.11)
    assert not any(future.done() for future in (*first, *later))
    await bench.time.pass_by(10)
    assert [future.result() for future in (*first, *later)] == [1, 1, 11, 111, 2]
    lines = await bench.store.list_ledger(LedgerQuery())
    assert [(one.seq, one.user_id) for one in lines] == [(1, 1), (2, 2), (3, 1), (4, 1), (5, 2)]
    assert bench.backend.groups == [2]


async def test_who_waits_for_an_answer_is_told_after_one_try(bench: Bench) -> None:
    """Impatient commits fail with their group and are never written; the others of the group wait."""
    bench.fail(1)
    award, asked, other = bench.award(), bench.ask(), bench.award(BEN)
    await settle()
    assert asked.exception() is BUSY
    await bench.time.pass_by(1)
    assert (award.result(), other.result()) == (1, 1)
    assert await bench.store.read(ANN) == MemberRecord(xp=1)
    assert bench.backend.tries == 2


async def test_a_refusal_of_a_group_that_failed_is_none(bench: Bench) -> None:
    """What a rule refused on top of writes that are not there is decided again from what is."""
    bench.fail(1)
    award = bench.award(xp=5)
    spent = bench.store.commit((ANN,), spend(ANN, 5), patient=True)
    broke = bench.store.commit((ANN,), spend(ANN, 5), patient=True)
    await bench.time.pass_by(1)
    assert (award.result(), spent.result()) == (5, 0)
    assert isinstance(broke.exception(), RuleError)


@pytest.mark.parametrize("method", ["load", "load_answers"])
async def test_what_cannot_be_loaded_waits_too(
    bench: Bench, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It makes no difference at which step the storage fails."""

    async def fail(*_: object) -> None:
        raise BUSY

    with monkeypatch.context() as patch:
        patch.setattr(bench.backend, method, fail)
        award = bench.store.commit((ANN,), gain(ANN), once=OnceKey("a", "1", int), patient=True)
        asked = bench.ask(BEN)
        await settle()
        assert asked.exception() is BUSY
    await bench.time.pass_by(1)
    assert award.result() == 1


async def test_it_is_tried_again_after_ever_longer_pauses(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tenth of a second, then twice as long each time, until it is left alone for a minute."""
    began, tries_at = bench.time.now, list[float]()
    write = bench.backend.write

    async def note(writes: Writes) -> None:
        tries_at.append(round(bench.time.now - began, 3))
        await write(writes)

    monkeypatch.setattr(bench.backend, "write", note)
    bench.fail()
    award = bench.award()
    await bench.time.pass_by(130)
    assert tries_at == [0, 0.1, 0.3, 0.7, 1.5, 61.5, 121.5]
    bench.works_again()
    await bench.time.pass_by(60)
    assert (tries_at[-1], award.result()) == (181.5, 1)


async def test_tries_that_fail_slowly_are_not_repeated_without_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where each takes long, a few are enough: nobody waits for one after the other."""
    began, tries_at = bench.time.now, list[float]()

    async def fail_slowly(*_: object) -> None:
        bench.time.now += 8
        tries_at.append(bench.time.now - began)
        raise BUSY

    with monkeypatch.context() as patched:
        patched.setattr(bench.backend, "write", fail_slowly)
        bench.award()
        await bench.time.pass_by(60)
    assert tries_at == pytest.approx([8, 16.1, 24.3])
    assert bench.store.health.breaker == "open"


async def test_pauses_have_an_end(bench: Bench) -> None:
    """Where somebody asks now and then and each time in vain, half a minute is the longest pause."""
    bench.fail()
    for _ in range(12):
        with pytest.raises(StoreUnavailableError):
            await bench.ask()
        await bench.time.pass_by(31)
    assert bench.store.health.breaker == "closed"
    with pytest.raises(StoreUnavailableError):
        await bench.ask()
    tries = bench.backend.tries
    award = bench.award()
    await bench.time.pass_by(29.9)
    assert bench.backend.tries == tries
    bench.works_again()
    await bench.time.pass_by(0.2)
    assert award.result() == 1


async def test_people_are_told_at_once_while_it_is_left_alone(bench: Bench) -> None:
    """Nothing is tried: who asks reads what is wrong, what mends it, and when it is tried again."""
    await bench.open_breaker()
    tries = bench.backend.tries
    await bench.time.pass_by(20)
    asked = bench.ask()
    assert asked.done()
    with pytest.raises(StoreUnavailableError, match=r"somebody holds it\. Wait for.*again in 39 s"):
        await asked
    assert not bench.award().done()
    assert bench.backend.tries == tries


async def test_who_asks_behind_many_that_wait_is_told_too(bench: Bench) -> None:
    """When it is left alone, also those are told who ask and would not have been in the next group."""
    bench.fail()
    waiting = [bench.award() for _ in range(2 * MAX_GROUP)]
    await bench.time.pass_by(1.4)
    asked = bench.ask()
    assert not asked.done()
    await bench.time.pass_by(0.2)
    assert bench.store.health.breaker == "open"
    assert asked.exception() is BUSY
    bench.works_again()
    await bench.time.pass_by(60)
    assert [award.result() for award in waiting] == list(range(1, 2 * MAX_GROUP + 1))


async def test_a_probe_that_fails_is_the_only_one(bench: Bench) -> None:
    """After a minute one group is tried; when it fails, the next minute begins, and what waits goes on."""
    await bench.open_breaker()
    award = bench.award()
    await bench.time.pass_by(60)
    tries = bench.backend.tries
    assert bench.store.health.breaker == "open"
    await bench.time.pass_by(58)
    assert (bench.backend.tries, award.done()) == (tries, False)


async def test_somebody_who_asks_may_be_the_probe(bench: Bench) -> None:
    """When nothing waits, nobody is refused any more once the minute is over."""
    await bench.open_breaker()
    bench.works_again()
    await bench.time.pass_by(60)
    assert bench.store.health.breaker == "half_open"
    assert await bench.ask() == 1


async def test_it_must_prove_that_it_works(bench: Bench) -> None:
    """Three groups on disk close the breaker; one that writes nothing proves nothing."""
    await bench.open_breaker()
    bench.works_again()
    await bench.time.pass_by(60)
    assert await bench.store.commit((ANN,), lambda _: Decision("nothing")) == "nothing"
    states = []
    for _ in range(3):
        await bench.ask()
        states.append(bench.store.health.breaker)
    assert states == ["half_open", "half_open", "closed"]
    assert bench.store.health == ALL_WELL


async def test_health_tells_since_when_and_what_to_do(bench: Bench) -> None:
    """From the first failure on, until something was written again."""
    assert bench.store.health == ALL_WELL
    began = bench.clock.now
    bench.fail()
    bench.award()
    await settle()
    bench.clock.now += 9000
    award = bench.award()
    await bench.time.pass_by(0.1)
    assert bench.store.health == StoreHealth(
        waiting=2, failing_since_at=began, problem=BUSY.cause, cure=BUSY.cure
    )
    await bench.time.pass_by(5)
    assert bench.store.health.breaker == "open"
    bench.works_again()
    await bench.time.pass_by(60)
    assert await award == 2
    assert bench.store.health == StoreHealth(breaker="half_open")


async def test_the_queue_is_bounded(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Beyond it even what would wait is turned away, counted, and logged once in a while."""
    monkeypatch.setattr(grouping, "MOST_WAITING", 5)
    bench.fail()
    waiting = [bench.award()]
    await settle()
    waiting += [bench.award() for _ in range(4)]
    caplog.clear()
    turned_away = [bench.award() for _ in range(30)]
    for future in turned_away:
        assert isinstance(future.exception(), StoreUnavailableError)
    assert "5 commits wait already (somebody holds it)" in str(turned_away[0].exception())
    assert (bench.store.health.waiting, bench.store.health.refused) == (5, 30)
    assert len(caplog.records) == 1
    await bench.time.pass_by(60)
    assert isinstance(bench.award().exception(), StoreUnavailableError)
    assert "31 commit(s) were" in [text for text in caplog.messages if "turned away" in text][-1]
    bench.works_again()
    await bench.time.pass_by(60)
    assert [future.result() for future in waiting] == [1, 2, 3, 4, 5]
    assert bench.store.health.refused == 0


async def test_changes_of_state_are_one_line_of_log_each(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """The first failure, left alone, tried again, written again, well again: with what is to be done."""
    caplog.set_level(logging.INFO, "storage")
    bench.fail()
    bench.award()
    await bench.time.pass_by(61.4)
    bench.award()
    bench.works_again()
    await bench.time.pass_by(0.2)
    for _ in range(2):
        await bench.ask()
    told = [record.getMessage() for record in caplog.records]
    assert [record.levelno for record in caplog.records] == [
        logging.WARNING,
        logging.ERROR,
        logging.INFO,
        logging.INFO,
        logging.INFO,
    ]
    assert "memory: fails: somebody holds it. Wait for the other one. What members do waits" in told[0]
    assert "somebody holds it. Wait for the other one. It is left alone for 60 s. 1 commit(s) wait" in told[1]
    assert "tried again" in told[2]
    assert "written again after 61.5 s" in told[3]
    assert "works as it should again" in told[4]


async def test_reads_go_on(bench: Bench) -> None:
    """Records, standings and ledger are answered while commits wait, as last committed."""
    await bench.ask(BEN)
    bench.fail()
    bench.award()
    await bench.time.pass_by(10)
    assert await bench.store.read_many((ANN, BEN, CID)) == [
        MemberRecord(),
        MemberRecord(xp=1),
        MemberRecord(),
    ]
    assert await bench.store.count_ranked(GUILD, XpBoard()) == 1
    assert len(await bench.store.list_ledger(LedgerQuery())) == 1
    tries = bench.backend.tries
    await bench.time.pass_by(30)
    assert bench.backend.tries == tries


async def test_a_caller_that_goes_away_leaves_its_commit(bench: Bench) -> None:
    """A patient commit is written though nobody waits for it any more."""
    bench.fail(1)
    award = bench.award()
    await settle()
    award.cancel()
    await bench.time.pass_by(1)
    assert await bench.store.read(ANN) == MemberRecord(xp=1)


async def test_a_group_of_which_one_is_poisoned_while_the_storage_fails(bench: Bench) -> None:
    """Taken one by one, what is done is done, the poisoned one fails alone, and the rest waits."""
    bench.backend.failures = [FULL, None, FULL, BUSY, BUSY]
    commits = [bench.award(), bench.award(BEN), bench.award(CID), bench.ask(), bench.award(xp=10)]
    await bench.time.pass_by(0.05)
    assert [future.done() for future in commits] == [True, True, False, True, False]
    assert (commits[0].result(), commits[1].exception(), commits[3].exception()) == (1, FULL, BUSY)
    await bench.time.pass_by(5)
    assert (commits[2].result(), commits[4].result()) == (1, 11)
    assert [one.user_id for one in await bench.store.list_ledger(LedgerQuery())] == [1, 3, 1]


async def test_more_than_a_group_waits(bench: Bench) -> None:
    """However many groups it takes, order is kept."""
    bench.fail(1)
    commits = [bench.award() for _ in range(2 * MAX_GROUP + 7)]
    await bench.time.pass_by(1)
    assert [future.result() for future in commits] == list(range(1, 2 * MAX_GROUP + 8))


class InDoubtBackend(TroubledBackend):
    """A backend of which a write can be on disk although it says that it failed."""

    in_doubt = 0

    async def write(self, writes: Writes) -> None:
        """Write, and say all the same that it failed."""
        await super().write(writes)
        if self.in_doubt:
            self.in_doubt -= 1
            raise BUSY


class InDoubtBench(Bench):
    """A bench with such a backend."""

    def __init__(self) -> None:
        super().__init__()
        self.backend: InDoubtBackend = InDoubtBackend()
        self.store = GroupedStore(
            self.backend, clock=self.clock, monotonic=self.time.monotonic, sleep=self.time.sleep
        )


async def test_what_is_on_disk_after_all_is_not_done_again() -> None:
    """A flush may fail behind the last byte: what was written counts once, and its lines are told of once."""
    bench = InDoubtBench()
    seen: list[LedgerLine] = []
    bench.store.watch(seen.extend)
    assert await bench.ask() == 1
    assert await bench.store.count_ranked(GUILD, XpBoard()) == 1
    bench.backend.in_doubt = 1
    awards = [
        bench.store.commit((key,), gain(key, 5), once=OnceKey("a", str(key.user_id), int), patient=True)
        for key in (ANN, BEN)
    ]
    await bench.time.pass_by(1)
    assert [award.result() for award in awards] == [6, 5]
    assert await bench.ask() == 7
    assert [one.seq for one in seen] == [1, 2, 3, 4]
    assert await bench.store.list_ledger(LedgerQuery()) == seen
    page = await bench.store.list_standings(GUILD, XpBoard(), first=0, limit=9)
    assert [(one.user_id, one.value) for one in page.standings] == [(1, 7), (2, 5)]
    await bench.store.close()


async def test_a_record_that_is_on_disk_after_all_is_seen() -> None:
    """Also where no line tells of it, decisions go on from what is on disk, not from what was remembered."""
    bench = InDoubtBench()
    await bench.store.commit((ANN,), set_member(ANN, xp=1))
    bench.backend.in_doubt = 1
    with pytest.raises(StoreUnavailableError):
        await bench.store.commit((ANN,), set_member(ANN, xp=40))
    bench.time.now += 1
    assert await bench.ask() == 41
    await bench.store.close()


async def test_an_end_while_it_fails(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """It is tried once more, at once; then all that waits fails, and the log says how much it was."""
    bench.fail()
    awards = [bench.award() for _ in range(3)]
    await bench.time.pass_by(5)
    assert bench.store.health.breaker == "open"
    tries = bench.backend.tries
    await bench.store.close()
    assert bench.backend.tries == tries + 1
    assert [award.exception() for award in awards] == [BUSY] * 3
    assert "3 commit(s) of what members did could not be written and are lost" in caplog.text
    with pytest.raises(StoreClosedError):
        await bench.award()


async def test_an_end_when_it_works_again(bench: Bench) -> None:
    """The last try succeeds: all that waits is written, however long the pause would have been."""
    bench.fail()
    awards = [bench.award() for _ in range(MAX_GROUP + 3)]
    await bench.time.pass_by(5)
    bench.works_again()
    await bench.store.close()
    assert [award.result() for award in awards] == list(range(1, MAX_GROUP + 4))


async def test_an_end_in_the_middle_of_a_try(bench: Bench) -> None:
    """The try that is under way is the last."""
    bench.fail()
    bench.backend.gate.clear()
    award = bench.award()
    await bench.backend.tried.wait()
    closing = asyncio.ensure_future(bench.store.close())
    await settle()
    bench.backend.gate.set()
    await closing
    assert (award.exception(), bench.backend.tries) == (BUSY, 1)


async def test_a_fault_that_does_not_pass_makes_nobody_wait(bench: Bench) -> None:
    """What a storage cannot do for one commit fails that commit, patient or not, and is no outage."""
    bench.fail(2, FULL)
    award, other = bench.award(), bench.award(BEN)
    await settle()
    assert (award.exception(), other.result()) == (FULL, 1)
    assert bench.store.health == ALL_WELL


async def test_a_line_that_nobody_waits_for(bench: Bench) -> None:
    """A patient commit needs nobody to wait for it."""
    bench.fail(1)
    bench.store.commit((), say(line()), patient=True)
    await bench.time.pass_by(1)
    assert len(await bench.store.list_ledger(LedgerQuery())) == 1
