"""The audit: what those who manage a server did, page by page."""

from __future__ import annotations

import re

import pytest

from playground import Member
from tests.e2e.house import House

GIVEN = "gave {member} 500 XP: 120 → 620 XP"
NOT_ALLOWED = "You need the permission Manage Server for this."


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member with 120 XP; the bot is connected."""
    ann = house.person("ann")
    await house.give(ann, xp=120)
    await house.connect()
    return ann


@pytest.fixture
async def boss(house: House, ann: Member) -> Member:  # noqa: ARG001 -- who is there first
    """Give somebody else who manages the server."""
    role = await house.pg.create_role("bosses", grants=["manage_guild"])
    return await house.pg.join("boss", roles=[role])


async def order(house: House, *texts: str, who: Member | None = None) -> str:
    """Give commands as the owner, or somebody else; return the last answer, which pings nobody."""
    answers = []
    for text in texts:
        answers += await house.pg.ask(who or house.pg.guild.owner, text)
        assert answers[-1].pinged_ids == []
    assert len(answers) == len(texts)
    return answers[-1].text


async def test_who_did_what_to_whom_when_and_why(house: House, ann: Member) -> None:
    """The newest stands first, with old and new; what was taken back is said to be."""
    owner, reason = house.pg.guild.owner.mention, r"-# for \*\*helping\*\*"
    await order(
        house,
        f"!xp give {ann.mention} 500 for **helping**",
        "!config set earning.cooldown_seconds 30",
        "!xp undo",
        f"!xp reset {ann.mention}",
    )
    text = await order(house, "!audit")
    entries = text.split("\n\n")
    assert [entry.partition(" · ")[2] for entry in entries] == [
        f"{owner} reset the XP of {ann.mention}: 120 → 0 XP",
        f"{owner} took back a change of {ann.mention}: 620 → 120 XP",
        f"{owner} changed **earning.cooldown_seconds**: `60` → `30`",
        f"{owner} {GIVEN.format(member=ann.mention)} · *taken back*\n{reason}\nPage 1 · the newest first",
    ]
    assert all(entry.lstrip("*Audit\n").startswith("<t:") for entry in entries)


async def test_filters(house: House, ann: Member, boss: Member) -> None:
    """By member, by what it was, by who did it, and by all of them; the page says what it shows."""
    bob = await house.pg.join("bob")
    await order(house, f"!xp give {ann.mention} 1", "!config set goal.bonus_xp 20")
    await order(house, f"!xp give {bob.mention} 2", f"!xp give {ann.mention} 3", who=boss)

    async def amounts(arguments: str) -> list[int]:
        text = await order(house, f"!audit {arguments}")
        return [amount for amount in (1, 2, 3) if f" {amount} XP:" in text]

    assert await amounts("") == [1, 2, 3]
    assert await amounts(ann.mention) == [1, 3]
    assert await amounts(f"{ann.mention} xp {boss.mention}") == [3]
    for arguments in (f"{ann.mention} xp by {boss.mention}", "ann by boss", "ann BY boss"):
        assert await amounts(arguments) == [3]
    assert await amounts("by boss") == [2, 3]
    assert await amounts("rules") == []
    rules = await order(house, "!audit rules")
    assert "rules\n\n" in rules
    assert "goal.bonus_xp" in rules
    result = await house.pg.slash(house.pg.guild.owner, "audit", by=boss, kind="xp")
    assert f"XP by hand · by {boss.mention}" in result.text
    assert result.text.count(f"{boss.mention} gave") == 2
    assert "Nothing like that was done here." in await order(house, f"!audit {boss.mention}")


async def test_a_slash_command_answers_the_asker_alone(house: House, ann: Member) -> None:
    """What admins did is shown to none but whoever asks, also page by page, after a restart too."""
    owner = house.pg.guild.owner
    for amount in range(1, 21):
        await order(house, f"!xp give {ann.mention} {amount}")
    result = await house.pg.slash(owner, "audit", member=ann)
    assert result.ephemeral
    assert result.response is not None
    assert "gave" in result.text
    assert f"about {ann.mention}" in result.text
    await house.reopen()
    shown = result.response
    for label, page, amounts in (("Next", 2, (12, 5)), ("Next", 3, (4, 1)), ("Previous", 2, (12, 5))):
        await house.pg.press(owner, shown, label)
        assert f"Page {page}" in shown.text
        assert f"about {ann.mention}" in shown.text
        assert all(f" {amount} XP:" in shown.text for amount in amounts)
    await house.pg.press(owner, shown, "Next")
    assert [button.disabled for button in shown.buttons] == [False, True]


async def test_a_page_beyond_the_end_is_the_last(house: House, ann: Member) -> None:
    """A number too high is no mistake."""
    await order(house, f"!xp give {ann.mention} 500")
    text = await order(house, f"!audit {ann.mention} xp {house.pg.guild.owner.mention} 7")
    assert GIVEN.format(member=ann.mention) in text
    assert "Page 1" in text


async def test_lists_tell_what_came_and_went(house: House, ann: Member) -> None:
    """Of a rule that is a list, its entries are named, and nothing that stayed."""
    await order(house, "!config set daily.pardoned_days 2026-01-01, 2026-01-02")
    await order(house, "!config set daily.pardoned_days 2026-01-02, 2026-01-03")
    await order(house, f"!noxp add {ann.mention}", "!multipliers set #general 2")
    await order(house, "!config set curve.table 0, 50, 100", "!config set curve.table 0, 50, 200")
    text = await order(house, "!audit rules")
    general = house.pg.general.mention
    for told in (
        "**daily.pardoned_days**: + `2026-01-03`, − `2026-01-01`",
        f"**scope.no_xp_members**: + {ann.mention}",
        f"**multipliers.channels**: + {general} 2x",
        "**curve.table**: `0, 50, 100` → `0, 50, 200`",
    ):
        assert told in text


async def test_it_takes_permission(house: House, ann: Member, boss: Member) -> None:
    """Whoever may not manage the server sees nothing of it, nor turns a page that is there."""
    for amount in range(1, 11):
        await order(house, f"!xp give {ann.mention} {amount}")
    assert NOT_ALLOWED in await order(house, "!audit", who=ann)
    for offered in house.pg.world.commands[None].values():
        offered["default_member_permissions"] = None
    result = await house.pg.slash(ann, "audit")
    assert (result.text, result.ephemeral) == (NOT_ALLOWED, True)
    [page] = await house.pg.ask(boss, "!audit")
    before = page.text
    await house.pg.revoke("bosses", "manage_guild")
    pressed = await house.pg.press(boss, page, "Next")
    assert (pressed.text, pressed.ephemeral) == (NOT_ALLOWED, True)
    assert page.text == before


async def test_events_are_told_as_people_read_them(house: House) -> None:
    """In the audit and in the rules: by their name, in the reader's own time, with the place."""
    await house.connect()
    owner = house.pg.guild.owner
    await house.ask(owner, '!event start 2x 2h "*Party*"')
    for command in ("!audit", "!config show events", "!config panel events"):
        told = (await house.ask(owner, command)).text
        assert re.search(
            rf"2x \*\*\\\*Party\\\*\*\* <t:\d+:f> – <t:\d+:f> {house.pg.general.mention}", told
        ), told
    await house.ask(owner, "!config reset events.scheduled")
    assert "− 2x **" in (await house.ask(owner, "!audit")).text
