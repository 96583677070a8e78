"""Announcements in words: notices become lines, lines become messages that Discord takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from cogs.ui.achievement_names import NAMED_AT_ONCE, AchievementNames
from cogs.ui.names import escaped
from cogs.ui.packing import packed
from cogs.ui.times import moment, relative
from data.texts import Texts
from leveling_core.achievements import Catalogue
from leveling_core.announcing import EventNotice, GoalNotice, MemberNotice, Notice, Unlocked

__all__ = ["AnnouncementWriter"]

NO_ROLES: Mapping[int, str] = {}


class AnnouncementWriter:
    """Puts notices into words.

    Args:
        texts: What people read.
        catalogue: The achievements there are.
    """

    def __init__(self, texts: Texts, catalogue: Catalogue) -> None:
        self._texts = texts
        self._names = AchievementNames(texts, catalogue)

    def write(
        self, notices: Sequence[Notice], names: Mapping[int, str], roles: Mapping[int, str] = NO_ROLES
    ) -> list[str]:
        """Return the messages that tell of notices.

        Args:
            notices: In order.
            names: What each member is called, ready to be shown; a member without a name is passed over.
            roles: What each role is called, ready to be shown; a role without a name is not told of.
        """
        lines: list[str] = []
        for notice in notices:
            if isinstance(notice, GoalNotice):
                lines.append(self._goal(notice))
            elif isinstance(notice, EventNotice):
                lines.append(self._event(notice))
            elif notice.user_id in names:
                earned = [roles[role_id] for role_id in notice.role_ids if role_id in roles]
                lines.append(self._member(notice, names[notice.user_id], earned))
        return packed(lines)

    def _goal(self, notice: GoalNotice) -> str:
        return self._texts("announcement-goal", members=notice.target, xp=notice.bonus_xp)

    def _event(self, notice: EventNotice) -> str:
        return self._texts(
            "announcement-event-ended" if notice.over else "announcement-event-started",
            name=escaped(notice.name),
            factor=notice.factor,
            until=moment(notice.until_at),
            relative=relative(notice.until_at),
        )

    def _member(self, notice: MemberNotice, name: str, earned: Sequence[str]) -> str:
        count, unlocked = len(notice.unlocked), [self._achievement(one) for one in notice.unlocked]
        if notice.level is None:
            achievements = self._listed(unlocked)
            return self._texts("announcement-achievement", name=name, count=count, achievements=achievements)
        fields: dict[str, str | int] = {"name": name, "level": notice.level}
        if unlocked:
            fields |= {"count": count, "achievements": self._listed(unlocked)}
        if earned:
            roles = [self._texts("announcement-role", role=role) for role in earned]
            fields |= {"role_count": len(roles), "roles": self._listed(roles)}
        if unlocked and earned:
            return self._texts("announcement-level-role-and-achievement", **fields)
        if earned:
            return self._texts("announcement-level-and-role", **fields)
        if unlocked:
            return self._texts("announcement-level-and-achievement", **fields)
        return self._texts("announcement-level", **fields)

    def _listed(self, items: Sequence[str]) -> str:
        """Name the first few of several, and tell how many more there are."""
        named = items[:NAMED_AT_ONCE]
        listed = reduce(lambda first, next_: self._texts("announcement-list", first=first, next=next_), named)
        more = len(items) - len(named)
        return self._texts("announcement-list-more", list=listed, count=more) if more else listed

    def _achievement(self, unlocked: Unlocked) -> str:
        name = self._names.name(unlocked.achievement_id)
        if unlocked.times <= 1:
            return self._texts("announcement-unlocked", achievement=name)
        return self._texts("announcement-unlocked-again", achievement=name, times=unlocked.times)
