"""Achievements in words: a gallery of them in pages, and what is missing for the nearest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import discord

from cogs.ui.bars import percent, progress_bar
from cogs.ui.embeds import add_field, new_embed
from cogs.ui.names import escaped
from cogs.ui.rarity import rarity
from cogs.ui.times import date_of
from data.texts import Texts
from leveling_core.achievements import AchievementDefinition, Catalogue, Tier
from leveling_core.profiles import AchievementStatus, NearAchievement

__all__ = ["ENTRIES_A_PAGE", "AchievementWriter", "Grouping", "Section", "Shown"]

ENTRIES_A_PAGE = 8
"""Achievements on a page: two phone screens, and within an embed's limits but for the longest texts."""

_SHARE_STEPS = 1000

Grouping = Literal["category", "tier"]
"""What achievements are grouped by."""


@dataclass(frozen=True, slots=True)
class Section:
    """Achievements that belong together, in the order of the catalogue.

    Attributes:
        id: A category's id or a tier; ``secret`` for those of which nobody is told the tier.
        title: What it is called, ready to be shown.
        statuses: All of it.
    """

    id: str
    title: str
    statuses: tuple[AchievementStatus, ...]


Shown = tuple[Section, list[AchievementStatus]]
"""What of a section stands on one page."""


class AchievementWriter:
    """Puts achievements into words.

    Args:
        texts: What people read.
        catalogue: The achievements there are.
    """

    def __init__(self, texts: Texts, catalogue: Catalogue) -> None:
        self._texts = texts
        self._catalogue = catalogue

    def split(
        self, statuses: Sequence[AchievementStatus], grouping: Grouping = "category"
    ) -> list[list[Shown]]:
        """Divide achievements into pages, by section; a section goes on on the next page if it must.

        Returns:
            At least one page.
        """
        pages: list[list[Shown]] = [[]]
        left = ENTRIES_A_PAGE
        for section in self._sections(statuses, grouping):
            rest = list(section.statuses)
            if rest and left < min(len(rest), ENTRIES_A_PAGE) and pages[-1]:
                pages.append([])
                left = ENTRIES_A_PAGE
            while rest:
                if not left:
                    pages.append([])
                    left = ENTRIES_A_PAGE
                shown, rest = rest[:left], rest[left:]
                pages[-1].append((section, shown))
                left -= len(shown)
        return pages

    def _sections(self, statuses: Sequence[AchievementStatus], grouping: Grouping) -> list[Section]:
        def section(id_: str, title: str, belongs: Callable[[AchievementStatus], bool]) -> Section:
            return Section(id_, title, tuple(status for status in statuses if belongs(status)))

        if grouping == "category":
            return [
                section(
                    category.id,
                    f"{category.emoji} {escaped(category.name)}",
                    lambda status, id_=category.id: status.definition.category == id_,  # type: ignore[misc]  # mypy cannot type a default
                )
                for category in self._catalogue.categories()
            ]
        tiers = [
            section(
                tier,
                self._texts("achievements-tier", tier=tier),
                lambda status, tier=tier: not status.is_hidden and status.definition.tier == tier,  # type: ignore[misc]  # mypy cannot type a default
            )
            for tier in get_args(Tier)
        ]
        secret = self._texts("achievements-tier", tier="secret")
        return [*tiers, section("secret", secret, lambda status: status.is_hidden)]

    def page(
        self,
        statuses: Sequence[AchievementStatus],
        pages: Sequence[Sequence[Shown]],
        number: int,
        *,
        at: int,
        members: int,
    ) -> discord.Embed:
        """Make the embed of a page.

        Args:
            statuses: All achievements, as they are for the member.
            pages: The same, divided.
            number: Which page, from 1.
            at: Now, ms UTC.
            members: How many people there are in the guild.
        """
        texts = self._texts
        unlocked = sum(status.times > 0 for status in statuses)
        hidden = sum(status.is_hidden for status in statuses)
        footer = [texts("achievements-page", page=number, pages=len(pages))]
        if hidden:
            footer.append(texts("achievements-hidden", hidden=hidden))
        parts = [self._section(section, shown, at, members) for section, shown in pages[number - 1]]
        return new_embed(
            title=texts("achievements-title", unlocked=unlocked, achievements=len(statuses)),
            description="\n".join(parts) or texts("achievements-none"),
            footer=" · ".join(footer),
        )

    def nearest(self, near: Sequence[NearAchievement], members: int) -> discord.Embed:
        """Make the embed of the achievements that are nearest, with what is missing for each.

        Args:
            near: The achievements, nearest first.
            members: How many people there are in the guild.
        """
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
                " · ".join((self._progress(achievement.share), rarity(texts, achievement.holders, members))),
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

    def _section(self, section: Section, shown: Sequence[AchievementStatus], at: int, members: int) -> str:
        heading = self._texts(
            "achievements-section",
            title=section.title,
            unlocked=sum(status.times > 0 for status in section.statuses),
            achievements=len(section.statuses),
        )
        return "\n".join([heading, *(self._entry(status, at, members) for status in shown)])

    def _entry(self, status: AchievementStatus, at: int, members: int) -> str:
        texts, definition = self._texts, status.definition
        if status.is_hidden:
            heading, how = texts("achievements-unknown"), texts("achievements-unknown-how")
            state = texts("achievements-unknown-state")
        else:
            heading, how = self._heading(definition), escaped(definition.description)
            state = self._state(status, at)
        return f"**{heading}**\n{how}\n{state} · {rarity(texts, status.holders, members)}"

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
