"""XP by hand, from the command to what everybody sees of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from leveling_core.facts import XpUndoRequested
from leveling_core.ids import first_snowflake_at
from playground import Member
from tests.e2e.house import House


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member with 120 XP; the bot is connected."""
    ann = house.person("ann")
    await house.give(ann, xp=120, messages=8)
    await house.connect()
    return ann


async def order(house: House, text: str, who: Member | None = None) -> str:
    """Give a command as the owner, or somebody else; return its one answer, which pings nobody."""
    [answer] = await house.pg.ask(who or house.pg.guild.owner, text)
    assert answer.pinged_ids == []
    return answer.text


async def test_giving_tells_all_that_it_led_to(house: House, ann: Member) -> None:
    """XP, level, achievements with theirs, and the reason."""
    assert await order(house, f"!xp give {ann.mention} 700 *won* the contest") == (
        "**ann**: 120 → 870 XP (+700, +50 from achievements), level 2 → 5\n"
        "Unlocked: First Steps\n"
        r"Reason: \*won\* the contest"
    )
    assert (await house.record(ann)).xp == 870


async def test_by_slash(house: House, ann: Member) -> None:
    """The same, with a member picked."""
    owner = house.pg.guild.owner
    result = await house.pg.slash(owner, "xp take", member=ann, amount="1k", reason="spam")
    assert result.text == (
        "**ann**: 120 → 0 XP (−120), level 2 → 1\n"
        "Only 120 of 1,000 XP could be taken: there is no more, and nobody has less than 0.\n"
        "What was unlocked stays.\n"
        "Reason: spam"
    )


async def test_the_level_is_announced_where_levels_are(house: House, ann: Member) -> None:
    """In a channel of its own; never "here", which is where admins talk."""
    await order(house, f"!xp give {ann.mention} 400")
    await house.settle()
    assert len(house.posts()) == 1  # the answer alone
    await house.pg.create_channel("levels")
    levels = house.pg.channel("levels")
    await order(house, f"!config announce level {levels.mention}")
    await order(house, f"!xp give {ann.mention} 1000")
    await house.settle()
    [post] = house.posts(levels)
    assert post.startswith("🎉 ann reached level 7")
    await order(house, "!xp undo")
    await order(house, f"!xp take {ann.mention} 100")
    await house.settle()
    assert house.posts(levels) == [post]


async def test_undo_goes_back_step_by_step(house: House, ann: Member) -> None:
    """The last change first, then the one before; then there is none."""
    await order(house, f"!xp give {ann.mention} 700")
    await order(house, f"!xp set {ann.mention} 10")
    answer = await order(house, "!xp undo")
    assert answer.startswith("Taken back: what you set <t:")
    assert "**ann**: 10 → 870 XP (+860), level 1 → 5" in answer
    answer = await order(house, "!xp undo")
    assert "**ann**: 870 → 120 XP (−700, −50 from achievements), level 5 → 2" in answer
    assert "Achievements that came of it are gone: First Steps" in answer
    assert "You have changed no XP by hand" in await order(house, "!xp undo")
    record = await house.record(ann)
    assert (record.xp, record.achievements) == (120, {})


async def test_everybody_undoes_their_own(house: House, ann: Member) -> None:
    """Another's change is not mine to take back; one that was set over stays, and says why."""
    role = await house.pg.create_role("bosses", grants=["manage_guild"])
    boss = await house.pg.join("boss", roles=[role])
    await order(house, f"!xp give {ann.mention} 500")
    assert "You have changed no XP by hand" in await order(house, "!xp undo", boss)
    await order(house, f"!xp set {ann.mention} 50", boss)
    answer = await order(house, "!xp undo")
    assert answer.startswith(f"{boss.mention} has set the XP of this member since")
    assert (await house.record(ann)).xp == 50
    await order(house, "!xp undo", boss)
    await order(house, "!xp undo")
    assert (await house.record(ann)).xp == 120


async def test_two_undos_at_once_take_back_two_changes(house: House, ann: Member) -> None:
    """Neither takes back what the other does, and one event takes back one change, however often it comes."""
    owner = house.pg.guild.owner
    for _ in range(3):
        await order(house, f"!xp give {ann.mention} 100")
    events = [first_snowflake_at(house.now) + number for number in (1, 2, 1)]
    facts = [XpUndoRequested(house.pg.guild.id, owner.id, event) for event in events]
    await asyncio.gather(*map(house.context.administration.undo_xp, facts))
    assert (await house.record(ann)).xp == 220


