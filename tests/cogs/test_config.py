"""`config`: what those who manage a server see and change, and what everybody else is told."""

from __future__ import annotations

import re
from typing import Any

import pytest

from leveling_core.decision import Decision
from leveling_core.documents import AnnouncementsRecord, ChangeStamp, RulesRecord, Trouble
from leveling_core.facts import RulesChangeRequested
from leveling_core.ids import announcements_key, rules_key
from leveling_core.outcomes import RulesChanged
from leveling_core.rule_changes import list_rules, rule_value
from leveling_core.store import LedgerQuery
from playground import Member
from tests.cogs.server import Server


def owner_of(server: Server) -> Member:
    """Return the owner of the server, who may do everything."""
    return server.pg.guild.owner


async def value_of(server: Server, rule: str) -> object:
    """Return what a rule is now."""
    return rule_value(await server.leveling.get_rules(server.pg.guild.id), rule)


async def test_a_rule_is_set_shown_and_reset(server: Server) -> None:
    """Replies tell old and new value; the overview marks what differs, who changed it and when."""
    await server.connect()
    owner = owner_of(server)
    reply = await server.ask(owner, "!config set cooldown_seconds 30")
    assert reply.text == "**earning.cooldown_seconds**: `60` → `30`"
    assert await value_of(server, "earning.cooldown_seconds") == 30
    overview = (await server.ask(owner, "!config show")).text
    assert "● **earning.cooldown_seconds**: `30` (default `60`)" in overview
    assert f"changed by <@{owner.user.id}> <t:{server.now // 1000}:R>" in overview
    again = await server.ask(owner, "!config set earning.cooldown_seconds 30")
    assert again.text == "**earning.cooldown_seconds** is `30` already."
    reply = await server.ask(owner, "!config reset earning.cooldown_seconds")
    assert reply.text == "**earning.cooldown_seconds**: `30` → `60`"
    assert "Nothing." in (await server.ask(owner, "!config")).text


async def test_a_section_shows_each_of_its_rules_and_what_it_takes(server: Server) -> None:
    """Every rule is shown in its section with value, description and bounds."""
    await server.connect()
    for section in dict.fromkeys(info.name.partition(".")[0] for info in list_rules()):
        text = (await server.slash(owner_of(server), "config show", section=section)).text
        for info in list_rules():
            if info.name.startswith(f"{section}."):
                assert f"**{info.name}**" in text
                assert info.description in text
                assert info.expected in text


async def test_the_same_works_with_slash_commands(server: Server) -> None:
    """A slash command changes the same rule, and the change is a line of the ledger with its actor."""
    await server.connect()
    owner = owner_of(server)
    reply = await server.slash(owner, "config set", rule="boost.multiplier", value="2")
    assert reply.text == "**boost.multiplier**: `1.5` → `2`"
    query = LedgerQuery(guild_id=server.pg.guild.id, kinds=frozenset({"rules_changed"}))
    [line] = await server.store.list_ledger(query)
    assert isinstance(line.outcome, RulesChanged)
    assert (line.actor_id, list(line.outcome.changes)) == (owner.user.id, ["boost.multiplier"])


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("!config set cooldown_second 30", "Did you mean `earning.cooldown_seconds`?"),
        ("!config set earning.cooldown_seconds soon", "a whole number from 0 to 86,400 (seconds)"),
        ("!config set earning.cooldown_seconds -1", "a whole number from 0 to 86,400 (seconds)"),
        ("!config set general.timezone Mars", "an IANA time zone"),
        ("!config set earning.message_min_xp 30", "(25). Raise message_max_xp or lower"),
        ("!config set curve.kind table", "curve.table is empty. Expected it to be set first"),
        ("!config set earning.cooldown_seconds", "Something is missing: `value`"),
        ("!config set earning 5", "`earning` is a section. Its rules: `earning.message_min_xp`, "),
        ("!config reset nonsense", "There is no rule `nonsense`"),
        ("!config show nonsense", "There are: general, earning"),
        ("!config nonsense", "There are: general, earning"),
        ("!config enabled perhaps", "say one of on, off"),
        ("!config announce levels here", "say one of level, achievement, goal, event"),
        ("!config announce level nowhere", "I cannot find or read a channel `nowhere`"),
        ("!config prefix much-too-long", "1 to 5 visible characters"),
        (
            "!config set rewards.roles 5 <@&7>",
            "a command of its own, which looks at more than the value: `/rewards add`",
        ),
    ],
)
async def test_what_cannot_be_is_answered_with_what_can(server: Server, command: str, told: str) -> None:
    """Each mistake gets one line that says what would be right, and changes nothing."""
    await server.connect()
    reply = await server.ask(owner_of(server), command)
    assert told in reply.text
    assert (await server.leveling.get_rules_record(server.pg.guild.id)).changes == {}


