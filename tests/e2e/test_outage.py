"""The database fails while members write: the bot goes on, says so, and has lost nothing when it is back."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cogs.rewards import keeper, sync, sync_report
from leveling_core.outcomes import DeliveryFailed, XpGained
from leveling_core.store import LevelingStore
from playground import Member, Message
from storage import sqlite
from storage.sqlite import SqliteBackend
from storage.store import GroupedStore
from tests.e2e.house import House
from tests.e2e.rewarded import add, edits, names, new_role
from tests.storage.support import QuickTime

UNAVAILABLE = "My storage is not available right now"
ALMOST_2 = 95


class TroubledHouse(House):
    """A house whose database may fail, and is tried again soon."""

    async def _open(self) -> LevelingStore:
        time = QuickTime()
        backend = await SqliteBackend.open(self.database, clock=self._now)
        return GroupedStore(backend, clock=self._now, monotonic=time.monotonic, sleep=time.sleep)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let another program hold the database."""
        other = sqlite3.connect(self.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()

    @contextmanager
    def moved_away(self) -> Iterator[None]:
        """Let somebody move the database's file, and move it back."""
        elsewhere = self.database.with_name("elsewhere.db")
        self.database.rename(elsewhere)
        try:
            yield
        finally:
            elsewhere.rename(self.database)

    async def ask_during_it(self, who: Member, text: str) -> Message:
        """Give a command, and return the answer: what the command itself counts for is still on its way."""
        message = await self.pg.say(who, text)
        return await self.pg.wait_reply(after=message)

    async def open_again(self) -> None:
        """Open the database of a bot that has ended."""
        self.store = await self._open()

    async def open_breaker(self) -> None:
        """Wait until the storage is left alone."""
        await self.wait_for(lambda: self.store.health.breaker == "open")

    async def come_to_rest(self) -> None:
        """Wait until the storage works again and all that waited is written and told of."""
        await self.wait_for(lambda: self.bot.laurel is not None and not self.bot.laurel.on_their_way)
        await self.settle()


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TroubledHouse]:
    """Give a server whose database may fail."""
    monkeypatch.setattr(sqlite, "WRITE_BUSY_SECONDS", 0.02)
    monkeypatch.setattr(sqlite, "BUSY_SLICE_SECONDS", 0.01)
    async with TroubledHouse(tmp_path) as house:
        yield house
        house.faults.texts[:] = [text for text in house.faults.texts if "fails again and again" not in text]
        await house.check()


async def messages_in_order(house: House) -> list[int]:
    """Return which messages were awarded, in the order of the ledger."""
    lines = await house.list_lines(lambda line: isinstance(line.outcome, XpGained))
    return [line.cause for line in lines if line.outcome.source == "message"]


@pytest.mark.parametrize("trouble", ["held", "moved_away"])
async def test_members_lose_nothing(house: TroubledHouse, trouble: str) -> None:
    """Messages of an outage are awarded once and in order, who asks is told, and then all goes on."""
    ann, ben = house.person("ann"), house.person("ben")
    await house.connect()
    await house.ask(house.pg.guild.owner, "!config set earning.cooldown_seconds 0")
    said = [await house.say(ann)]
    with getattr(house, trouble)():
        said += [await house.pg.say(who, "hello") for who in (ann, ben, ann)]
        claimed = await house.ask_during_it(ben, "!daily")
        assert claimed.text.startswith(UNAVAILABLE)
        assert "Messages are kept and count" in claimed.text
        await house.open_breaker()
        said += [await house.pg.say(who, "hello again") for who in (ben, ann)]
        refused = await house.ask_during_it(house.pg.guild.owner, "!config enabled off")
        assert refused.text.startswith(UNAVAILABLE)
        profile = await house.ask_during_it(ann, "!profile")
        assert "#1 of 1" in profile.text
        shown = await house.ask_during_it(house.pg.guild.owner, "!config show")
        assert "It fails again and again" in shown.text
        assert "6 entries wait" in shown.text  # five messages, and the profile that was shown
    await house.come_to_rest()
    assert await messages_in_order(house) == [message.id for message in said]
    assert [(await house.record(who)).messages for who in (ann, ben)] == [4, 2]
    assert (await house.record(ben)).dailies == 0
    await house.pg.ask(ben, "!daily")
    assert (await house.record(ben)).dailies == 1
    await house.reopen()
    assert await messages_in_order(house) == [message.id for message in said]


