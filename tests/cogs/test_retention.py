"""Old awards are folded daily, in every server, and whoever looks at them is told what they are."""

from __future__ import annotations

import logging
from typing import NoReturn

import pytest

from leveling_core.achievements import Catalogue
from leveling_core.decision import Decision
from leveling_core.errors import StoreError
from leveling_core.outcomes import LedgerLine, XpGained
from leveling_core.periods import MS_PER_DAY, MS_PER_HOUR
from leveling_core.store import LedgerQuery
from playground import Member
from tests.cogs.server import Server


async def _award(server: Server, who: Member, at: int, number: int) -> None:
    """Give a member awards of messages at an instant."""
    key = server.key(who)
    lines = [
        LedgerLine(
            at=at + place,
            guild_id=key.guild_id,
            user_id=key.user_id,
            outcome=XpGained(xp=20, source="message"),
        )
        for place in range(number)
    ]
    await server.store.commit((key,), lambda _: Decision(None, lines=lines))


async def _awards(server: Server) -> list[int]:
    """Return how many awards each line stands for."""
    lines = await server.store.list_ledger(LedgerQuery(kinds=frozenset({"xp_gained"})))
    return [line.outcome.awards for line in lines if isinstance(line.outcome, XpGained)]


async def _run_daily_jobs(server: Server) -> None:
    assert server.bot.laurel is not None
    await server.bot.laurel.context.feed.idle()
    await server.bot.laurel.context.schedule.run_due()


async def test_old_awards_are_folded_an_hour_after_the_start(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """What is older than the server keeps becomes one line a day, and the log says how much that was."""
    caplog.set_level(logging.INFO, "cogs.retention")
    ann = server.person("ann")
    await _award(server, ann, server.now - 401 * MS_PER_DAY, 3)
    await _award(server, ann, server.now - 399 * MS_PER_DAY, 2)
    await server.connect(Catalogue())
    await _run_daily_jobs(server)
    assert await _awards(server) == [1, 1, 1, 1, 1]
    await server.pg.advance(milliseconds=MS_PER_HOUR)
    await _run_daily_jobs(server)
    assert await _awards(server) == [3, 1, 1]
    assert caplog.messages[-1] == "Folded 2 old award(s) of messages in 1 guild(s) into sums by day"


async def test_a_server_decides_how_long_it_keeps_them(server: Server) -> None:
    """The rule holds from the next folding on."""
    ann, owner = server.person("ann"), server.pg.guild.owner
    await _award(server, ann, server.now - 61 * MS_PER_DAY, 3)
    await server.connect(Catalogue())
    await server.pg.slash(owner, "config set", rule="retention.message_days", value="60")
    await server.pg.advance(milliseconds=MS_PER_DAY)
    await _run_daily_jobs(server)
    assert await _awards(server) == [3]


async def test_trouble_with_the_storage_is_logged(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job goes on with the next server, and with the next day."""
    await server.connect(Catalogue())

    async def fail(*_: object, **__: object) -> NoReturn:
        raise StoreError(path="test", cause="the disk is gone", cure="put it back")

    monkeypatch.setattr(server.store, "fold_awards", fail)
    await server.pg.advance(milliseconds=MS_PER_DAY)
    await _run_daily_jobs(server)
    assert "Storage failed 1 time(s) while folding old awards" in server.faults.texts[0]
    server.faults.texts.clear()


async def test_a_folded_day_is_told_as_one(server: Server) -> None:
    """Among the last events it says that it stands for many messages, and which came one by one."""
    ann = server.person("ann")
    await _award(server, ann, server.now - MS_PER_HOUR, 1)
    key = server.key(ann)
    folded = LedgerLine(
        at=server.now,
        guild_id=key.guild_id,
        user_id=key.user_id,
        outcome=XpGained(xp=60, source="message", awards=3),
    )
    await server.store.commit((key,), lambda _: Decision(None, lines=[folded]))
    await server.connect(Catalogue())
    [*_, events] = (await server.ask(ann, "!xpstats")).embeds[0]["fields"]
    told = [line.partition(" · ")[0] for line in str(events["value"]).splitlines()]
    assert told == ["**+60 XP** 3 messages of a day", "**+20 XP** Message"]
