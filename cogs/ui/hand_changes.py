"""XP by hand in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

from cogs.ui.achievement_names import NAMED_AT_ONCE, AchievementNames
from cogs.ui.names import shown_line
from cogs.ui.times import relative
from data.texts import Texts
from leveling_core.achievements import Catalogue
from leveling_core.by_hand import MAX_REASON_LENGTH, UndoneChange, XpChange

__all__ = ["HandChangeWriter", "shown_reason", "sign_of"]


def shown_reason(reason: str) -> str:
    """Return the reason of a change, ready to be shown where nobody is pinged."""
    return shown_line(reason, 2 * MAX_REASON_LENGTH, keeps_mentions=True)


def sign_of(xp: int) -> str:
    """Return what stands before the amount of a change."""
    return "−" if xp < 0 else "+"


def _is_unchanged(change: XpChange) -> bool:
    return not change.changed_xp and not change.rewards_xp and change.undone is None


class HandChangeWriter:
    """Puts changes by hand into words.

    Args:
        texts: What people read.
        catalogue: The achievements there are.
    """

    def __init__(self, texts: Texts, catalogue: Catalogue) -> None:
        self._texts = texts
        self._names = AchievementNames(texts, catalogue)

    def write(self, change: XpChange, name: str, *, is_here: bool) -> str:
        """Return what a change came to, with all that was not as asked.

        Args:
            change: The change.
            name: How the member is called, ready to be shown.
            is_here: Whether the member is in the guild.
        """
        return "\n".join(self._lines(change, name, is_here=is_here))

    def _lines(self, change: XpChange, name: str, *, is_here: bool) -> Iterator[str]:
        texts, undone = self._texts, change.undone
        if undone is not None:
            yield texts("xp-undone", mode=undone.mode, when=relative(undone.at))
        yield self._outcome(change, name)
        if change.changed_xp != change.asked_xp:
            text = "xp-cut-low" if change.asked_xp < 0 else "xp-cut-high"
            yield texts(text, done=abs(change.changed_xp), asked=abs(change.asked_xp))
        if change.progress.unlocked:
            yield texts("xp-unlocked", achievements=self._achievements(change.progress.unlocked))
        if undone is not None:
            yield from self._undone(undone)
        elif change.changed_xp < 0:
            yield texts("xp-achievements-stay")
        if not _is_unchanged(change):
            if not is_here:
                yield texts("xp-not-here")
            if not change.is_enabled:
                yield texts("xp-leveling-off")
        if change.reason:
            yield texts("xp-reason", reason=shown_reason(change.reason))

    def _outcome(self, change: XpChange, name: str) -> str:
        if _is_unchanged(change):
            return self._texts("xp-unchanged", name=name, xp=change.xp_after)
        line = self._texts(
            "xp-changed",
            name=name,
            before=change.xp_before,
            after=change.xp_after,
            sign=sign_of(change.changed_xp),
            change=abs(change.changed_xp),
            rewards=abs(change.rewards_xp),
            rewards_sign=sign_of(change.rewards_xp),
        )
        progress = change.progress
        if progress.level_from == progress.level_to:
            return line
        return self._texts("xp-level", line=line, before=progress.level_from, after=progress.level_to)

    def _undone(self, undone: UndoneChange) -> Iterator[str]:
        if undone.revoked:
            yield self._texts("xp-revoked", achievements=self._achievements(undone.revoked))
        if undone.stays:
            yield self._texts("xp-stays", achievements=self._achievements(undone.stays))

    def _achievements(self, ids: Sequence[str]) -> str:
        named = [self._names.name(id_) for id_ in ids[:NAMED_AT_ONCE]]
        listed = reduce(lambda first, next_: self._texts("announcement-list", first=first, next=next_), named)
        more = len(ids) - len(named)
        return self._texts("announcement-list-more", list=listed, count=more) if more else listed
