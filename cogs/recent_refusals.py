"""What became of members' last messages that earned nothing: bounded, and gone with the process.

The ledger keeps every award; a refusal writes nothing. This is filled for nearly every message, so what is
kept is as plain as it can be, and put into words only when somebody asks.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from leveling_core.ceilings import CEILING_RULES
from leveling_core.earning import CEILING, COOLDOWN, MessageAnswer
from leveling_core.earning_rules import MAX_CEILING_XP

__all__ = ["MAX_MEMBERS", "MAX_MEMBERS_OF_GUILD", "MESSAGES_OF_MEMBER", "RecentRefusals", "RefusedMessage"]

MESSAGES_OF_MEMBER = 5
"""So many messages of each member are remembered."""

MAX_MEMBERS_OF_GUILD = 5_000
"""So many members of one guild: those who wrote last. A raid on it forgets nobody elsewhere."""

MAX_MEMBERS = 50_000
"""So many members in all."""

_Kept = tuple[Any, ...]
"""Id, place and answer of one message after another, flat, the newest last; what most answers are made of, a
wait or until when a ceiling holds, is one number (see ``_pack``)."""

_FIELDS = 3
_KEPT = -_FIELDS * (MESSAGES_OF_MEMBER - 1)

_RULES = ("", *CEILING_RULES.values())
"""What a packed answer comes from, by its place: the cooldown, or the rule of a ceiling."""

_XP_VALUES = MAX_CEILING_XP + 1


def _pack(answer: MessageAnswer) -> int | MessageAnswer:
    """Put a refusal by the cooldown or a ceiling into one number."""
    if answer.refusal == COOLDOWN:
        return answer.wait_ms * len(_RULES)
    if answer.refusal == CEILING:
        number = answer.until_at * _XP_VALUES + answer.most_xp
        return number * len(_RULES) + _RULES.index(answer.refused_by)
    return answer


def _unpack(packed: int | MessageAnswer) -> MessageAnswer:
    if not isinstance(packed, int):
        return packed
    number, place = divmod(packed, len(_RULES))
    if not place:
        return MessageAnswer(refusal=COOLDOWN, wait_ms=number)
    until_at, most_xp = divmod(number, _XP_VALUES)
    return MessageAnswer(refusal=CEILING, refused_by=_RULES[place], until_at=until_at, most_xp=most_xp)


class RefusedMessage(NamedTuple):
    """A message that earned nothing.

    Attributes:
        message_id: Its snowflake.
        place_id: The channel or thread it stands in.
        answer: Why.
    """

    message_id: int
    place_id: int
    answer: MessageAnswer


class RecentRefusals:
    """Remembers members' last messages that earned nothing.

    Args:
        since_at: From when on it remembers, ms UTC.

    Attributes:
        since_at: From when on it remembers, ms UTC.
    """

    def __init__(self, since_at: int) -> None:
        self.since_at = since_at
        # By guild and member. Dicts keep the order in which they were filled: who wrote last is at the end.
        self._guilds: dict[int, dict[int, _Kept]] = {}
        self._members = 0

    def note(
        self, guild_id: int, user_id: int, message_id: int, place_id: int, answer: MessageAnswer
    ) -> None:
        """Remember a message that earned nothing."""
        told = _pack(answer)
        members = self._guilds.get(guild_id)
        before = None if members is None else members.pop(user_id, None)
        if members is None or before is None:
            self._note_first(guild_id, user_id, (message_id, place_id, told))
        else:
            members[user_id] = before[_KEPT:] + (message_id, place_id, told)  # noqa: RUF005 -- unpacking is slower

    def _note_first(self, guild_id: int, user_id: int, kept: _Kept) -> None:
        """Remember a member of whom nothing is remembered, and forget another where there are too many."""
        members = self._guilds.pop(guild_id, {})
        self._guilds[guild_id] = members
        members[user_id] = kept
        self._members += 1
        if len(members) > MAX_MEMBERS_OF_GUILD:
            self._forget_one(guild_id)
        elif self._members > MAX_MEMBERS:
            self._forget_one(next(iter(self._guilds)))

    def _forget_one(self, guild_id: int) -> None:
        """Forget the member of a guild whose last such message is the oldest."""
        members = self._guilds[guild_id]
        del members[next(iter(members))]
        self._members -= 1
        if not members:
            del self._guilds[guild_id]

    def list_of(self, guild_id: int, user_id: int) -> list[RefusedMessage]:
        """Return a member's last messages that earned nothing, newest first by when they were handled."""
        kept = self._guilds.get(guild_id, {}).get(user_id, ())
        found = []
        for place in range(0, len(kept), _FIELDS):
            message_id, place_id, told = kept[place : place + _FIELDS]
            found.append(RefusedMessage(message_id, place_id, _unpack(told)))
        return found[::-1]

    def find(self, guild_id: int, user_id: int, message_id: int) -> RefusedMessage | None:
        """Return a message of a member, or None if it is not among those remembered."""
        same = [found for found in self.list_of(guild_id, user_id) if found.message_id == message_id]
        return same[-1] if same else None  # the first that was said of it: told again, it was counted
