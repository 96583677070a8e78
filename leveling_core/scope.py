"""Where and who earns: why a message, or whoever wants to earn anything, is turned away.

What is named as no-XP never earns. Where places are named as only-XP, only they earn; where roles or members
are, only those people do. So whatever is named as no-XP is looked at first, and a message must fit both
groups of only-XP. A thread is looked at before its channel, and that before its category.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from leveling_core.earning_rules import ScopeRules

__all__ = [
    "IGNORED_PREFIX",
    "NOWHERE",
    "NO_XP_CHANNEL",
    "NO_XP_MEMBER",
    "NO_XP_ROLE",
    "OUTSIDE_ONLY_XP_CHANNELS",
    "OUTSIDE_ONLY_XP_MEMBERS",
    "SCOPE_REFUSALS",
    "Place",
    "Scope",
    "ScopeRefusal",
]

IGNORED_PREFIX = "ignored_prefix"
NO_XP_MEMBER = "no_xp_member"
NO_XP_ROLE = "no_xp_role"
NO_XP_CHANNEL = "no_xp_channel"
OUTSIDE_ONLY_XP_MEMBERS = "outside_only_xp_members"
OUTSIDE_ONLY_XP_CHANNELS = "outside_only_xp_channels"

SCOPE_REFUSALS: Final = (
    IGNORED_PREFIX,
    NO_XP_MEMBER,
    NO_XP_ROLE,
    NO_XP_CHANNEL,
    OUTSIDE_ONLY_XP_MEMBERS,
    OUTSIDE_ONLY_XP_CHANNELS,
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


class Place(NamedTuple):
    """Where a message stands.

    Attributes:
        channel_id: The channel; for a thread, the one that it belongs to.
        category_id: That channel's category, 0 for none.
        thread_id: The thread, 0 for none.
        is_post: Whether the thread is a post of a forum, which always shares what holds for the forum.
    """

    channel_id: int = 0
    category_id: int = 0
    thread_id: int = 0
    is_post: bool = False

    def ids(self, *, follow: bool) -> tuple[int, ...]:
        """Return the ids by which rules may name it, the narrowest first.

        Args:
            follow: Whether a thread shares what holds for its channel and category.
        """
        if not self.thread_id:
            return (self.channel_id, self.category_id)
        if follow or self.is_post:
            return (self.thread_id, self.channel_id, self.category_id)
        return (self.thread_id,)


NOWHERE = Place()
"""Where something is earned that belongs to no place."""

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
        return self._no_member(user_id, role_ids) or self._no_only_member(user_id, role_ids)

    def refuse_message(
        self, user_id: int, role_ids: Sequence[int], place: Place, *, has_ignored_prefix: bool = False
    ) -> ScopeRefusal | None:
        """Return why a message does not count, or None.

        Args:
            user_id: Who wrote it.
            role_ids: The member's roles, as far as the guild's rules name them.
            place: Where.
            has_ignored_prefix: Whether it begins with a prefix that does not count.
        """
        if has_ignored_prefix:
            return _IGNORED
        return (
            self._no_member(user_id, role_ids)
            or self._no_place(place)
            or self._no_only_member(user_id, role_ids)
            or self._no_only_place(place)
        )

    def refuse_place(self, place: Place) -> ScopeRefusal | None:
        """Return why messages in a place earn nothing, whoever writes them, or None."""
        return self._no_place(place) or self._no_only_place(place)

    def _no_member(self, user_id: int, role_ids: Sequence[int]) -> ScopeRefusal | None:
        if user_id in self._no_members:
            return ScopeRefusal(NO_XP_MEMBER, "scope.no_xp_members", user_id)
        if role_id := _first(role_ids, self._no_roles):
            return ScopeRefusal(NO_XP_ROLE, "scope.no_xp_roles", role_id)
        return None

    def _no_only_member(self, user_id: int, role_ids: Sequence[int]) -> ScopeRefusal | None:
        if self._outside is None or user_id in self._only_members or _first(role_ids, self._only_roles):
            return None
        return self._outside

    def _no_place(self, place: Place) -> ScopeRefusal | None:
        named = _first(place.ids(follow=self._threads_follow), self._no_channels)
        return ScopeRefusal(NO_XP_CHANNEL, "scope.no_xp_channels", named) if named else None

    def _no_only_place(self, place: Place) -> ScopeRefusal | None:
        if not self._only_channels or _first(place.ids(follow=self._threads_follow), self._only_channels):
            return None
        return _ELSEWHERE
