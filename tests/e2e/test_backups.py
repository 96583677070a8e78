"""The running bot makes backups of its database, beside its work; whoever runs it is told when they fail."""

from __future__ import annotations

import asyncio
import gzip
import logging
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NoReturn, Self

import pytest

from cogs.backups import BackupsCog
from cogs.host import LaurelBot
from leveling_core.member import MemberRecord
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE
from storage import Backups, archive, open_store
from storage.pace import Pace
from tests.e2e.house import House

FAILS = "⚠️ I cannot make backups."
WORKS = "✅ Backups work again."


class BackedUpHouse(House):
    """A house with a disk for backups, which can be pulled out.

    Attributes:
        ahead_ms: How much the clock of the machine goes before the world's.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.disk = folder / "usb"
        self.ahead_ms = 0

    async def __aenter__(self) -> Self:
        """Open all, with the disk in its place."""
        self.disk.mkdir()
        return await super().__aenter__()

    def _now(self) -> int:
        return super()._now() + self.ahead_ms

    def make_bot(self, **options: Any) -> LaurelBot:
        """Make a bot that keeps backups."""
        url = f"sqlite:///{self.database}"
        return super().make_bot(
            backups=Backups(url, clock=self._now, folder=self.disk / "backups"), **options
        )

    @property
    def cog(self) -> BackupsCog:
        """The cog that looks after backups."""
        cog = self.bot.get_cog(BackupsCog.__cog_name__)
        assert isinstance(cog, BackupsCog)
        return cog

    @property
    def files(self) -> list[str]:
        """The names of the backups, oldest first."""
        return sorted(path.name for path in self.disk.glob("backups/*.gz"))

    @property
    def told(self) -> list[str]:
        """What the owner was told directly."""
        return [message.content for message in self.pg.replies(self.pg.dm(self.pg.guild.owner))]

    @property
    def told_in_short(self) -> list[str]:
        """The first sentences of what the owner was told directly."""
        return [f"{text.partition('.')[0]}." for text in self.told]

    def pull_out(self) -> None:
        """Take the disk away."""
        self.disk.rename(self.disk.with_name("elsewhere"))

    def put_back(self) -> None:
        """Put the disk back."""
        self.disk.with_name("elsewhere").rename(self.disk)

    async def look(self) -> None:
        """Let the jobs run that are due, and wait until a backup is made and told of."""
        await self.context.schedule.run_due()
        await self.cog.idle()

    async def pass_by(self, milliseconds: int) -> None:
        """Let time go by."""
        await self.pg.advance(milliseconds=milliseconds)
        await self.look()

    async def show_config(self) -> str:
        """Return what `config show` shows."""
        return (await self.ask(self.pg.guild.owner, "!config show")).text


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[BackedUpHouse]:
    """Give a server whose database is backed up."""
    async with BackedUpHouse(tmp_path) as house:
        yield house
        house.faults.texts[:] = [text for text in house.faults.texts if "The backup failed" not in text]
        await house.check()


async def test_a_running_bot_makes_backups(
    house: BackedUpHouse, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Soon after the first start, then every six hours; what members earned is in them."""
    caplog.set_level(logging.INFO, "cogs.backups")
    ann = house.person("ann")
    await house.connect()
    await house.say(ann)
    await house.look()
    assert house.files == []
    await house.pass_by(MS_PER_MINUTE)
    [name] = house.files
    assert f"Made a backup of {(house.disk / 'backups' / name).stat().st_size} bytes" in caplog.text
    for hours in (5.9, 0.2, 6.1):
        await house.pass_by(round(hours * MS_PER_HOUR))
    assert len(house.files) == 3
    assert house.told == []
    saved = tmp_path / "saved.db"
    saved.write_bytes(gzip.decompress((house.disk / "backups" / name).read_bytes()))
    store = await open_store(f"sqlite:///{saved}", clock=lambda: house.now)
    record = await store.read(house.key(ann))
    await store.close()
    assert isinstance(record, MemberRecord)
    assert record.messages == 1


async def test_a_restart_makes_none(house: BackedUpHouse) -> None:
    """What counts is how old the newest is; `config show` knows it at once."""
    await house.connect()
    await house.pass_by(MS_PER_MINUTE)
    await house.reopen()
    await house.cog.idle()
    assert "The last backup was made" in await house.show_config()
    await house.pass_by(MS_PER_HOUR)
    assert len(house.files) == 1


