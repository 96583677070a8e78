"""`config panel`: every rule by clicks, for who manages the server at that moment, after a restart too."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

import pytest

from leveling_core.decision import Decision
from leveling_core.documents import RulesRecord
from leveling_core.errors import StoreUnavailableError
from leveling_core.ids import rules_key
from leveling_core.outcomes import RulesChanged
from leveling_core.rule_changes import list_rules, rule_value
from leveling_core.service import Leveling
from playground import Member, Message
from playground.interactions import InteractionResult
from tests.e2e.house import House

COOLDOWN = "earning.cooldown_seconds"


async def open_panel(house: House, way: str = "slash", section: str = "") -> Message:
    """Let the owner open a panel."""
    owner = house.pg.guild.owner
    if way == "prefix":
        return await house.ask(owner, f"!config panel {section}".strip())
    return await house.slash(owner, "config panel", **({"section": section} if section else {}))


async def value_of(house: House, rule: str) -> Any:
    """Return what a rule is now."""
    return rule_value(await house.leveling.get_rules(house.pg.guild.id), rule)


def fields(message: Message) -> dict[str, str]:
    """Return the fields of a panel by name."""
    return {field["name"]: field["value"] for field in message.embeds[0].get("fields", ())}


def labels(message: Message) -> list[str]:
    """Return the buttons that can be pressed."""
    return [button.label for button in message.buttons if not button.disabled]


class Clicks:
    """A panel and whoever uses it.

    Args:
        house: The server.
        who: The user.
        panel: The message.
    """

    def __init__(self, house: House, who: Member, panel: Message) -> None:
        self.house, self.who, self.panel = house, who, panel

    async def choose(self, menu: str, value: Any) -> InteractionResult:
        """Choose in a menu, named by its placeholder."""
        return await self.house.pg.select(self.who, self.panel, value, menu=menu)

    async def press(self, label: str) -> InteractionResult:
        """Press a button."""
        return await self.house.pg.press(self.who, self.panel, label)

    async def go_to(self, rule: str) -> None:
        """Go to a rule from anywhere."""
        if "Back" in labels(self.panel):
            await self.press("Back")
        await self.choose("Choose a section", rule.partition(".")[0])
        await self.choose("Choose a rule", rule)

    async def type(self, value: str) -> InteractionResult:
        """Open the form, type a value into it, and submit it."""
        return await self.house.pg.submit_modal(self.who, await self.press("Change"), {"New value": value})


async def clicks(house: House, way: str = "slash", section: str = "") -> Clicks:
    """Open a panel for the owner's clicks."""
    return Clicks(house, house.pg.guild.owner, await open_panel(house, way, section))


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_a_rule_is_found_changed_and_reset_by_clicks(house: House, way: str) -> None:
    """Section, rule, form: the panel tells value, default, bounds, effect and who changed it, and follows."""
    await house.connect()
    panel = await clicks(house, way)
    message, owner = panel.panel, house.pg.guild.owner
    assert message.embeds[0]["title"] == "Settings of this server"
    assert "No rule differs from its default." in message.text
    await panel.choose("Choose a section", "earning")
    assert message.embeds[0]["title"] == "Settings: earning"
    assert "**cooldown_seconds**: `60`" in message.text
    await panel.choose("Choose a rule", COOLDOWN)
    assert message.embeds[0]["title"] == COOLDOWN
    assert "How long after a message that earned the next one earns nothing." in message.text
    assert fields(message) == {
        "Now": "`60`",
        "Default": "`60`",
        "Takes": "a whole number from 0 to 86,400 (seconds)",
    }
    assert labels(message) == ["Change", "Back"]
    shown = await panel.press("Change")
    assert shown.modal is not None
    assert shown.modal["title"] == COOLDOWN
    field = shown.modal["components"][0]
    assert field["description"] == "Takes a whole number from 0 to 86,400 (seconds)"
    assert field["component"]["value"] == "60"
    await house.pg.submit_modal(owner, shown, {"New value": "30"})
    assert f"**{COOLDOWN}**: `60` → `30`" in message.text
    assert fields(message)["Now"] == "`30`"
    assert fields(message)["Changed"].startswith(f"by {owner.mention} <t:")
    assert await value_of(house, COOLDOWN) == 30
    [line] = await house.list_lines(lambda line: isinstance(line.outcome, RulesChanged))
    assert (line.actor_id, line.channel_id) == (owner.id, message.channel.id)
    await panel.press("Back")
    assert "● **cooldown_seconds**: `30`" in message.text
    await panel.choose("Choose a rule", COOLDOWN)
    await panel.press("Reset to default")
    assert f"**{COOLDOWN}**: `30` → `60`" in message.text
    assert labels(message) == ["Change", "Back"]
    assert house.pg.replies(message.channel) == [message]


