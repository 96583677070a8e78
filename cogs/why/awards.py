"""What earned XP, in words: the roll, each multiplier by name, how they came together, what it came to."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from cogs.earning.wording import factor_lines, fraction_text
from cogs.ui.achievement_names import AchievementNames
from cogs.ui.hand_changes import shown_reason, sign_of
from cogs.ui.times import day_label, relative
from cogs.why.links import jump_url
from cogs.why.refusals import RefusalWriter
from data.texts import Texts
from leveling_core.achievements import Catalogue
from leveling_core.explaining import XP_OUTCOMES, XpEvent
from leveling_core.multipliers import apply_multipliers, combined_factor
from leveling_core.outcomes import (
    AchievementRevoked,
    AchievementUnlocked,
    DailyClaimed,
    LedgerLine,
    LevelLost,
    LevelReached,
    XpAdjusted,
    XpGained,
)

__all__ = ["AwardWriter"]

_ACHIEVEMENTS = (AchievementUnlocked, AchievementRevoked)


class AwardWriter:
    """Puts what earned XP into words.

    Args:
        texts: What people read.
        catalogue: The achievements there are.
        guild: Where.
        refusals: Puts refusals into words.
        for_manager: Whether whoever reads it manages the server: only they read who changed XP by hand.
    """

    def __init__(
        self,
        texts: Texts,
        catalogue: Catalogue,
        guild: discord.Guild,
        refusals: RefusalWriter,
        *,
        for_manager: bool,
    ) -> None:
        self._texts = texts
        self._names = AchievementNames(texts, catalogue)
        self._guild = guild
        self._refusals = refusals
        self._for_manager = for_manager

    def headline(self, event: XpEvent) -> str:
        """Return in one line what came of an event, what it was, and when."""
        return self._texts(
            "why-event",
            sign=sign_of(event.xp),
            xp=abs(event.xp),
            what=self._all_of(event.lines),
            when=relative(event.at),
        )

    def details(self, event: XpEvent, *, below_headline: bool = True) -> list[str]:
        """Return how all of it came about, line by line.

        Args:
            event: The event.
            below_headline: Whether the headline stands above it, so that a lone achievement is told already.
        """
        is_told = below_headline and sum(isinstance(line.outcome, XP_OUTCOMES) for line in event.lines) == 1
        return [text for line in event.lines for text in self._line(line, is_told=is_told)]

    def _all_of(self, lines: tuple[LedgerLine, ...]) -> str:
        """Return what an event was, and whether achievements have a part in its XP."""
        first, *others = [line.outcome for line in lines if isinstance(line.outcome, XP_OUTCOMES)]
        count = sum(isinstance(outcome, _ACHIEVEMENTS) and outcome.xp != 0 for outcome in others)
        what = self._what(lines)
        if not count:
            return what
        kind = "achievement" if isinstance(first, _ACHIEVEMENTS) else "other"
        return self._texts("why-what-with", what=what, count=count, kind=kind)

    def _what(self, lines: tuple[LedgerLine, ...]) -> str:
        """Return what an event was: what its first line tells."""
        line = next(line for line in lines if isinstance(line.outcome, XP_OUTCOMES))
        outcome = line.outcome
        if isinstance(outcome, XpAdjusted):
            return self._texts("why-what-adjusted", mode=outcome.mode)
        if isinstance(outcome, AchievementUnlocked | AchievementRevoked):
            return self._achievement(outcome)
        if isinstance(outcome, XpGained) and outcome.awards > 1:
            return self._texts(
                "why-what-day", awards=outcome.awards, day=day_label(self._texts, line.counts_on)
            )
        link = jump_url(line.guild_id, line.thread_id or line.channel_id, line.cause)
        return self._texts(f"why-what-{outcome.source}", link=link)

    def _achievement(self, outcome: AchievementUnlocked | AchievementRevoked) -> str:
        name = self._names.name(outcome.achievement_id)
        text = "why-unlocked" if isinstance(outcome, AchievementUnlocked) else "why-revoked"
        return self._texts(text, name=name)

    def _line(self, line: LedgerLine, *, is_told: bool) -> Iterator[str]:
        outcome = line.outcome
        if isinstance(outcome, XpGained):
            yield from self._award(outcome)
        elif isinstance(outcome, DailyClaimed):
            yield from self._computed(outcome)
        elif isinstance(outcome, XpAdjusted):
            yield from self._adjusted(outcome, line.actor_id)
        elif isinstance(outcome, LevelReached | LevelLost):
            yield self._texts("why-level", before=outcome.level_from, after=outcome.level_to)
        elif isinstance(outcome, AchievementUnlocked | AchievementRevoked) and not is_told:
            yield self._texts(
                "why-also", sign=sign_of(outcome.xp), xp=abs(outcome.xp), what=self._achievement(outcome)
            )

    def _award(self, outcome: XpGained) -> Iterator[str]:
        if outcome.awards > 1:
            yield self._texts("why-folded")
        elif outcome.source == "goal":
            yield self._texts("why-goal", xp=outcome.xp)
        else:
            yield from self._computed(outcome)
        if refused := self._refusals.counts(outcome.refused):
            yield self._texts("why-before", refused=refused)

    def _computed(self, outcome: XpGained | DailyClaimed) -> Iterator[str]:
        """Tell how XP was worked out: its parts, its multipliers, and what kept it from being more."""
        if not outcome.parts:
            return
        texts, earned = self._texts, sum(part.xp for part in outcome.parts)
        for part in outcome.parts:
            yield texts(f"why-part-{part.name}", xp=part.xp)
        if outcome.multipliers:
            yield from factor_lines(texts, outcome.multipliers, self._guild)
            if len(outcome.multipliers) > 1:
                factor = combined_factor(outcome.multipliers, outcome.combine)
                yield texts("why-together", factor=fraction_text(*factor), mode=outcome.combine)
            earned = apply_multipliers(earned, outcome.multipliers, outcome.combine)
        ceiling = outcome.ceiling if isinstance(outcome, XpGained) else None
        if earned != outcome.xp and ceiling is not None:
            yield texts("why-ceiling", xp=outcome.xp, earned=earned, most=ceiling.xp, period=ceiling.period)
        elif earned != outcome.xp:
            yield texts("why-highest", xp=outcome.xp, earned=earned)
        elif outcome.multipliers or len(outcome.parts) > 1:
            yield texts("why-result", xp=outcome.xp)

    def _adjusted(self, outcome: XpAdjusted, actor_id: int) -> Iterator[str]:
        after = outcome.total_before + outcome.xp
        yield self._texts("why-adjusted", before=outcome.total_before, after=after)
        if outcome.xp != outcome.requested_xp:
            text = "why-cut-low" if outcome.requested_xp < 0 else "why-cut-high"
            yield self._texts(text, done=abs(outcome.xp), asked=abs(outcome.requested_xp))
        if self._for_manager:
            yield self._texts("why-adjusted-by", actor=f"<@{actor_id}>")
            if reason := shown_reason(outcome.reason):
                yield self._texts("why-adjusted-reason", reason=reason)
