"""Why a message earned nothing, in words, and what an admin would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import discord

from cogs.activity import SKIPS
from cogs.ui.times import duration, moment
from data.texts import Texts
from leveling_core.ceilings import CEILING_RULES
from leveling_core.earning import COUNTED_REFUSALS, MessageAnswer
from leveling_core.periods import MS_PER_SECOND
from leveling_core.scope import NO_XP_CHANNEL, NO_XP_MEMBER, NO_XP_ROLE

__all__ = ["RefusalWriter"]

_PERIODS: Final = {rule: period for period, rule in CEILING_RULES.items()}
_SKIPS: Final = frozenset[str](SKIPS)


class RefusalWriter:
    """Puts why a message earned nothing into words.

    Args:
        texts: What people read.
        guild: Where.
        prefix: What stands before the names of commands.
        for_manager: Whether whoever reads it manages the server: only they can do what changes it.
    """

    def __init__(self, texts: Texts, guild: discord.Guild, prefix: str, *, for_manager: bool) -> None:
        self._texts = texts
        self._guild = guild
        self._prefix = prefix
        self._for_manager = for_manager

    def reason(self, answer: MessageAnswer) -> str:
        """Return why a message earned nothing: by the rules, or because it never came as far as them."""
        if answer.refusal in _SKIPS:
            return self._texts(f"why-skip-{answer.refusal}")
        return self._texts(
            f"why-refusal-{answer.refusal.replace('_', '-')}",
            what=self._named(answer),
            left=duration(self._texts, -(-answer.wait_ms // MS_PER_SECOND)),
            period=_PERIODS.get(answer.refused_by, ""),
            again=moment(answer.until_at),
            most=answer.most_xp,
        )

    def cure(self, answer: MessageAnswer) -> str:
        """Return how an admin changes that, for others whom to ask; "" where nobody would want to."""
        reason = answer.refusal.replace("_", "-")
        if f"why-cure-{reason}" not in self._texts:
            return ""
        if not self._for_manager:
            return "" if answer.refusal in COUNTED_REFUSALS else self._texts("why-ask-an-admin")
        return self._texts(
            f"why-cure-{reason}",
            prefix=self._prefix,
            rule=answer.refused_by,
            what=self._mention(answer) or f"`{answer.refused_id}`",
        )

    def _named(self, answer: MessageAnswer) -> str:
        """Return what turned a message away, ready to be shown; what is gone by its id."""
        return self._mention(answer) or self._texts("why-gone", id=str(answer.refused_id))

    def _mention(self, answer: MessageAnswer) -> str:
        """Return whom or what a refusal names, "" if it is gone.

        As a mention: Discord itself hides the name of a channel from whoever cannot see it.
        """
        id_ = answer.refused_id
        if answer.refusal == NO_XP_MEMBER:
            return f"<@{id_}>"
        if answer.refusal == NO_XP_ROLE and self._guild.get_role(id_) is not None:
            return f"<@&{id_}>"
        if answer.refusal == NO_XP_CHANNEL and self._guild.get_channel_or_thread(id_) is not None:
            return f"<#{id_}>"
        return ""

    def counts(self, refused: Mapping[str, int]) -> str:
        """Return how many messages earned nothing, by reason; "" for none."""
        return " · ".join(
            self._texts(f"why-count-{reason.replace('_', '-')}", count=refused[reason])
            for reason in COUNTED_REFUSALS
            if refused.get(reason)
        )