async def test_only_those_who_manage_the_server_may(server: Server) -> None:
    """Others get a kind line by prefix and are not offered the slash commands."""
    ann, boss = server.person("ann"), server.person("boss")
    await server.connect()
    for command in ("!config", "!config show", "!config set cooldown_seconds 1", "!config enabled off"):
        assert (await server.ask(ann, command)).text == "You need the permission Manage Server for this."
    assert (await server.leveling.get_rules_record(server.pg.guild.id)).changes == {}
    role = await server.pg.create_role("boss")
    await server.pg.grant(role, "manage_guild")
    await server.pg.give_role(boss, role)
    await server.pg.idle()
    assert "→" in (await server.ask(boss, "!config enabled off")).text


async def test_an_override_of_discords_own_settings_lets_nobody_in(server: Server) -> None:
    """An admin may offer the slash command to all in Discord; the permission is still needed."""
    ann = server.person("ann")
    await server.connect()
    for command in server.pg.world.commands[None].values():
        command["default_member_permissions"] = None
    result = await server.pg.slash(ann, "config enabled", state="off")
    assert result.ephemeral
    assert result.text == "You need the permission Manage Server for this."
    assert await value_of(server, "general.enabled") is True


async def test_announcements_go_where_they_are_sent(server: Server) -> None:
    """A channel is taken by mention, name or id and shown as a mention; here and off are taken too."""
    news = server.pg.world.add_channel(server.pg.guild, "news")
    await server.connect()
    owner = owner_of(server)
    for typed in (news.mention, "#news", "news", str(news.id)):
        reply = await server.ask(owner, f"!config announce level {typed}")
        assert reply.text == f"**announcements.level**: `here` → {news.mention}"
        assert await value_of(server, "announcements.level") == news.id
        await server.ask(owner, "!config announce level here")
    reply = await server.ask(owner, "!config announce level off")
    assert reply.text == "**announcements.level**: `here` → `off`"
    reply = await server.slash(owner, "config announce", kind="goal", where=str(news.id))
    assert reply.text == f"**announcements.goal**: `off` → {news.mention}"


async def test_a_channel_that_is_closed_to_the_bot_is_told_at_once(server: Server) -> None:
    """The choice is kept, and the admin is told which permission is missing, whichever command it was."""
    news = server.pg.world.add_channel(server.pg.guild, "news")
    await server.connect()
    await server.pg.deny(news, "send_messages")
    await server.pg.idle()
    for command in ("!config announce level #news", "!config set announcements.log_channel #news"):
        reply = await server.ask(owner_of(server), command)
        assert f"I cannot write in {news.mention} yet" in reply.text
        assert "**Send Messages**" in reply.text
    assert await value_of(server, "announcements.level") == news.id


async def test_troubles_with_announcements_are_shown(server: Server) -> None:
    """What cannot be announced stands in the overview until it is mended."""
    await server.connect()
    guild_id = server.pg.guild.id
    trouble = Trouble(4242, "gone", since_at=server.now)
    record = AnnouncementsRecord(troubles={"4242": trouble})
    key = announcements_key(guild_id)
    await server.store.commit((key,), lambda _: Decision(None, {key: record}))
    text = (await server.ask(owner_of(server), "!config show")).text
    assert f"The channel <#4242> is gone (since <t:{server.now // 1000}:R>)" in text


