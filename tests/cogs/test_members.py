"""Members who leave drop from boards and ranks, and return with their progress."""

from __future__ import annotations

import pytest

from cogs.members import MembersCog
from leveling_core.documents import RulesRecord
from leveling_core.ids import rules_key
from playground.waiting import wait_until
from tests.cogs.server import Server


async def present_ids(server: Server) -> list[int]:
    """Return who is recorded as present."""
    return await server.store.list_member_ids(server.pg.guild.id, present=True)


async def test_who_leaves_drops_out_and_returns_with_everything(server: Server) -> None:
    """Leaving takes the place on the boards away, not the progress."""
    ann = server.person("ann")
    await server.connect()
    await server.give(ann, xp=500, messages=30)
    await server.pg.leave(ann)
    await server.pg.idle()
    assert await present_ids(server) == []
    await server.pg.advance(minutes=1)
    await server.pg.join(ann)
    await server.pg.idle()
    assert await present_ids(server) == [ann.user.id]
    assert (await server.record(ann)).xp == 500


async def test_who_left_while_the_bot_was_off_is_found_at_the_start(server: Server) -> None:
    """The comparison at the start sees who went and who came back."""
    ann, ben = server.person("ann"), server.person("ben")
    await server.connect()
    await server.give(ann, xp=500)
    await server.give(ben, xp=300, present=False)
    await server.pg.stop_bot()
    await server.pg.leave(ann)
    await server.pg.advance(minutes=1)
    await server.pg.connect(server.make_bot())
    await server.pg.idle()
    assert await present_ids(server) == [ben.user.id]


async def test_who_comes_during_the_comparison_has_not_left(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever joins while the records are read stays on the boards, though they were away at its start."""
    ann, ben = server.person("ann"), server.person("ben")
    await server.connect()
    for person in (ann, ben):
        await server.pg.leave(person)
    await server.pg.idle()
    for person in (ann, ben):
        await server.give(person, xp=500)
    list_member_ids = server.store.list_member_ids
    guild = server.bot.guilds[0]

    async def list_slowly(guild_id: int, *, present: bool) -> list[int]:
        found = await list_member_ids(guild_id, present=present)
        if guild.get_member(ann.user.id) is None:
            await server.pg.join(ann)
            await wait_until(lambda: [] if guild.get_member(ann.user.id) else ["ann"], 5.0, "she came not")
        return found

    monkeypatch.setattr(server.store, "list_member_ids", list_slowly)
    cog = server.bot.get_cog("LaurelMembers")
    assert isinstance(cog, MembersCog)
    await cog.observe(guild)
    await server.pg.idle()
    monkeypatch.undo()
    assert await present_ids(server) == [ann.user.id]


async def test_the_daily_job_compares_too(server: Server) -> None:
    """What an event should have told and did not is mended within a day."""
    ann = server.person("ann")
    await server.connect()
    await server.give(ann, xp=500, present=False)
    laurel = server.bot.laurel
    assert laurel is not None
    assert laurel.context.schedule.job_names == [
        "fold-old-awards",
        "keep-boards-current",
        "observe-members",
        "tell-events",
        "track-boosters",
    ]
    cog = server.bot.get_cog("LaurelMembers")
    assert cog is not None
    await server.pg.advance(minutes=1)
    await cog.observe_all()  # type: ignore[attr-defined]  # get_cog knows cogs only
    assert await present_ids(server) == [ann.user.id]


async def test_a_bot_that_leaves_is_nobody(server: Server) -> None:
    """Bots have no record, coming or going."""
    robot = server.person("robot", bot=True)
    await server.connect()
    await server.pg.leave(robot)
    await server.pg.idle()
    assert await server.store.list_member_ids(server.pg.guild.id, present=False) == []


async def test_a_new_server_keeps_the_defaults_of_its_first_day(server: Server) -> None:
    """Servers are noted when first seen, also those that invite the bot later."""
    await server.connect()
    other = await server.pg.invite_bot("Elsewhere")
    await server.pg.idle()
    for guild in (server.pg.guild, other):
        record = await server.store.read(rules_key(guild.id))
        assert isinstance(record, RulesRecord)
        assert record.version == 1
