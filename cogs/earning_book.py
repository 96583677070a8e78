"""What a guild's rules want to know of whoever earns there, known without asking the store for every message.

A fact carries what the core cannot look up: a channel's category, the roles of a member as far as rules name
them, whether a text begins with a prefix that does not count. A guild with the defaults needs none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import discord

from leveling_core.outcomes import LedgerLine, RulesChanged
from leveling_core.rules import Ruleset
from leveling_core.service import Leveling

__all__ = ["EVERYTHING", "EarningBook", "EarningNeeds", "category_of", "is_post", "needs_of"]

_SECTIONS = frozenset({"earning", "scope", "multipliers"})
"""The sections of the rules that name places, roles, members or prefixes, or set ceilings."""


@dataclass(frozen=True, slots=True)
class EarningNeeds:
    """What a guild's rules want to know.

    Attributes:
        role_ids: The roles that they name, ascending; None for whatever there are.
        needs_category: Whether they name any place, which may be a category.
        prefixes: What messages begin with that do not count, in lower case.
        has_ceilings: Whether they bound what messages earn: another record is needed for each then.
    """

    role_ids: tuple[int, ...] | None
    needs_category: bool
    prefixes: tuple[str, ...]
    has_ceilings: bool = False

    def roles_of(self, member: object) -> tuple[int, ...]:
        """Return the roles of a member that the rules name, ascending; none of somebody who is no member."""
        if self.role_ids == () or not isinstance(member, discord.Member):
            return ()
        if self.role_ids is None:
            return tuple(sorted(role.id for role in member.roles))
        return tuple(role_id for role_id in self.role_ids if member.get_role(role_id) is not None)

    def category_of(self, channel: object) -> int:
        """Return the id of a channel's category, where the rules may name it; 0 for none."""
        return category_of(channel) if self.needs_category else 0

    def is_post(self, channel: object) -> bool:
        """Tell whether a channel is a post of a forum, where the rules may name the forum."""
        return self.needs_category and is_post(channel)

    def has_ignored_prefix(self, content: str) -> bool:
        """Tell whether a text begins with a prefix that does not count, in capitals or not."""
        return bool(self.prefixes) and content.lower().startswith(self.prefixes)


EVERYTHING = EarningNeeds(None, needs_category=True, prefixes=())
"""Stands for rules that could not be read: what they may name is told, whatever it is."""


def category_of(channel: object) -> int:
    """Return the id of the category of a channel, or of the channel that a thread belongs to; 0 for none."""
    if isinstance(channel, discord.Thread):
        channel = channel.parent
    return getattr(channel, "category_id", None) or 0


def is_post(channel: object) -> bool:
    """Tell whether a channel is a post of a forum: a thread of a channel that has no messages of its own."""
    return isinstance(channel, discord.Thread) and isinstance(channel.parent, discord.ForumChannel)


_NOTHING = EarningNeeds((), needs_category=False, prefixes=())


def needs_of(ruleset: Ruleset) -> EarningNeeds | None:
    """Return what a guild's rules want to know, None for nothing."""
    scope, multipliers = ruleset.rules.scope, ruleset.rules.multipliers
    role_ids = {*scope.no_xp_roles, *scope.only_xp_roles, *(entry.id for entry in multipliers.roles)}
    needs = EarningNeeds(
        tuple(sorted(role_ids)),
        needs_category=bool(scope.no_xp_channels or scope.only_xp_channels or multipliers.channels),
        prefixes=tuple(prefix.lower() for prefix in scope.ignored_prefixes),
        has_ceilings=ruleset.ceilings is not None,
    )
    return needs if needs != _NOTHING else None


class EarningBook:
    """What each guild's rules want to know, read when somebody first earns there and kept current.

    Args:
        leveling: The use cases.

    Attributes:
        known: By guild; None where a guild's rules want to know nothing.
    """

    def __init__(self, leveling: Leveling) -> None:
        self._leveling = leveling
        self.known: dict[int, EarningNeeds | None] = {}
        self._changes = 0
        self._end_watch: Callable[[], None] | None = None

    def follow(self) -> None:
        """Keep current with what is committed from now on."""
        self.unfollow()
        self._end_watch = self._leveling.store.watch(self._on_lines)

    def unfollow(self) -> None:
        """Follow no longer, and forget all that is known."""
        if self._end_watch is not None:
            self._end_watch()
            self._end_watch = None
        self.known.clear()

    async def learn(self, guild_id: int) -> EarningNeeds | None:
        """Return what a guild's rules want to know, reading them if they are not known.

        Raises:
            StoreError: The rules could not be read.
        """
        while guild_id not in self.known:
            changes = self._changes
            needs = needs_of(await self._leveling.get_rules(guild_id))
            if changes == self._changes:  # else what was read may be the rules of before
                self.known[guild_id] = needs
        return self.known[guild_id]

    async def roles_of(self, guild_id: int, member: object) -> tuple[int, ...]:
        """Return the roles of a member that the guild's rules name, ascending.

        Raises:
            StoreError: The rules could not be read.
        """
        needs = await self.learn(guild_id)
        return () if needs is None else needs.roles_of(member)

    def _on_lines(self, lines: Sequence[LedgerLine]) -> None:
        for line in lines:
            outcome = line.outcome
            if type(outcome) is RulesChanged and any(
                name.partition(".")[0] in _SECTIONS for name in outcome.changes
            ):
                self._changes += 1
                self.known.pop(line.guild_id, None)