async def test_switches_choices_and_channels_have_controls_of_their_own(house: House) -> None:
    """A switch is two buttons, a choice a menu, a channel a menu beside what may stand in its place."""
    news = house.pg.world.add_channel(house.pg.guild, "news")
    await house.connect()
    panel = await clicks(house)
    message = panel.panel
    await panel.go_to("general.enabled")
    assert labels(message) == ["Off", "Back"]
    await panel.press("Off")
    assert await value_of(house, "general.enabled") is False
    assert labels(message) == ["On", "Reset to default", "Back"]
    await panel.go_to("general.week_start")
    await panel.choose("Choose a value", "sunday")
    assert await value_of(house, "general.week_start") == "sunday"
    assert fields(message)["Now"] == "`sunday`"
    await panel.go_to("announcements.level")
    assert labels(message) == ["Off", "Back"]
    await panel.choose("Choose a channel", news)
    assert await value_of(house, "announcements.level") == news.id
    assert f"**announcements.level**: `here` → {news.mention}" in message.text
    assert labels(message) == ["Where it happened", "Off", "Reset to default", "Back"]
    await panel.press("Where it happened")
    assert await value_of(house, "announcements.level") == "here"
    await house.pg.deny("news", "send_messages")
    await house.pg.idle()
    await panel.go_to("announcements.log_channel")
    await panel.choose("Choose a channel", news)
    assert f"I cannot write in {news.mention} yet: give me the permission **Send Messages**" in message.text


async def test_every_rule_can_be_reached_and_shown(house: House) -> None:
    """Whatever rules there are, each has its page, with all that is known of it and a way to change it."""
    await house.connect()
    panel = await clicks(house)
    message = panel.panel
    for info in list_rules():
        await panel.go_to(info.name)
        assert message.embeds[0]["title"] == info.name
        assert info.description in message.text
        assert fields(message)["Takes"] == info.expected
        ways = len(message.selects) - 1 + len(set(labels(message)) - {"Back"})
        assert ways > 0 or info.managed_by


@pytest.mark.parametrize("value", ["soon", "-1"])
async def test_a_value_that_cannot_be_is_answered_and_the_panel_stays(house: House, value: str) -> None:
    """Who typed it alone reads what would be right; then it is simply typed again."""
    await house.connect()
    panel = await clicks(house)
    await panel.go_to(COOLDOWN)
    before = panel.panel.text
    result = await panel.type(value)
    assert result.ephemeral
    assert (
        result.text
        == f"`{COOLDOWN}` cannot be `{value}`: it takes a whole number from 0 to 86,400 (seconds)."
    )
    assert panel.panel.text == before
    await panel.type("90")
    assert await value_of(house, COOLDOWN) == 90


async def test_what_does_not_go_together_is_answered(house: House) -> None:
    """A choice that is wrong only beside other rules changes nothing, and says why."""
    await house.connect()
    panel = await clicks(house)
    await panel.go_to("curve.kind")
    result = await panel.choose("Choose a value", "table")
    assert result.ephemeral
    assert "curve.table is empty" in result.text
    assert await value_of(house, "curve.kind") == "power"


async def test_a_panel_outlives_a_restart(house: House) -> None:
    """Menus, buttons and even a form that was open work with the next process."""
    await house.connect()
    panel = await clicks(house)
    await panel.go_to(COOLDOWN)
    shown = await panel.press("Change")
    await house.reopen()
    await house.pg.submit_modal(panel.who, shown, {"New value": "45"})
    assert await value_of(house, COOLDOWN) == 45
    assert fields(panel.panel)["Now"] == "`45`"
    await house.pg.advance(days=30)
    await house.reopen()
    await panel.go_to("goal.max_target")
    await panel.type("20")
    assert await value_of(house, "goal.max_target") == 20


