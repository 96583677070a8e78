"""What the settings panel shows: a section with its rules, or one rule with what changes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from cogs.config_values import list_sections, shown_value
from cogs.panel.items import Act, panel_view
from cogs.ui.embeds import add_field, bounded, new_embed
from cogs.ui.times import relative
from data import Texts
from leveling_core.documents import RulesRecord
from leveling_core.rule_changes import (
    RuleInfo,
    describe_section,
    list_rules,
    rule_value,
    show_value,
    value_mark,
)
from leveling_core.rules import ruleset_of

__all__ = ["FORM_FIELD", "PanelPage", "rule_form", "rule_page", "section_page"]

FORM_FIELD = "value"
"""The custom id of the field in which a new value is typed."""

# Discord's own limits ("Select Menu", "Text Input" and "Modal" in its API reference).
_OPTIONS, _OPTION_TEXT, _FORM_TITLE, _FORM_TEXT, _FORM_VALUE = 25, 100, 45, 100, 4000

_VALUE_CHARACTERS = 900
"""How much of a value is shown: most of what a field of an embed takes."""

_LONG_VALUE = 60
"""From how many characters on a value is typed into a field of several lines."""

_Item = discord.ui.Item[discord.ui.View]
_ON_OFF = ("on", "off")
_PLACES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
]


@dataclass(frozen=True, slots=True)
class PanelPage:
    """A page of the panel: its text, and its menus and buttons."""

    embed: discord.Embed
    view: discord.ui.View


def _rules_of(section: str) -> list[RuleInfo]:
    return [info for info in list_rules() if info.name.partition(".")[0] == section]


def _select(act: Act, placeholder: str, options: list[discord.SelectOption]) -> _Item:
    return discord.ui.Select(custom_id=act.custom_id, placeholder=placeholder, options=options)


def _button(act: Act, label: str, **options: Any) -> _Item:
    return discord.ui.Button(custom_id=act.custom_id, label=label, **options)


def _section_select(texts: Texts, chosen: str) -> _Item:
    options = [
        discord.SelectOption(
            label=section,
            value=section,
            description=bounded(describe_section(section), _OPTION_TEXT),
            default=section == chosen,
        )
        for section in list_sections()
    ]
    return _select(Act("section"), texts("panel-choose-section"), options)


def _rule_selects(texts: Texts, section: str, chosen: str = "") -> Iterator[list[_Item]]:
    """Yield rows with menus of a section's rules, as many in each as a menu holds."""
    rules = _rules_of(section)
    for number, first in enumerate(range(0, len(rules), _OPTIONS)):
        options = [
            discord.SelectOption(
                label=info.name.partition(".")[2],
                value=info.name,
                description=bounded(info.description, _OPTION_TEXT),
                default=info.name == chosen,
            )
            for info in rules[first : first + _OPTIONS]
        ]
        placeholder = texts("panel-choose-rule" if number == 0 else "panel-choose-further-rule")
        yield [_select(Act("rule", section, str(number)), placeholder, options)]


def section_page(texts: Texts, record: RulesRecord, section: str = "") -> PanelPage:
    """Show a section with its rules, or where none is chosen, which there are."""
    rows = [[_section_select(texts, section)], *(_rule_selects(texts, section) if section else ())]
    if section:
        title = texts("panel-section-title", section=section)
        lines = [
            describe_section(section),
            "",
            *(_rule_line(texts, record, info) for info in _rules_of(section)),
        ]
    else:
        title = texts("panel-title")
        on = record.ruleset.rules.general.enabled
        lines = [texts("panel-on" if on else "panel-off"), texts("panel-differ", count=len(record.changes))]
    return PanelPage(new_embed(title=title, description="\n".join(lines)), panel_view(rows))


def _rule_line(texts: Texts, record: RulesRecord, info: RuleInfo) -> str:
    value = shown_value(info.name, show_value(rule_value(record.ruleset, info.name)))
    name = "panel-line-changed" if info.name in record.changes else "panel-line"
    return texts(name, rule=info.name.partition(".")[2], value=value)