async def test_the_overview_tells_how_they_do(house: BackedUpHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the last was made and its size; while they fail why and what mends it, without paths."""
    await house.connect()
    assert "There is no backup." in await house.show_config()
    await house.pass_by(MS_PER_MINUTE)
    [made] = list((house.disk / "backups").glob("*.gz"))
    last = f"The last backup was made <t:{house.now // 1000}:R> ({-(-made.stat().st_size // 1000)} kB)."
    text = await house.show_config()
    assert text.index("Sections") < text.index("All is well.") < text.index(last)
    with monkeypatch.context() as patched:
        usage = shutil.disk_usage(house.disk)._replace(free=1000)
        patched.setattr(shutil, "disk_usage", lambda _: usage)
        await house.pass_by(7 * MS_PER_HOUR)
    text = await house.show_config()
    told = f"⚠️ Backups fail; the last try was <t:{house.now // 1000}:R>."
    assert text.index("All is well.") < text.index(told) < text.index(last) < text.index("What differs")
    assert "MB for a while, and 0.0 MB are free`. What mends it: Free some space, or choose" in text
    await house.pass_by(MS_PER_HOUR)
    assert "Backups fail" not in await house.show_config()


async def test_no_server_reads_a_path_of_the_machine(house: BackedUpHouse) -> None:
    """Whoever manages a server learns what is wrong, not where anything lies."""
    await house.connect()
    house.pull_out()
    await house.pass_by(MS_PER_MINUTE)
    text = await house.show_config()
    assert "What it says: `there is no such folder`. What mends it: Make it, or choose another." in text
    assert str(house.disk.parent) not in text


async def test_an_outage_is_told_to_the_owner_once_and_so_is_its_end(
    house: BackedUpHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """However long it is: what is wrong and where, what mends it, what there is; then that it works again."""
    await house.connect()
    await house.pass_by(MS_PER_MINUTE)
    for outage in (1, 2):
        house.pull_out()
        await house.pass_by(7 * MS_PER_HOUR)
        for _ in range(30):
            await house.pass_by(MS_PER_HOUR // 3)
        assert len(house.told) == 2 * outage - 1
        told = house.told[-1].splitlines()
        assert told[0] == FAILS
        assert (
            f"`{house.disk}: there is no such folder`. What mends it: Make it, or choose another." in told[1]
        )
        assert told[2] == "There is no backup. I try again every hour, and tell you when it works."
        assert caplog.text.count("The backup failed") > 8 * outage
        house.put_back()
        await house.pass_by(MS_PER_HOUR)
        await house.pass_by(7 * MS_PER_HOUR)
        assert len(house.told) == 2 * outage
        assert house.told[-1].startswith(f"{WORKS} The last backup was made <t:")


async def test_one_made_by_hand_is_the_end_of_an_outage(house: BackedUpHouse) -> None:
    """The owner mends the trouble, makes a backup and is told at the next look that all is well."""
    await house.connect()
    house.pull_out()
    await house.pass_by(MS_PER_MINUTE)
    house.put_back()
    backups = house.context.backups
    assert backups is not None
    await Backups(f"sqlite:///{house.database}", clock=lambda: house.now, folder=backups.folder).make()
    await house.pass_by(5 * MS_PER_MINUTE)
    assert house.told_in_short == [FAILS, WORKS]
    assert len(house.files) == 1


async def test_an_owner_who_takes_no_messages_is_passed_over(
    house: BackedUpHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """That is one line in the log, Discord is not asked again, and the bot goes on."""
    caplog.set_level(logging.INFO, "cogs.owners")
    await house.pg.refuse_dms(house.pg.guild.owner)
    await house.connect()
    house.pull_out()
    await house.pass_by(MS_PER_MINUTE)
    await house.pass_by(MS_PER_HOUR)
    await house.pass_by(MS_PER_HOUR)
    assert caplog.text.count("takes no direct messages") == 1
    assert len(house.message_requests()) == 1
    house.put_back()
    await house.pass_by(MS_PER_HOUR)
    assert len(house.files) == 1


@pytest.mark.parametrize(
    "route", ["GET /oauth2/applications/@me", "POST /users/@me/channels", "POST /channels/*"]
)
async def test_what_discord_does_not_take_is_told_later(house: BackedUpHouse, route: str) -> None:
    """While Discord fails, what the owner has to know waits for the next look, and is then told once."""
    await house.connect()
    house.pg.faults.fail(route, status=503)
    house.pull_out()
    await house.pass_by(MS_PER_MINUTE)
    assert house.told == []
    await house.pass_by(5 * MS_PER_MINUTE)
    await house.pass_by(5 * MS_PER_MINUTE)
    assert house.told_in_short == [FAILS]


async def test_a_message_whose_answer_is_lost_is_not_doubled(house: BackedUpHouse) -> None:
    """The owner reads it once, though the bot had to send it again."""
    await house.connect()
    house.pg.faults.lose_answer("POST /channels/*/messages")
    house.pull_out()
    await house.pass_by(MS_PER_MINUTE)
    await house.pass_by(5 * MS_PER_MINUTE)
    assert len(house.message_requests()) == 2
    assert len(house.told) == 1


async def test_what_nobody_could_be_told_of_in_time_is_not_told(house: BackedUpHouse) -> None:
    """An outage that ended before Discord took the message is in the log alone."""
    await house.connect()
    house.pg.faults.fail("GET /oauth2/applications/@me", status=503)
    house.pull_out()
    await house.pass_by(MS_PER_MINUTE)
    house.put_back()
    await house.pass_by(MS_PER_HOUR)
    assert len(house.files) == 1
    assert house.told == []


async def test_a_clock_that_jumps_makes_no_heap_of_backups(house: BackedUpHouse) -> None:
    """Forward: one, however long it was. Back: the next is an interval after the newest of the past."""
    await house.connect()
    await house.pass_by(MS_PER_MINUTE)
    house.ahead_ms = 400 * MS_PER_DAY
    for _ in range(3):
        await house.pass_by(5 * MS_PER_MINUTE)
    assert len(house.files) == 2
    house.ahead_ms = 0
    for _ in range(3):
        await house.pass_by(MS_PER_HOUR)
    assert len(house.files) == 2
    await house.pass_by(3 * MS_PER_HOUR)
    assert len(house.files) == 3
    assert house.told == []


async def test_a_failure_of_a_clock_ahead_is_forgotten_when_it_is_set_back(house: BackedUpHouse) -> None:
    """An attempt that failed in a future that never was keeps no backup waiting."""
    await house.connect()
    await house.pass_by(MS_PER_MINUTE)
    house.pull_out()
    house.ahead_ms = 400 * MS_PER_DAY
    await house.pass_by(5 * MS_PER_MINUTE)
    house.put_back()
    house.ahead_ms = 0
    for _ in range(2):
        await house.pass_by(5 * MS_PER_MINUTE)
    assert house.told_in_short == [FAILS, WORKS]
    await house.pass_by(6 * MS_PER_HOUR)
    assert len(house.files) == 2


async def test_the_bot_works_beside_it_and_ends_in_its_middle(
    house: BackedUpHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a backup is under way members are counted and answered; an end leaves nothing half of it."""
    begun, loop = asyncio.Event(), asyncio.get_running_loop()

    def copy_for_ever(_source: Path, target: Path, pace: Pace) -> NoReturn:
        target.write_bytes(b"half of it")
        loop.call_soon_threadsafe(begun.set)
        while True:
            pace.pause()

    ann = house.person("ann")
    await house.connect()
    with monkeypatch.context() as patched:
        patched.setattr(archive, "copy_database", copy_for_ever)
        await house.pg.advance(milliseconds=MS_PER_MINUTE)
        await house.context.schedule.run_due()
        await begun.wait()
        await house.pg.advance(milliseconds=MS_PER_HOUR)
        await house.context.schedule.run_due()  # never two at once
        await house.say(ann)
        assert "level 1" in (await house.ask(ann, "!profile")).text.lower()
        began = loop.time()
        await house.reopen()
        assert loop.time() - began < 3
    assert list(house.disk.glob("backups/*")) == []
    await house.pass_by(MS_PER_MINUTE)
    assert len(house.files) == 1
    assert house.told == []