async def test_a_change_by_somebody_else_is_not_overwritten_unseen(house: House) -> None:
    """A form that was opened before another admin changed the rule is refused with what it is now."""
    await house.connect()
    panel = await clicks(house)
    await panel.go_to(COOLDOWN)
    shown = await panel.press("Change")
    await house.ask(panel.who, f"!config set {COOLDOWN} 10")
    result = await house.pg.submit_modal(panel.who, shown, {"New value": "61"})
    assert result.ephemeral
    assert "has been changed meanwhile: it is `10` now" in result.text
    assert await value_of(house, COOLDOWN) == 10
    await panel.type("61")
    assert await value_of(house, COOLDOWN) == 61


@pytest.mark.parametrize("step", ["menu", "button", "form"])
async def test_only_who_manages_the_server_may_use_it(house: House, step: str) -> None:
    """The permission is looked at with every press, also of whoever has opened the panel or the form."""
    boss = house.person("boss")
    await house.connect()
    role = await house.pg.create_role("boss")
    await house.pg.grant(role, "manage_guild")
    await house.pg.give_role(boss, role)
    await house.pg.idle()
    panel = Clicks(house, boss, await house.ask(boss, "!config panel"))
    await panel.go_to(COOLDOWN)
    shown = await panel.press("Change")
    await house.pg.take_role(boss, role)
    await house.pg.idle()
    if step == "form":
        result = await house.pg.submit_modal(boss, shown, {"New value": "1"})
    else:
        result = await (
            panel.press("Change") if step == "button" else panel.choose("Choose a rule", COOLDOWN)
        )
    assert result.ephemeral
    assert result.modal is None
    assert result.text == "You need the permission Manage Server for this."
    assert await value_of(house, COOLDOWN) == 60


async def test_nobody_else_is_given_one(house: House) -> None:
    """By prefix a kind line; the slash command is not even offered."""
    ann = house.person("ann")
    await house.connect()
    reply = await house.ask(ann, "!config panel")
    assert reply.text == "You need the permission Manage Server for this."
    for command in house.pg.world.commands[None].values():
        command["default_member_permissions"] = None
    result = await house.pg.slash(ann, "config panel")
    assert result.ephemeral
    assert result.text == "You need the permission Manage Server for this."


async def test_it_opens_at_a_section(house: House) -> None:
    """A section may be named at once; one that is not there is answered with those that are."""
    await house.connect()
    panel = await open_panel(house, section="Goal")
    assert panel.embeds[0]["title"] == "Settings: goal"
    owner = house.pg.guild.owner
    assert (await house.ask(owner, "!config panel goal")).embeds[0]["title"] == "Settings: goal"
    assert "There is no section `nonsense`." in (await house.ask(owner, "!config panel nonsense")).text
    offered = await house.pg.autocomplete(owner, "config panel", "section", "go")
    assert [choice["value"] for choice in offered] == ["goal"]


async def test_a_rule_with_a_command_of_its_own_is_shown_and_reset_only(house: House) -> None:
    """It cannot be set past that command, not even with a forged custom id; the panel names it."""
    await house.connect()
    key = rules_key(house.pg.guild.id)
    record = RulesRecord(changes={"scope.no_xp_roles": [7, 8]}, version=1)
    await house.store.commit((key,), lambda _: Decision(None, {key: record}))
    panel = await clicks(house)
    await panel.go_to("scope.no_xp_roles")
    assert "`/noxp add` changes it" in panel.panel.text
    assert fields(panel.panel)["Now"] == "<@&7>, <@&8>"
    assert labels(panel.panel) == ["Reset to default", "Back"]
    reset = next(button for button in panel.panel.buttons if button.label == "Reset to default")
    assert reset.custom_id is not None
    forge(panel.panel, reset.custom_id, "laurel:panel:1:set:scope.no_xp_roles:9")
    result = await panel.press("Reset to default")
    assert result.ephemeral
    assert "has a command of its own" in result.text
    forge(panel.panel, "laurel:panel:1:set:scope.no_xp_roles:9", reset.custom_id)
    await panel.press("Reset to default")
    assert await value_of(house, "scope.no_xp_roles") == ()