async def test_the_breaker_is_told_of(house: TroubledHouse, caplog: pytest.LogCaptureFixture) -> None:
    """That it opened, tried again and closed is in the log; `config show` says so while it is."""
    caplog.set_level(logging.INFO, "storage.outage")
    owner = house.pg.guild.owner
    await house.connect()
    await house.say(owner)
    assert "All is well." in (await house.ask_during_it(owner, "!config show")).text
    with house.held():
        await house.pg.say(owner, "hello")
        await house.open_breaker()
        shown = (await house.ask_during_it(owner, "!config show")).text
        assert "It fails again and again, so I try it once a minute" in shown
        assert "What it says: `another program holds the database" in shown
        assert "fails again and again: another program holds the database" in caplog.text
    await house.come_to_rest()
    while house.store.health.breaker != "closed":
        shown = (await house.ask(owner, "!config show")).text
        assert "It works again. I trust it once" in shown or "All is well." in shown
    assert "is tried again: what waits goes first" in caplog.text
    assert "works as it should again" in caplog.text
    assert "All is well." in (await house.ask(owner, "!config show")).text


async def test_what_was_announced_is_not_announced_again(house: TroubledHouse) -> None:
    """When the database fails while Discord takes a message, that it was sent is noted once it works."""
    ann = house.person("ann")
    await house.give(ann, xp=ALMOST_2)
    await house.connect()
    await house.settle()
    house.pg.faults.slow("POST /channels/*/messages", seconds=0.2, times=1)
    await house.pg.say(ann, "hello")
    await house.wait_for(lambda: house.pg.server.requests_in_flight > 0)
    with house.held():
        await house.wait_for(lambda: bool(house.posts()))
        await house.open_breaker()
    await house.wait_for(lambda: not house.store.health.failing_since_at)
    await house.settle()
    await house.reopen()
    assert house.posts() == ["🎉 ann reached level 2!"]
    assert await house.list_lines(lambda line: isinstance(line.outcome, DeliveryFailed)) == []


async def test_what_is_earned_during_an_outage_is_announced_after_it(house: TroubledHouse) -> None:
    """A level that was reached while nothing could be written is told once it is."""
    ann = house.person("ann")
    await house.give(ann, xp=ALMOST_2)
    await house.connect()
    with house.moved_away():
        await house.pg.say(ann, "hello")
        await house.open_breaker()
        assert house.posts() == []
    await house.come_to_rest()
    assert house.posts() == ["🎉 ann reached level 2!"]


async def test_roles_wait_for_the_storage(house: TroubledHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A role earned during an outage comes after it, and a sync under way rests: nobody is changed twice."""
    monkeypatch.setattr(sync, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(sync_report, "PROGRESS_SECONDS", 0.0)
    monkeypatch.setattr(keeper, "RESTING_SECONDS", 0.02)
    members = [house.person(f"member{number}") for number in range(6)]
    ann = house.person("ann")
    await house.give(ann, xp=ALMOST_2)
    for member in members:
        await house.give(member, xp=150)
    await house.connect()
    await add(house, 2, await new_role(house, "Two"))
    owner = house.pg.guild.owner
    [preview] = await house.pg.ask(owner, "!rewards sync")
    await house.pg.press(owner, preview, "Start", wait=False)
    await house.wait_for(lambda: preview.content.startswith("⏳ 3 of 8"))
    with house.held():
        await house.pg.say(ann)
        await house.open_breaker()
        given = sum(bool(names(member)) for member in members)
        assert given < len(members)
        assert names(ann) == []
    await house.wait_for(lambda: preview.content.startswith("✅"))
    await house.come_to_rest()
    assert [edits(house, member) for member in (*members, ann)] == [["PUT"]] * 7
    assert all(names(member) == ["Two"] for member in (*members, ann))


async def test_an_end_during_an_outage(house: TroubledHouse, caplog: pytest.LogCaptureFixture) -> None:
    """Told to stop while nothing can be written, the bot ends soon and says what is lost."""
    ann = house.person("ann")
    await house.connect()
    await house.say(ann)
    with house.held():
        for _ in range(3):
            await house.pg.say(ann, "hello")
        await house.open_breaker()
        await house.pg.stop_bot()
        await house.store.close()
    assert "3 commit(s) of what members did could not be written and are lost" in caplog.text
    house.faults.texts.clear()
    await house.open_again()
    assert (await house.record(ann)).messages == 1
