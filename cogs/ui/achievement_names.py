"""How achievements are called where everybody reads it."""

from __future__ import annotations

from cogs.ui.names import escaped
from data.texts import Texts
from leveling_core.achievements import Catalogue

__all__ = ["NAMED_AT_ONCE", "AchievementNames"]

NAMED_AT_ONCE = 10
"""So many achievements are named at once; of more, the others are only counted."""

_EMOJI = "🏅"


class AchievementNames:
    """Names achievements in public: a secret one stays hidden from those who have not unlocked it.

    Args:
        texts: What people read.
        catalogue: The achievements there are.
    """

    def __init__(self, texts: Texts, catalogue: Catalogue) -> None:
        self._secret = texts("ui-secret-achievement")
        self._by_id = catalogue.by_id

    def name(self, achievement_id: str) -> str:
        """Return what an achievement is called, ready to be shown; one that is there no more, by its id."""
        definition = self._by_id.get(achievement_id)
        if definition is None:
            return escaped(achievement_id)
        return self._secret if definition.secret else escaped(definition.name)

    def emoji(self, achievement_id: str) -> str:
        """Return the emoji of an achievement; of one that is secret or there no more, any medal's."""
        definition = self._by_id.get(achievement_id)
        return _EMOJI if definition is None or definition.secret else definition.emoji

    def xp(self, achievement_id: str) -> int:
        """Return the XP that an achievement brings; 0 for one that is there no more."""
        definition = self._by_id.get(achievement_id)
        return 0 if definition is None else definition.xp