async def test_somebody_who_left_is_named_by_id(house: House, ann: Member) -> None:
    """Their progress can be put right, and waits for them; a stranger has none."""
    stranger = house.pg.world.add_user("stranger")
    await house.pg.leave(ann)
    answer = await order(house, f"!xp give {ann.id} 5")
    assert answer.startswith("**ann**: 120 → 125 XP (+5)\nThey are not in this server now")
    answer = await order(house, "!xp undo")
    assert "**ann**: 125 → 120 XP" in answer
    assert await order(house, f"!xp give {stranger.id} 5") == (
        "They are not in this server, and I keep nothing of them."
    )


async def test_it_works_while_leveling_is_off(house: House, ann: Member) -> None:
    """And says that it is."""
    await order(house, "!config enabled off")
    answer = await order(house, f"!xp give {ann.mention} 5")
    assert answer.splitlines()[1:] == ["Leveling is off in this server. This counts all the same."]


async def test_a_reason_may_mention_somebody(house: House, ann: Member) -> None:
    """Mentions are shown as such and ping nobody; all else of the reason is still only text."""
    owner, bob = house.pg.guild.owner, house.person("bob")
    channel = house.pg.channel("general")
    reason = f"{bob.mention} **and** {channel.mention} @everyone <@1>"
    shown = rf"{bob.mention} \*\*and\*\* {channel.mention} \@everyone \<\@1\>"
    assert f"Reason: {shown}" in await order(house, f"!xp give {ann.mention} 5 {reason}")
    assert f"-# {shown}" in await order(house, "!audit")
    assert f"Reason: {shown}" in (await house.pg.slash(owner, "why", member=ann)).text


async def test_a_reason_that_nobody_sees_is_none(house: House, ann: Member) -> None:
    """Of a reason of invisible characters alone no line is left."""
    answer = await order(house, f"!xp give {ann.mention} 5 \u200b\u2060")
    assert "Reason" not in answer
    assert "125 XP" in answer


async def test_nothing_to_change(house: House, ann: Member) -> None:
    """What is as asked already is said to be, and no more: nothing counts later, or all the same."""
    expected = "**ann** has 120 XP as before: there is nothing to change."
    assert await order(house, f"!xp set {ann.mention} 120") == expected
    await order(house, "!config enabled off")
    assert await order(house, f"!xp set {ann.mention} 120") == expected
    await house.pg.leave(ann)
    assert await order(house, f"!xp set {ann.id} 120") == expected


@pytest.mark.parametrize("command", ["give ann 5", "take ann 5", "set ann 5", "reset ann", "undo"])
async def test_it_takes_permission(house: House, ann: Member, command: str) -> None:
    """Whoever may not manage the server changes nothing, by prefix or by slash."""
    expected = "You need the permission Manage Server for this."
    assert expected in await order(house, f"!xp {command}", ann)
    for offered in house.pg.world.commands[None].values():  # as an admin can set it in Discord itself
        offered["default_member_permissions"] = None
    name, *words = command.split()
    options: dict[str, Any] = dict(zip(("member", "amount"), (ann, *words[1:]), strict=False))
    result = await house.pg.slash(ann, f"xp {name}", **(options if words else {}))
    assert (result.text, result.ephemeral) == (expected, True)
    assert (await house.record(ann)).xp == 120
    assert "Level 2" in await order(house, "!xp", ann)
    assert "Level 2" in await order(house, "!xp ann", house.pg.guild.owner)


async def test_statistics_tell_of_it(house: House, ann: Member) -> None:
    """What came by hand is told as that, what was taken as less, and what was undone as undone."""
    await order(house, f"!xp give {ann.mention} 700")
    await order(house, "!xp undo")
    await order(house, f"!xp take {ann.mention} 100")
    [embed] = (await house.pg.ask(ann, "!xpstats"))[0].embeds
    assert embed["description"].splitlines() == [
        "100 XP less in these days · now level 1 with 20 XP in all",
        "100 XP were taken away on these days and are in no column.",
    ]
    fields = {field["name"]: field["value"] for field in embed["fields"]}
    assert "By hand · -100 XP" in fields["Where it came from"]
    assert [line.partition(" · ")[0] for line in fields["Last events"].splitlines()] == [
        "**−100 XP** Taken by hand",
        "**−50 XP** Achievement First Steps, taken back",
        "**−700 XP** A change by hand, taken back",
        "**+50 XP** Achievement First Steps",
        "**+700 XP** Given by hand",
    ]