def forge(message: Message, custom_id: str, forged: str) -> None:
    """Change the custom id of a button, as one from another version would be, or a forged one."""
    for row in message.components:
        for item in row["components"]:
            if item.get("custom_id") == custom_id:
                item["custom_id"] = forged


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        ("change:earning.gone_rule:", "There is no rule `earning.gone_rule`"),
        (f"juggle:{COOLDOWN}:", "This panel is from another version of mine."),
        ("back:gone:", "There is no section `gone`."),
    ],
)
async def test_what_is_there_no_more(house: House, forged: str, told: str) -> None:
    """A button from an earlier version that means something else or nothing now is answered."""
    await house.connect()
    panel = await clicks(house)
    await panel.go_to(COOLDOWN)
    forge(panel.panel, f"laurel:panel:1:change:{COOLDOWN}:", f"laurel:panel:1:{forged}")
    result = await panel.press("Change")
    assert result.ephemeral
    assert told in result.text
    assert await value_of(house, COOLDOWN) == 60


async def test_what_is_stored_and_cannot_be_used_is_told(house: House) -> None:
    """The page says that the default holds, and resetting mends it."""
    await house.connect()
    key = rules_key(house.pg.guild.id)
    record = RulesRecord(changes={COOLDOWN: -5}, version=1)
    await house.store.commit((key,), lambda _: Decision(None, {key: record}))
    panel = await clicks(house)
    await panel.go_to(COOLDOWN)
    assert "What is stored cannot be used any more, so the default holds." in panel.panel.text
    await panel.press("Reset to default")
    assert "What is stored cannot" not in panel.panel.text
    assert (await house.leveling.get_rules_record(house.pg.guild.id)).changes == {}


async def test_a_value_too_long_for_a_form(house: House) -> None:
    """What no form can hold is changed by the command, and says so."""
    await house.connect()
    key = rules_key(house.pg.guild.id)
    record = RulesRecord(changes={"curve.table": list(range(0, 100_000, 100))}, version=1)
    await house.store.commit((key,), lambda _: Decision(None, {key: record}))
    panel = await clicks(house)
    await panel.go_to("curve.table")
    result = await panel.press("Change")
    assert result.ephemeral
    assert result.text == "`curve.table` is too long for a form. Use `/config set`."


async def test_a_panel_without_embeds(house: House) -> None:
    """Where embeds are not allowed the panel is text, and stays so."""
    await house.connect()
    await house.pg.deny("general", "embed_links")
    await house.pg.idle()
    panel = await clicks(house, "prefix")
    assert panel.panel.embeds == []
    assert "**Settings of this server**" in panel.panel.content
    await panel.go_to(COOLDOWN)
    assert panel.panel.embeds == []
    assert "How long after a message" in panel.panel.content


async def test_a_store_that_fails_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who pressed reads it, and the panel stays as it is."""
    await house.connect()
    panel = await clicks(house)
    await panel.go_to("general.enabled")

    async def fail(*_: object) -> NoReturn:
        raise StoreUnavailableError(path="laurel.db", cause="the disk is full", cure="Make room")

    monkeypatch.setattr(Leveling, "change_rules", fail)
    result = await panel.press("Off")
    assert result.ephemeral
    assert result.text.startswith("My storage is not available right now, so nothing was changed.")
    assert labels(panel.panel) == ["Off", "Back"]


async def test_slow_work_keeps_the_press_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A press that takes long is acknowledged first, and the panel follows."""
    await house.connect()
    panel = await clicks(house)
    await panel.go_to("general.enabled")
    change = Leveling.change_rules

    async def slowly(self: Leveling, fact: Any) -> Any:
        await asyncio.sleep(0.05)
        return await change(self, fact)

    monkeypatch.setattr("cogs.ui.replies.DEFER_AFTER_SECONDS", 0.01)
    monkeypatch.setattr(Leveling, "change_rules", slowly)
    await panel.press("Off")
    assert labels(panel.panel) == ["On", "Reset to default", "Back"]


async def test_a_cog_that_was_removed_leaves_panels_silent(house: House) -> None:
    """Nothing of the panel is left in the bot; nobody else's components are touched."""
    await house.connect()
    panel = await clicks(house)
    await house.bot.remove_cog("LaurelConfig")
    result = await panel.choose("Choose a section", "goal")
    assert not result.answered
