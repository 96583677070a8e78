"""Achievements in words: pages of them by category, and what is missing for the nearest."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from cogs.ui.bars import percent, progress_bar
from cogs.ui.embeds import add_field, new_embed
from cogs.ui.names import escaped
from cogs.ui.times import date_of
from data.texts import Texts
from leveling_core.achievements import AchievementDefinition, Catalogue, Category
from leveling_core.profiles import AchievementStatus, NearAchievement

__all__ = ["ENTRIES_A_PAGE", "AchievementWriter", "Group"]

ENTRIES_A_PAGE = 8
"""Achievements on a page: two phone screens, and within an embed's limits but for the longest texts."""

_SHARE_STEPS = 1000

Group = tuple[Category, list[AchievementStatus]]
"""Achievements of a category that stand on one page."""


class AchievementWriter:
    """Puts achievements into words.

    Args:
        texts: What people read.
        catalogue: The achievements there are.
    """

    def __init__(self, texts: Texts, catalogue: Catalogue) -> None:
        self._texts = texts
        self._catalogue = catalogue

    def split(self, statuses: Sequence[AchievementStatus]) -> list[list[Group]]:
        """Divide achievements into pages, by category; a category goes on on the next page if it must.

        Returns:
            At least one page.
        """
        pages: list[list[Group]] = [[]]
        left = ENTRIES_A_PAGE
        for category in self._catalogue.categories():
            members = [status for status in statuses if status.definition.category == category.id]
            if members and left < min(len(members), ENTRIES_A_PAGE) and pages[-1]:
                pages.append([])
                left = ENTRIES_A_PAGE
            while members:
                if not left:
                    pages.append([])
                    left = ENTRIES_A_PAGE
                shown, members = members[:left], members[left:]
                pages[-1].append((category, shown))
                left -= len(shown)
        return pages

    def page(
        self, statuses: Sequence[AchievementStatus], pages: Sequence[Sequence[Group]], number: int, at: int
    ) -> discord.Embed:
        """Make the embed of a page.

        Args:
            statuses: All achievements that the member sees.
            pages: The same, divided.
            number: Which page, from 1.
            at: Now, ms UTC.
        """
        texts = self._texts
        unlocked = sum(status.times > 0 for status in statuses)
        hidden = len(self._catalogue.definitions) - len(statuses)
        footer = [texts("achievements-page", page=number, pages=len(pages))]
        if hidden:
            footer.append(texts("achievements-hidden", hidden=hidden))
        parts = [self._group(category, shown, statuses, at) for category, shown in pages[number - 1]]
        return new_embed(
            title=texts("achievements-title", unlocked=unlocked, achievements=len(statuses)),
            description="\n".join(parts) or texts("achievements-none"),
            footer=" · ".join(footer),
        )

    def nearest(self, near: Sequence[NearAchievement]) -> discord.Embed:
        """Make the embed of the achievements that are nearest, with what is missing for each."""
        texts = self._texts
        embed = new_embed(
            title=texts("next-title"),
            description="" if near else texts("next-none"),
            footer=texts("ui-footer"),
        )
        for achievement in near:
            missing = texts("next-missing-join").join(
                self.missing(counter, have, need) for counter, have, need in achievement.missing
            )
            lines = (
                escaped(achievement.definition.description),
                self._progress(achievement.share),
                texts("next-missing", missing=missing),
            )
            add_field(embed, self._heading(achievement.definition), "\n".join(lines))
        return embed

    def missing(self, counter: str, have: int, need: int) -> str:
        """Say in words what is missing: a counter has to come from ``have`` to ``need``, up or down."""
        ranks = counter.startswith("best_rank_of_")
        if ranks:
            name = "next-missing-rank" if have else "next-missing-no-rank"
        elif have > need:
            name = "next-missing-less"
        else:
            name = "next-missing-more"
        return self._texts(name, counter=counter, left=abs(need - have), have=have, need=need)

    def _heading(self, definition: AchievementDefinition) -> str:
        return self._texts(
            "achievements-heading",
            emoji=definition.emoji,
            name=escaped(definition.name),
            tier=definition.tier,
            xp=definition.xp,
        )

    def _group(
        self,
        category: Category,
        shown: Sequence[AchievementStatus],
        statuses: Sequence[AchievementStatus],
        at: int,
    ) -> str:
        members = [status for status in statuses if status.definition.category == category.id]
        heading = self._texts(
            "achievements-category",
            emoji=category.emoji,
            name=escaped(category.name),
            unlocked=sum(status.times > 0 for status in members),
            achievements=len(members),
        )
        return "\n".join([heading, *(self._entry(status, at) for status in shown)])

    def _entry(self, status: AchievementStatus, at: int) -> str:
        definition = status.definition
        lines = [
            f"**{self._heading(definition)}**",
            escaped(definition.description),
            self._state(status, at),
        ]
        return "\n".join(lines)

    def _state(self, status: AchievementStatus, at: int) -> str:
        texts, definition = self._texts, status.definition
        if status.times and definition.repeatable:
            return texts("achievements-repeated", times=status.times, date=date_of(status.unlocked_at))
        if status.times:
            return texts("achievements-unlocked", date=date_of(status.unlocked_at))
        progress = self._progress(status.share)
        if definition.available_from is not None and at < definition.available_from:
            return texts("achievements-from", progress=progress, date=date_of(definition.available_from))
        if definition.available_until is None:
            return progress
        name = "achievements-until" if at < definition.available_until else "achievements-over"
        return texts(name, progress=progress, date=date_of(definition.available_until))

    def _progress(self, share: float) -> str:
        bar = progress_bar(int(share * _SHARE_STEPS), _SHARE_STEPS)
        return self._texts("achievements-progress", bar=bar, percent=percent(share))