async def _change_every_rule(server: Server) -> None:
    """Record every rule as set by somebody, in one go."""
    key, stamp = rules_key(server.pg.guild.id), ChangeStamp(owner_of(server).user.id, server.now)
    names = [info.name for info in list_rules()]
    changes = {name: rule_value(RulesRecord().ruleset, name) for name in names}
    record = RulesRecord(changes=changes, version=2, changed_by=dict.fromkeys(names, stamp))
    await server.store.commit((key,), lambda _: Decision(None, {key: record}))


async def _give_troubles(server: Server, number: int) -> None:
    """Record that so many channels are gone."""
    ids = range(880_000_000_000_000_000, 880_000_000_000_000_000 + number)
    troubles = {str(channel_id): Trouble(channel_id, "gone", since_at=server.now) for channel_id in ids}
    record, key = AnnouncementsRecord(troubles=troubles), announcements_key(server.pg.guild.id)
    await server.store.commit((key,), lambda _: Decision(None, {key: record}))


@pytest.mark.parametrize("embeds", [True, False])
@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_however_much_is_changed_nothing_is_left_out(server: Server, embeds: bool, way: str) -> None:
    """Every changed rule, every trouble and every section is shown, on as many messages as it takes."""
    await server.connect()
    await _change_every_rule(server)
    await _give_troubles(server, 40)
    if not embeds:
        await server.pg.deny("general", "embed_links")
        await server.pg.idle()
    owner = owner_of(server)

    async def told(section: str = "") -> str:
        if way == "prefix":
            answers = await server.pg.ask(owner, f"!config show {section}")
            return "\n".join(answer.text for answer in answers)
        options: dict[str, Any] = {"section": section} if section else {}
        before = len(server.pg.messages())
        await server.pg.slash(owner, "config show", **options)
        await server.pg.idle()
        return "\n".join(message.text for message in server.pg.messages()[before:])

    text = await told()
    for info in list_rules():
        assert f"● **{info.name}**" in text
    for number in range(40):
        assert f"<#{880_000_000_000_000_000 + number}>" in text
    sections = list(dict.fromkeys(info.name.partition(".")[0] for info in list_rules()))
    assert [section for section in sections if f"`{section}`: " not in text] == []
    for section in sections:
        text = await told(section)
        rules = [info for info in list_rules() if info.name.startswith(f"{section}.")]
        assert [info.name for info in rules if info.description not in text] == []


async def test_a_prefix_takes_effect_at_once_and_after_a_restart(server: Server) -> None:
    """The new prefix works from the next message on; the old one is talk; default gives it back."""
    ann = server.person("ann")
    await server.connect()
    owner = owner_of(server)
    assert (await server.ask(owner, "!config prefix ?")).text == "**general.prefix**: `default` → `?`"
    assert await server.pg.ask(ann, "!profile") == []
    assert len(await server.pg.ask(ann, "?profile")) == 1
    assert (await server.record(ann)).messages == 1
    await server.restart()
    assert len(await server.pg.ask(ann, "?profile")) == 1
    assert "?config set" in (await server.ask(owner, "?config")).text
    await server.ask(owner, "?config prefix default")
    assert len(await server.pg.ask(ann, "!profile")) == 1


async def test_switched_off_nothing_is_earned_and_config_says_so(server: Server) -> None:
    """Off means off, and the overview says how to switch it on."""
    ann = server.person("ann")
    await server.connect()
    await server.ask(owner_of(server), "!config enabled off")
    await server.pg.say(ann, "hello")
    await server.pg.idle()
    assert (await server.record(ann)).xp == 0
    assert "`!config enabled on` switches it on" in (await server.ask(owner_of(server), "!config")).text


