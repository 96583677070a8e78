"""What `config show` shows: a section's rules, or an overview of what a server has changed."""

from __future__ import annotations

import discord

from cogs.config_values import list_sections, shown_value
from cogs.storage_status import StorageStatus
from cogs.ui.embeds import new_embed, spread_description, spread_fields
from cogs.ui.times import relative
from data import Texts
from leveling_core.documents import RulesRecord
from leveling_core.rule_changes import RuleInfo, list_rules, rule_value, show_value
from leveling_core.rules import Ruleset, ruleset_of

__all__ = ["overview_pages", "section_pages"]


def _value(ruleset: Ruleset, info: RuleInfo) -> str:
    return shown_value(info.name, show_value(rule_value(ruleset, info.name)))


class _Page:
    """Writes lines about the rules of one guild."""

    def __init__(self, texts: Texts, record: RulesRecord) -> None:
        self.texts = texts
        self.record = record
        self.defaults = ruleset_of({}, record.defaults_version)

    def changed_line(self, info: RuleInfo) -> str:
        """Tell how a rule differs from its default, who changed it, and when."""
        default, value = _value(self.defaults, info), _value(self.record.ruleset, info)
        line = self.texts("config-show-changed", rule=info.name, value=value, default=default)
        stamp = self.record.changed_by.get(info.name)
        if stamp is None:
            return line
        who = self.texts("config-show-changed-by", member=f"<@{stamp.actor_id}>", when=relative(stamp.at))
        return f"{line}\n{who}"

    def rule_text(self, info: RuleInfo) -> str:
        """Tell all about a rule."""
        if info.name in self.record.changes:
            first = self.changed_line(info)
        else:
            first = self.texts("config-show-default", rule=info.name, value=_value(self.record.ruleset, info))
        about = self.texts("config-show-about", description=info.description, expected=info.expected)
        return f"{first}\n{about}"


def section_pages(texts: Texts, record: RulesRecord, section: str, prefix: str) -> list[discord.Embed]:
    """Show every rule of a section, on as many pages as it takes: its value, what it is for, what it takes.

    Args:
        texts: What people read.
        record: The guild's rules.
        section: Such as ``earning``.
        prefix: What commands begin with where it is shown.
    """
    page = _Page(texts, record)
    rules = [info for info in list_rules() if info.name.startswith(f"{section}.")]
    return spread_description(
        title=texts("config-show-section-title", section=section),
        pieces=map(page.rule_text, rules),
        footer=texts("config-show-section-footer", prefix=prefix),
    )


def overview_pages(
    texts: Texts, record: RulesRecord, troubles: list[str], storage: StorageStatus, prefix: str
) -> list[discord.Embed]:
    """Show what a server has changed, what there is to change, what cannot be announced, and the storage.

    What is too long for one page goes on on the next.

    Args:
        texts: What people read.
        record: The guild's rules.
        troubles: What cannot be announced, in words.
        storage: How the storage does.
        prefix: What commands begin with where it is shown.
    """
    page = _Page(texts, record)
    changed = [info for info in list_rules() if info.name in record.changes]
    enabled = record.ruleset.rules.general.enabled
    embed = new_embed(
        title=texts("config-show-title"),
        description=texts("config-show-on" if enabled else "config-show-off", prefix=prefix),
        footer=texts("config-show-footer", prefix=prefix),
    )
    differs = [page.changed_line(info) for info in changed] or [texts("config-show-nothing-differs")]
    names = [info.name for info in list_rules()]
    sections = [
        texts(
            "config-show-section",
            section=section,
            count=sum(name.startswith(f"{section}.") for name in names),
        )
        for section in list_sections()
    ]
    fields = [
        (texts("config-show-troubles"), troubles),
        (texts("config-show-differs"), differs),
        (texts("config-show-sections"), sections),
    ]
    fields.insert(len(fields) if storage.is_well else 0, (texts("config-show-storage"), storage.lines))
    return spread_fields(embed, fields)