def rule_page(texts: Texts, record: RulesRecord, info: RuleInfo, news: Sequence[str] = ()) -> PanelPage:
    """Show a rule: its value, its default, what it takes, what it does, who changed it, and what changes it.

    Args:
        texts: What people read.
        record: The guild's rules.
        info: Which rule.
        news: What has just come of a change, in words.
    """
    value = show_value(rule_value(record.ruleset, info.name))
    default = show_value(rule_value(ruleset_of({}, record.defaults_version), info.name))
    about = [*news, "", info.description] if news else [info.description]
    if info.name in record.ruleset.invalid:
        about.append(texts("panel-invalid"))
    if info.managed_by:
        about.append(texts("panel-managed", command=info.managed_by))
    embed = new_embed(title=info.name, description="\n".join(about))
    for name, text in (("value", value), ("default", default)):
        shown = shown_value(info.name, text, _VALUE_CHARACTERS)
        add_field(embed, texts(f"panel-{name}-title"), shown, inline=True)
    add_field(embed, texts("panel-expected-title"), info.expected)
    if stamp := record.changed_by.get(info.name):
        changed_by = texts("panel-changed-by", member=f"<@{stamp.actor_id}>", when=relative(stamp.at))
        add_field(embed, texts("panel-changed-title"), changed_by)
    section = info.name.partition(".")[0]
    rows = [*_rule_selects(texts, section, info.name), *_controls(texts, record, info, value)]
    return PanelPage(embed, panel_view(rows))


def _controls(texts: Texts, record: RulesRecord, info: RuleInfo, value: str) -> Iterator[list[_Item]]:
    """Yield rows with what changes a rule: a menu where one helps, then buttons."""
    buttons: list[_Item] = []
    if info.managed_by:
        pass
    elif info.target_words:
        yield [_place_select(texts, info, value)]
        buttons += _word_buttons(texts, info, info.target_words, value)
    elif info.choices == _ON_OFF:
        buttons += _word_buttons(texts, info, info.choices, value)
    elif info.choices:
        options = [
            discord.SelectOption(label=choice, value=choice, default=choice == value)
            for choice in info.choices
        ]
        yield [_select(Act("choose", info.name), texts("panel-choose-value"), options[:_OPTIONS])]
    else:
        buttons.append(_button(Act("change", info.name), texts("panel-change"), style=_PRIMARY))
    changed = info.name in record.changes
    buttons.append(_button(Act("reset", info.name), texts("panel-reset"), disabled=not changed))
    buttons.append(_button(Act("back", info.name.partition(".")[0]), texts("panel-back")))
    yield buttons


_PRIMARY = discord.ButtonStyle.primary


def _word_buttons(texts: Texts, info: RuleInfo, words: Sequence[str], value: str) -> list[_Item]:
    return [
        _button(
            Act("set", info.name, word),
            texts("panel-word", word=word),
            style=_PRIMARY,
            disabled=word == value,
        )
        for word in words
    ]


def _place_select(texts: Texts, info: RuleInfo, value: str) -> _Item:
    chosen = (
        [discord.SelectDefaultValue.from_channel(discord.Object(int(value)))] if value.isdecimal() else []
    )
    return discord.ui.ChannelSelect(
        custom_id=Act("choose", info.name).custom_id,
        placeholder=texts("panel-choose-channel"),
        channel_types=_PLACES,
        default_values=chosen,
    )


def rule_form(texts: Texts, record: RulesRecord, info: RuleInfo) -> discord.ui.Modal | None:
    """Make the form in which a new value is typed, the present one filled in; None for one that is too long.

    Its custom id holds a mark of the present value: so it is noticed if somebody else changes it meanwhile.
    """
    value = show_value(rule_value(record.ruleset, info.name))
    if len(value) > _FORM_VALUE:
        return None
    act = Act("submit", info.name, value_mark(record.ruleset, info.name))
    form = discord.ui.Modal(title=bounded(info.name, _FORM_TITLE), custom_id=act.custom_id)
    long = len(value) > _LONG_VALUE
    field: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(
        custom_id=FORM_FIELD,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        default=value,
        max_length=_FORM_VALUE,
    )
    label: discord.ui.Label[discord.ui.View] = discord.ui.Label(
        text=texts("panel-form-value"),
        description=bounded(texts("panel-form-expected", expected=info.expected), _FORM_TEXT),
        component=field,
    )
    form.add_item(label)
    return form
