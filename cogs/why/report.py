"""What is told of a member's last messages and XP, and of a single message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import discord

from cogs.recent_refusals import RefusedMessage
from cogs.ui.times import day_label, relative
from cogs.why.awards import AwardWriter
from cogs.why.links import jump_url
from cogs.why.refusals import RefusalWriter
from data.texts import Texts
from leveling_core.achievements import Catalogue
from leveling_core.earning import MessageAnswer
from leveling_core.explaining import MessageExplanation, XpEvent
from leveling_core.ids import instant_of
from leveling_core.outcomes import XpGained

__all__ = ["Happening", "WhyWriter", "happenings_of"]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that earned XP, or a message that did not; or both, where that unlocked an achievement.

    Attributes:
        event: What it led to, None for nothing.
        refused: The message that earned nothing itself, None if it did or was none.
    """

    event: XpEvent | None = None
    refused: RefusedMessage | None = None

    @property
    def at(self) -> int:
        """When it was: ms UTC."""
        if self.refused is not None:
            return instant_of(self.refused.message_id)
        return self.event.at if self.event is not None else 0

    def is_refused_as(self, answer: MessageAnswer) -> bool:
        """Tell whether it is a message that earned nothing for the same reason, by the same rule."""
        if self.refused is None:
            return False
        told = self.refused.answer
        return (told.refusal, told.refused_by) == (answer.refusal, answer.refused_by)


def _is_award(event: XpEvent) -> bool:
    return any(isinstance(line.outcome, XpGained) for line in event.lines)


def happenings_of(events: Iterable[XpEvent], refused: Iterable[RefusedMessage]) -> list[Happening]:
    """Put together what the ledger and the memory know, newest first.

    What the ledger says of a message goes before the memory: one that was told of twice did earn.
    """
    by_cause = {event.cause or event.at: event for event in events}
    found = []
    for message in refused:
        event = by_cause.get(message.message_id)
        if event is None or not _is_award(event):
            found.append(Happening(by_cause.pop(message.message_id, None), message))
    found += [Happening(event) for event in by_cause.values()]
    return sorted(found, key=lambda happening: happening.at, reverse=True)


class WhyWriter:
    """Puts what happened to one member into words, a line each, for one asker.

    Args:
        texts: What people read.
        catalogue: The achievements there are.
        guild: Where.
        prefix: What stands before the names of commands.
        for_manager: Whether the asker manages the server.
    """

    def __init__(
        self, texts: Texts, catalogue: Catalogue, guild: discord.Guild, prefix: str, *, for_manager: bool
    ) -> None:
        self._texts = texts
        self._guild = guild
        self._refusals = RefusalWriter(texts, guild, prefix, for_manager=for_manager)
        self._awards = AwardWriter(texts, catalogue, guild, self._refusals, for_manager=for_manager)

    def full(self, happening: Happening) -> list[str]:
        """Tell all there is to say of a happening."""
        refused, event = happening.refused, happening.event
        if refused is None:
            return [] if event is None else [self._awards.headline(event), *self._awards.details(event)]
        lines = [self._refused(refused), *self.refusal(refused.answer)]
        return lines if event is None else lines + self._awards.details(event, below_headline=False)

    def short(self, happening: Happening) -> str:
        """Tell of a happening in one line."""
        if happening.refused is not None:
            line, reason = self._refused(happening.refused), self._refusals.reason(happening.refused.answer)
            return self._texts("why-refused-because", refused=line, reason=reason)
        return self._awards.headline(happening.event) if happening.event is not None else ""

    def _refused(self, message: RefusedMessage) -> str:
        link = jump_url(self._guild.id, message.place_id, message.message_id)
        return self._texts("why-refused", link=link, when=relative(instant_of(message.message_id)))

    def refusal(self, answer: MessageAnswer) -> list[str]:
        """Tell why a message earned nothing, and how an admin changes that."""
        return [line for line in (self._refusals.reason(answer), self._refusals.cure(answer)) if line]

    def since_award(self, refused: dict[str, int]) -> list[str]:
        """Tell how many messages have earned nothing since the last award."""
        counts = self._refusals.counts(refused)
        return [self._texts("why-since", refused=counts)] if counts else []

    def now(self, answer: MessageAnswer) -> str:
        """Tell what keeps a member from earning anything at this moment."""
        return self._texts("why-now", reason="\n".join(self.refusal(answer)))

    def message(self, message: discord.Message, lines: Sequence[str]) -> list[str]:
        """Tell of a message that neither the ledger nor the memory names."""
        headline = self._texts("why-message", link=message.jump_url, when=relative(instant_of(message.id)))
        return [headline, *lines]

    def deduced(self, found: MessageExplanation) -> list[str]:
        """Tell what follows of a message that neither the ledger nor the memory names."""
        texts, folded = self._texts, found.folded
        if folded is not None and isinstance(folded.outcome, XpGained):
            day = day_label(texts, folded.counts_on)
            return [texts("why-in-day", day=day, awards=folded.outcome.awards, xp=folded.outcome.xp)]
        if found.refusal is not None:
            basis = texts("why-deduced" if found.is_counted else "why-by-rules-of-now")
            return [*self.refusal(found.refusal), basis]
        return [texts("why-counted" if found.is_counted else "why-unknown")]
