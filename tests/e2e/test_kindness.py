"""What goes wrong is answered by one kind line: no silence, no traceback."""

from __future__ import annotations

import pytest

from playground import Member
from tests.e2e.house import House

WRONG = {
    "!profile nobody": "I know nobody here called `nobody`.",
    "!xpstats @nobody": "I know nobody here called",
    "!profile Laurel": "Laurel is a bot, and bots earn nothing here.",
    "!achievements Laurel": "Laurel is a bot",
    "!leaderboard pancakes": "I did not understand that.",
    "!leaderboard xp pancakes": "I did not understand that.",
    '!help "pancakes': "There is no command",
    "!help pancakes": "There is no command `pancakes`.",
    "!config show": "You need the permission Manage Server for this.",
    "!xp give ann 500": "You need the permission Manage Server for this.",
    "!xp undo": "You need the permission Manage Server for this.",
    "!audit": "You need the permission Manage Server for this.",
    "!noxp clear": "You need the permission Manage Server for this.",
    "!multipliers foo": "There is no command `multipliers foo`. There are: `!multipliers list`.",
    "!xp pancakes": "I know nobody here called `pancakes`. Mention them, or give their name or id.",
    "!config set earning.cooldown_seconds 5": "You need the permission Manage Server for this.",
}
"""What a member without permissions may type, and how the answer begins or what it holds."""

WRONG_OF_ADMIN = {
    "!config set earning.cooldown_seconds pancakes": "it takes a whole number",
    "!config set earning.cooldown_seconds 1000000": "it takes a whole number",
    "!config set earning.cooldwn_seconds 5": "Did you mean `earning.cooldown_seconds`?",
    "!config set": "Something is missing: `rule`.",
    '!config set "goal.bonus_xp 5': "quotation marks",
    "!config announce level #nowhere": "channel",
    "!config announce pancakes here": "level",
    "!config show pancakes": "There is no section `pancakes`.",
    "!config enabled maybe": "on",
    "!xp give": "Something is missing: `member`.",
    "!xp give ann": "Something is missing: `amount`.",
    "!xp give nobody 5": "I know nobody here called `nobody`.",
    "!xp give 99999999999999999 5": "I know nobody here called `99999999999999999`.",
    "!xp give Laurel 5": "Laurel is a bot, and bots earn nothing here.",
    "!xp give ann lots": "`lots` will not do: it takes a whole number from 1 to 1,000,000,000",
    "!xp take ann 0": "`0` will not do",
    "!xp set ann 1.000": "`1.000` will not do: it takes a whole number from 0 to",
    f"!xp reset ann {'x' * 201}": "The reason has 201 characters. At most 200 are kept",
    "!xp undo": "You have changed no XP by hand",
    "!noxp clear": "There is no command `noxp clear`. There are: `!noxp add`, `!noxp remove`, `!noxp list`.",
    "!rewards foo": "There is no command `rewards foo`. There are: `!rewards ",
    "!event foo": "There is no command `event foo`. There are: `!event ",
    "!multipliers foo": "There is no command `multipliers foo`. There are: `!multipliers ",
    "!board foo": "There is no command `board foo`. There are: `!board ",
    "!cards foo": "There is no command `cards foo`. There are: `!cards ",
    "!card foo": "There is no command `card foo`. There are: `!card ",
    "!xp givee ann 5": "If you meant a command, there are: `!xp give`, `!xp take`, `!xp set`, ",
    "!audit pancakes": "I did not understand that.",
}


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member without permissions; the bot is connected."""
    ann = house.person("ann")
    await house.connect()
    return ann


async def assert_one_kind_line(house: House, who: Member, text: str, expected: str) -> None:
    """Give a wrong command; the answer is one line that says what is wrong, and nothing is earned."""
    before = await house.record(who)
    [answer] = await house.pg.ask(who, text)
    assert expected in answer.content, answer.content
    assert "\n" not in answer.content
    assert answer.pinged_ids == []
    assert await house.record(who) == before


@pytest.mark.parametrize("text", WRONG)
async def test_a_members_mistakes(house: House, ann: Member, text: str) -> None:
    """A mistake is answered by what would be right."""
    await assert_one_kind_line(house, ann, text, WRONG[text])


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("text", WRONG_OF_ADMIN)
async def test_an_admins_mistakes(house: House, text: str) -> None:
    """A rule that cannot be changed so says what it takes; nothing is changed."""
    await assert_one_kind_line(house, house.pg.guild.owner, text, WRONG_OF_ADMIN[text])
    assert (await house.leveling.get_rules_record(house.pg.guild.id)).changes == {}


async def test_a_second_daily(house: House, ann: Member) -> None:
    """A daily claimed already is refused kindly, with the time of the next, by prefix and by slash."""
    await house.pg.ask(ann, "!daily")
    [answer] = await house.pg.ask(ann, "!daily")
    result = await house.pg.slash(ann, "daily")
    assert answer.content == result.text
    assert "already" in answer.content
    assert result.ephemeral
    record = await house.record(ann)
    assert (record.dailies, record.commands) == (1, 1)


async def test_slash_mistakes_are_seen_by_their_author_alone(house: House, ann: Member) -> None:
    """A refusal of a slash command is ephemeral."""
    bot = house.pg.bot_member
    result = await house.pg.slash(ann, "profile", member=bot)
    assert "is a bot" in result.text
    assert result.ephemeral
    result = await house.pg.slash(house.pg.guild.owner, "config set", rule="goal.bonus_xp", value="-1")
    assert "goal.bonus_xp" in result.text
    assert result.ephemeral


async def test_where_the_bot_may_not_write(house: House, ann: Member) -> None:
    """It cannot answer there, but it counts, and elsewhere it goes on."""
    await house.pg.create_channel("quiet")
    quiet = house.pg.channel("quiet")
    await house.pg.deny(quiet, "send_messages")
    await house.say(ann, channel=quiet)
    assert await house.pg.ask(ann, "!profile", quiet) == []
    await house.settle()
    assert (await house.record(ann)).messages == 1
    [answer] = await house.pg.ask(ann, "!profile")
    assert "Level 1" in answer.text


async def test_direct_messages(house: House, ann: Member) -> None:
    """In direct messages it says where it works."""
    [answer] = await house.pg.ask(ann, "!profile", house.pg.world.dm_channel(ann.user))
    assert "server" in answer.content
    assert "\n" not in answer.content


@pytest.mark.usefixtures("ann")
async def test_other_bots_and_webhooks_earn_nothing(house: House) -> None:
    """Only people earn."""
    robot = await house.pg.join("robot", bot=True)
    await house.say(robot)
    await house.pg.webhook_says("news", "hello")
    await house.settle()
    assert await house.store.list_member_ids(house.pg.guild.id, present=True) == []
