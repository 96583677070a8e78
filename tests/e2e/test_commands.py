"""Every command is answered, by prefix and by slash."""

from __future__ import annotations

from typing import Any

import pytest
from discord.ext import commands

from leveling_core.facts import RewardAddRequested
from playground import Member
from tests.e2e.house import House

OWNER = object()
"""Stands for the owner of the server in an option."""

FILE = ("neon.toml", b"")
"""A file where a command takes one."""

GUEST = object()
"""Stands for somebody else in the server."""

COMMANDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "profile": ("", {}, "Level 3"),
    "xpstats": ("30", {"days": 30}, "XP of the last 30 days"),
    "activity": ("", {}, "Hours of the week"),
    "compare": ("guest", {"member": GUEST}, "Side by side"),
    "leaderboard": ("", {}, "owner"),
    "topten": ("", {}, "owner"),
    "dailyboard": ("", {}, "Nobody has a daily streak"),
    "daily": ("", {}, "Daily reward: 25 XP"),
    "goal": ("", {}, "Server goal of the day"),
    "achievements": ("", {}, "First Steps"),
    "nextachievement": ("", {}, "First Steps"),
    "why": ("", {}, "why"),
    "help": ("", {}, "leaderboard"),
    "config show": ("", {}, "Rules of this server"),
    "config set": (
        "earning.cooldown_seconds 30",
        {"rule": "earning.cooldown_seconds", "value": "30"},
        "`60` → `30`",
    ),
    "config reset": ("goal.bonus_xp", {"rule": "goal.bonus_xp"}, "is `15` already"),
    "config announce": ("goal here", {"kind": "goal", "where": "here"}, "`off` → `here`"),
    "config panel": ("goal", {"section": "goal"}, "Settings: goal"),
    "config status": ("", {}, "All is well"),
    "config prefix": ("?", {"prefix": "?"}, "→ `?`"),
    "xp give": ("owner 50 welcome", {"member": OWNER, "amount": "50", "reason": "welcome"}, "300 → 350 XP"),
    "xp take": ("owner 50", {"member": OWNER, "amount": "50"}, "300 → 250 XP"),
    "xp set": ("owner 1k", {"member": OWNER, "amount": "1k"}, "300 → "),
    "xp reset": ("owner", {"member": OWNER}, "300 → 0 XP"),
    "xp undo": ("", {}, "You have changed no XP by hand"),
    "audit": ("", {}, "changed **rewards.roles**"),
    "config enabled": ("off", {"state": "off"}, "`on` → `off`"),
    "noxp add": ("role Regular", {"role": "Regular"}, "earn nothing from now on"),
    "noxp remove": ("role Regular", {"entry": "role Regular"}, "is not excluded"),
    "noxp list": ("", {}, "Nothing is excluded"),
    "onlyxp add": ("owner", {"member": OWNER}, "earns from now on"),
    "onlyxp remove": ("owner", {"entry": "owner"}, "is not named as only-XP"),
    "onlyxp list": ("", {}, "Nothing is named"),
    "multipliers list": ("", {}, "Nothing multiplies your XP"),
    "multipliers set": ("server 2", {"factor": "2"}, "is multiplied by 2"),
    "multipliers remove": ("server", {"entry": "server"}, "has no multiplier"),
    "multipliers combine": ("add", {"mode": "add"}, "added up from now on"),
    "event start": (
        "2x 48h Weekend",
        {"factor": "2x", "length": "48h", "name_": "Weekend"},
        "**Weekend** is on: 2x XP",
    ),
    "event stop": ("", {}, "There is no event to end"),
    "event list": ("", {}, "No event runs"),
    "board pin": ("wall", {}, "Here it is"),
    "board unpin": ("", {}, "No board keeps itself current"),
    "card show": ("", {}, "Theme: **Laurel**"),
    "card theme": ("sorbet", {"theme": "sorbet"}, "Theme: **Sorbet**"),
    "card accent": ("#3EC46D", {"colour": "#3EC46D"}, "Accent: **#3ec46d**"),
    "card background": ("none", {"background": "none"}, "Background: the theme's"),
    "card text": ("on", {"state": "on"}, "You see text"),
    "card reset": ("", {}, "Theme: **Laurel**"),
    "cards list": ("", {}, "`midnight` · Midnight"),
    "cards add": ("theme neon", {"kind": "theme", "name": "neon", "file": FILE}, "I draw no pictures"),
    "cards remove": ("theme neon", {"kind": "theme", "name": "neon"}, "has no theme `neon`"),
    "rewards list": ("", {}, "**Level 10**"),
    "rewards add": ("5 Regular", {"level": 5, "role": "Regular"}, "Level 5 earns"),
    "rewards sync": ("", {}, "1 member checked"),
    "rewards remove": ("10", {"reward": "10"}, "Level 10 earns"),
}
"""By command: its arguments by prefix, its options by slash, and what its answer holds."""

