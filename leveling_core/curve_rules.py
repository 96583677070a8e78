"""How much XP levels take: the rules, as admins write them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Final

from pydantic import field_validator

from leveling_core.curves import Curve, CurveError, CurveKind, curve_from
from leveling_core.rule_values import RuleModel, Thresholds, rule

__all__ = ["CurveRules"]

_PARAMETERS: Final[Mapping[CurveKind, tuple[str, ...]]] = {
    "power": ("base", "exponent"),
    "exponential": ("base", "multiplier"),
    "linear": ("step",),
    "triangular": ("factor",),
    "mee6": (),
    "polynomial": ("a", "b", "c", "rounding"),
    "table": ("table",),
}
"""By kind of curve: the rules that it depends on."""

_TABLE_FIRST: Final = (
    "it to be set first (whole numbers that begin with 0, each larger than the one before, such as 0, 100, "
    "250), or another curve.kind"
)


class CurveRules(RuleModel):
    """How much XP a level takes. Each kind of curve uses the parameters named for it."""

    kind: CurveKind = rule("power", "Which curve turns XP into levels.")
    base: Decimal | None = rule(
        None,
        "power (default 100) and exponential (default 50): the XP of the first step.",
        gt=0,
        le=1_000_000,
        unit="XP",
        expected="a number above 0, 1,000,000 at most, or default",
    )
    exponent: Decimal = rule(Decimal("1.5"), "power: how steeply it rises.", gt=0, le=10)
    multiplier: Decimal = rule(Decimal(2), "exponential: how much more each level takes.", gt=1, le=100)
    step: int = rule(100, "linear: XP from each level to the next.", unit="XP", ge=1, le=1_000_000)
    factor: int = rule(50, "triangular: XP × n × (n − 1) for level n.", unit="XP", ge=1, le=1_000_000)
    a: Decimal = rule(Decimal(1), "polynomial: the factor of n³.", ge=0, le=1_000_000)
    b: Decimal = rule(Decimal(50), "polynomial: the factor of n².", ge=-1_000_000, le=1_000_000)
    c: Decimal = rule(Decimal(100), "polynomial: the factor of n.", ge=-1_000_000, le=1_000_000)
    rounding: int = rule(1, "polynomial: thresholds are rounded to a multiple.", unit="XP", ge=1, le=100_000)
    table: Thresholds = rule(
        (),
        "table: the XP of every level from 1 on, beginning with 0.",
        unit="XP",
        expected="whole numbers with commas between them, each larger than the one before",
    )

    @field_validator("table")
    @classmethod
    def _table_rises_from_0(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if value and value[0] != 0:
            msg = f"level 1 takes 0, not {value[0]}"
            raise ValueError(msg)
        for level, (before, after) in enumerate(pairwise(value), 2):
            if after <= before:
                msg = f"level {level} takes {after}, which is no more than the level before"
                raise ValueError(msg)
        return value

    @staticmethod
    def kinds_using(parameter: str) -> tuple[CurveKind, ...]:
        """Return the kinds of curve that a parameter is for, none for a name that is no parameter."""
        return tuple(kind for kind, parameters in _PARAMETERS.items() if parameter in parameters)

    def uses(self, rule_name: str) -> bool:
        """Tell whether the curve depends on a rule of these, by its name without the section."""
        return rule_name == "kind" or rule_name in _PARAMETERS[self.kind]

    def curve(self) -> Curve:
        """Build the curve.

        Raises:
            CurveError: Its thresholds do not strictly increase, or a parameter makes no curve.
        """
        if self.kind == "table":
            if not self.table:
                raise CurveError(curve="table", problem="curve.table is empty", expected=_TABLE_FIRST)
            return curve_from("table", thresholds=self.table)
        used = {name: getattr(self, name) for name in _PARAMETERS[self.kind]}
        return curve_from(self.kind, **{name: value for name, value in used.items() if value is not None})
