"""The rules of what a guild shows as pictures, and how names of themes and backgrounds are written."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from leveling_core.rule_values import RuleModel, rule

__all__ = ["ASSET_NAME", "MOST_ASSETS", "THEME_RULE", "PictureRules"]

THEME_RULE = "pictures.theme"
"""The rule that names the theme of a server."""

ASSET_NAME: Final = r"[a-z0-9][a-z0-9-]{0,19}"
"""What a theme or a background may be called."""

MOST_ASSETS = 10
"""How many themes of its own a guild may have, and how many backgrounds."""


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class PictureRules(RuleModel):
    """What is shown as a picture."""

    enabled: bool = rule(
        True,
        "Whether profiles, boards and charts are shown as pictures; off shows text.",
        expected="on or off",
    )
    theme: Annotated[str, Field(pattern=f"^{ASSET_NAME}$"), BeforeValidator(_lower)] = rule(
        "laurel",
        "How pictures look where a member has chosen nothing.",
        expected="the name of a theme; cards list names them",
    )
    level_up: bool = rule(
        False, "Whether a card goes with the announcement of a new level.", expected="on or off"
    )
    unlock: bool = rule(
        False, "Whether a card goes with the announcement of an achievement.", expected="on or off"
    )
