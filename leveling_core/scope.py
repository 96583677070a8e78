"""Where and who earns: why a message, or whoever wants to earn anything, is turned away.

The order in which it is looked at is the order in which it is told: the person, the place, the text. What is
named as no-XP never earns. Where anything is named as only-XP, only that earns: of places among places, of
roles and members together among people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from leveling_core.earning_rules import ScopeRules

__all__ = [
    "IGNORED_PREFIX",
    "NO_XP_CHANNEL",
    "NO_XP_MEMBER",
    "NO_XP_ROLE",
    "OUTSIDE_ONLY_XP_CHANNELS",
    "OUTSIDE_ONLY_XP_MEMBERS",
    "SCOPE_REFUSALS",
    "Scope",
    "ScopeRefusal",
]

NO_XP_MEMBER = "no_xp_member"
NO_XP_ROLE = "no_xp_role"
OUTSIDE_ONLY_XP_MEMBERS = "outside_only_xp_members"
NO_XP_CHANNEL = "no_xp_channel"
OUTSIDE_ONLY_XP_CHANNELS = "outside_only_xp_channels"
IGNORED_PREFIX = "ignored_prefix"

SCOPE_REFUSALS: Final = (
    NO_XP_MEMBER,
    NO_XP_ROLE,
    OUTSIDE_ONLY_XP_MEMBERS,
    NO_XP_CHANNEL,
    OUTSIDE_ONLY_XP_CHANNELS,
    IGNORED_PREFIX,
)
"""Why something does not count at all, in the order in which it is looked at."""


class ScopeRefusal(NamedTuple):
    """Why something does not count.

    Attributes:
        reason: One of ``SCOPE_REFUSALS``.
        rule: The rule that says so, by its name.
        id: Which channel, category, thread, role or member of that rule it is; 0 where what is missing is
            being among them.
    """

    reason: str
    rule: str
    id: int = 0


_IGNORED = ScopeRefusal(IGNORED_PREFIX, "scope.ignored_prefixes")
_ELSEWHERE = ScopeRefusal(OUTSIDE_ONLY_XP_CHANNELS, "scope.only_xp_channels")


def _first(ids: Iterable[int], named: frozenset[int]) -> int:
    """Return the first of the ids that is among those named, 0 for none."""
    return next((id_ for id_ in ids if id_ in named), 0)


class Scope:
    """Where and who earns in a guild, made once for each version of its rules.

    Args:
        rules: The guild's rules.
    """

    __slots__ = (
        "_no_channels",
        "_no_members",
        "_no_roles",
        "_only_channels",
        "_only_members",
        "_only_roles",
        "_outside",
        "_threads_follow",
    )

    def __init__(self, rules: ScopeRules) -> None:
        self._no_channels = frozenset(rules.no_xp_channels)
        self._only_channels = frozenset(rules.only_xp_channels)
        self._no_roles = frozenset(rules.no_xp_roles)
        self._only_roles = frozenset(rules.only_xp_roles)
        self._no_members = frozenset(rules.no_xp_members)
        self._only_members = frozenset(rules.only_xp_members)
        self._threads_follow = rules.threads_follow
        self._outside: ScopeRefusal | None = None
        if rules.only_xp_roles or rules.only_xp_members:
            rule = "scope.only_xp_roles" if rules.only_xp_roles else "scope.only_xp_members"
            self._outside = ScopeRefusal(OUTSIDE_ONLY_XP_MEMBERS, rule)

    def refuse_member(self, user_id: int, role_ids: Sequence[int]) -> ScopeRefusal | None:
        """Return why a member earns nothing at all, or None.

        Args:
            user_id: The member.
            role_ids: The member's roles, as far as the guild's rules name them.
        """
        if user_id in self._no_members:
            return ScopeRefusal(NO_XP_MEMBER, "scope.no_xp_members", user_id)
        if role_id := _first(role_ids, self._no_roles):
            return ScopeRefusal(NO_XP_ROLE, "scope.no_xp_roles", role_id)
        if self._outside is None or user_id in self._only_members or _first(role_ids, self._only_roles):
            return None
        return self._outside

    def refuse_place(self, channel_id: int, category_id: int, thread_id: int) -> ScopeRefusal | None:
        """Return why messages in a place earn nothing, or None.

        Args:
            channel_id: The channel; for a thread, the one that it belongs to.
            category_id: The channel's category, 0 for none.
            thread_id: The thread, 0 for none.
        """
        places: tuple[int, ...] = (channel_id, category_id)
        if thread_id:
            places = (thread_id, *places) if self._threads_follow else (thread_id,)
        if place := _first(places, self._no_channels):
            return ScopeRefusal(NO_XP_CHANNEL, "scope.no_xp_channels", place)
        if self._only_channels and not _first(places, self._only_channels):
            return _ELSEWHERE
        return None

    def refuse_message(
        self,
        user_id: int,
        role_ids: Sequence[int],
        *,
        channel_id: int,
        category_id: int,
        thread_id: int,
        has_ignored_prefix: bool,
    ) -> ScopeRefusal | None:
        """Return why a message does not count, or None."""
        refusal = self.refuse_member(user_id, role_ids) or self.refuse_place(
            channel_id, category_id, thread_id
        )
        return refusal or (_IGNORED if has_ignored_prefix else None)