UNCOUNTED = {
    "config enabled",
    "xp undo",
    "noxp remove",
    "onlyxp remove",
    "multipliers remove",
    "event stop",
    "cards add",
    "cards remove",
}
"""Commands of the table that do not count: one switches counting off, the others have nothing to do."""

ALIASES = {"rank": "profile", "level": "profile", "xp": "profile", "top": "leaderboard", "lb": "leaderboard"}


@pytest.fixture
async def owner(house: House) -> Member:
    """Give the guild's owner, who has some XP; the bot is connected, and level 10 earns a role."""
    owner = house.pg.guild.owner
    veteran, _ = (house.pg.world.add_role(house.pg.guild, n, position=1) for n in ("Veteran", "Regular"))
    house.pg.world.add_channel(house.pg.guild, "wall")
    house.pg.world.add_member(house.pg.guild, "guest")
    await house.give(owner, xp=300, messages=20)
    await house.connect()
    await house.context.rewards.add(RewardAddRequested(house.pg.guild.id, owner.id, 1, 10, veteran.id))
    return owner


def names_of(house: House) -> set[str]:
    """Return the full names of all commands that are no mere groups."""
    every = house.bot.walk_commands()
    return {command.qualified_name for command in every if not isinstance(command, commands.Group)}


@pytest.mark.usefixtures("owner")
async def test_the_table_holds_every_command(house: House) -> None:
    """A new command needs a row above; nothing that was promised is missing."""
    assert names_of(house) == COMMANDS.keys()
    offered = {command["name"] for command in house.pg.world.commands[None].values()}
    assert offered == {name.split()[0] for name in COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
async def test_answers_by_prefix(house: House, owner: Member, name: str) -> None:
    """A command by prefix is answered once, in the channel, and counts as a command and no message."""
    arguments, options, expected = COMMANDS[name]
    files = [FILE] if FILE in options.values() else []
    [answer] = await house.pg.ask(owner, f"!{name} {arguments}".strip(), attachments=files)
    assert expected in answer.text
    await house.settle()
    record = await house.record(owner)
    assert (record.messages, record.commands) == (20, int(name not in UNCOUNTED))


@pytest.mark.parametrize("name", COMMANDS)
async def test_answers_by_slash(house: House, owner: Member, name: str) -> None:
    """A slash command is answered once, and counted."""
    _, options, expected = COMMANDS[name]
    people = {OWNER: owner, GUEST: house.pg.member("guest")}
    given: dict[str, Any] = {
        key: house.pg.role(value) if key == "role" else people.get(value, value)
        for key, value in options.items()
    }
    result = await house.pg.slash(owner, name, **given)
    assert expected in result.text
    assert len(result.messages) == 1
    await house.settle()
    assert (await house.record(owner)).commands == int(name not in UNCOUNTED)


@pytest.mark.parametrize("alias", ALIASES)
async def test_aliases(house: House, owner: Member, alias: str) -> None:
    """An alias does what its command does."""
    [answer] = await house.pg.ask(owner, f"!{alias}")
    [same] = await house.pg.ask(owner, f"!{ALIASES[alias]}")
    assert answer.text.splitlines()[0] == same.text.splitlines()[0]


async def test_a_guild_has_its_own_prefix(house: House, owner: Member) -> None:
    """A new prefix holds at once and after a restart, and the old one is silent."""
    await house.pg.ask(owner, "!config prefix ?")
    for _ in range(2):
        assert await house.pg.ask(owner, "!profile") == []
        assert len(await house.pg.ask(owner, "?profile")) == 1
        await house.reopen()