async def test_what_is_typed_is_suggested(server: Server) -> None:
    """Rules by any part of their name, values by what the rule takes, channels that the bot can use."""
    server.pg.world.add_channel(server.pg.guild, "news")
    await server.connect()
    owner, pg = owner_of(server), server.pg

    async def suggested(command: str, option: str, text: str, **given: str) -> list[str]:
        return [c["name"] for c in await pg.autocomplete(owner, command, option, text, **given)]

    assert (await suggested("config set", "rule", "cool"))[0] == "earning.cooldown_seconds"
    assert len(await suggested("config set", "rule", "")) == 25
    assert await suggested("config set", "value", "", rule="general.enabled") == ["on", "off"]
    assert "mee6" in await suggested("config set", "value", "", rule="curve.kind")
    assert await suggested("config set", "value", "", rule="no such rule") == []
    assert await suggested("config show", "section", "ea") == ["earning"]
    assert await suggested("config announce", "where", "#new") == ["#news"]
    await pg.deny("news", "view_channel")
    await pg.idle()
    assert await suggested("config announce", "where", "") == ["here", "off", "#general"]


async def test_nothing_typed_can_ping_or_break_out(server: Server) -> None:
    """What was typed is shown on one line, cut, without backticks, and nobody is pinged."""
    ann = server.person("ann")
    await server.connect()
    reply = await server.ask(owner_of(server), f"!config set `@everyone` {ann.mention} **x**")
    assert reply.text.count("`") == 4
    assert reply.pinged_ids == []
    reply = await server.ask(owner_of(server), "!config set earning.cooldown_seconds " + "9" * 1500)
    assert len(reply.text) < 400


async def test_more_words_than_a_command_takes_are_not_passed_over(server: Server) -> None:
    """A prefix with a space is refused as a whole, and a word too many says how the command goes."""
    await server.connect()
    owner = owner_of(server)
    reply = await server.ask(owner, "!config prefix a b")
    assert "it takes 1 to 5 visible characters" in reply.text
    assert await value_of(server, "general.prefix") is None
    reply = await server.ask(owner, "!config enabled off now")
    assert reply.text.startswith("That is more than this command takes. It goes like this:")
    assert await value_of(server, "general.enabled") is True


async def test_a_capital_letter_does_not_matter(server: Server) -> None:
    """Phones begin a message with one, and some people put a space behind the prefix."""
    await server.connect()
    owner = owner_of(server)
    for typed in ("!Config Show", "! config show", "!CONFIG"):
        assert "Rules of this server" in (await server.ask(owner, typed)).text


async def test_a_rule_with_a_command_of_its_own_can_be_emptied(server: Server) -> None:
    """Such a rule is set by that command alone, and reset like any other."""
    await server.connect()
    key = rules_key(server.pg.guild.id)
    record = RulesRecord(changes={"scope.no_xp_roles": [7]}, version=1)
    await server.store.commit((key,), lambda _: Decision(None, {key: record}))
    reply = await server.slash(owner_of(server), "config set", rule="scope.no_xp_roles", value="none")
    assert "`/noxp add`" in reply.text
    assert reply.ephemeral
    assert await value_of(server, "scope.no_xp_roles") == (7,)
    reply = await server.slash(owner_of(server), "config reset", rule="scope.no_xp_roles")
    assert reply.text == "**scope.no_xp_roles**: <@&7> → `none`"


async def test_roles_are_shown_as_roles(server: Server) -> None:
    """A rule made of mentions is shown as Discord shows them, whole ones only where they are many."""
    await server.connect()
    changes: dict[str, str | None] = {"rewards.roles": ", ".join(f"5 {n}" for n in range(101, 151))}
    fact = RulesChangeRequested(server.pg.guild.id, owner_of(server).user.id, 1, changes)
    await server.leveling.change_rules(fact)
    overview = (await server.ask(owner_of(server), "!config show")).text
    assert "● **rewards.roles**: 5 <@&101>, 5 <@&102>, " in overview
    assert re.search(r"5 <@&1\d\d>, … \(default `none`\)", overview)
