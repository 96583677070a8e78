"""Announcements in words: notices become lines, lines become messages that Discord takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from cogs.ui.achievement_names import NAMED_AT_ONCE, AchievementNames
from cogs.ui.packing import packed
from data.texts import Texts
from leveling_core.achievements import Catalogue
from leveling_core.announcing import GoalNotice, MemberNotice, Notice, Unlocked

__all__ = ["AnnouncementWriter"]


class AnnouncementWriter:
    """Puts notices into words.

    Args:
        texts: What people read.
        catalogue: The achievements there are.
    """

    def __init__(self, texts: Texts, catalogue: Catalogue) -> None:
        self._texts = texts
        self._names = AchievementNames(texts, catalogue)

    def write(self, notices: Sequence[Notice], names: Mapping[int, str]) -> list[str]:
        """Return the messages that tell of notices.

        Args:
            notices: In order.
            names: What each member is called, ready to be shown; a member without a name is passed over.
        """
        lines: list[str] = []
        for notice in notices:
            if isinstance(notice, GoalNotice):
                lines.append(self._goal(notice))
            elif notice.user_id in names:
                lines.append(self._member(notice, names[notice.user_id]))
        return packed(lines)

    def _goal(self, notice: GoalNotice) -> str:
        return self._texts("announcement-goal", members=notice.target, xp=notice.bonus_xp)

    def _member(self, notice: MemberNotice, name: str) -> str:
        if not notice.unlocked and notice.level is not None:
            return self._texts("announcement-level", name=name, level=notice.level)
        count, achievements = len(notice.unlocked), self._achievements(notice.unlocked)
        if notice.level is None:
            return self._texts("announcement-achievement", name=name, count=count, achievements=achievements)
        return self._texts(
            "announcement-level-and-achievement",
            name=name,
            level=notice.level,
            count=count,
            achievements=achievements,
        )

    def _achievements(self, unlocked: Sequence[Unlocked]) -> str:
        named = [self._achievement(one) for one in unlocked[:NAMED_AT_ONCE]]
        listed = reduce(lambda first, next_: self._texts("announcement-list", first=first, next=next_), named)
        more = len(unlocked) - len(named)
        return self._texts("announcement-list-more", list=listed, count=more) if more else listed

    def _achievement(self, unlocked: Unlocked) -> str:
        name = self._names.name(unlocked.achievement_id)
        if unlocked.times <= 1:
            return self._texts("announcement-unlocked", achievement=name)
        return self._texts("announcement-unlocked-again", achievement=name, times=unlocked.times)
