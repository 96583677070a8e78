"""Curves: how much XP a level takes, and which level an amount of XP is.

A curve is a table of integer thresholds, made once from its parameters. Parameters are decimals and are
computed with as fractions, roots as integer roots: no threshold is ever off by one. The level of a total is
then a search in the table, exact at every boundary.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import count
from math import isqrt, lcm
from typing import Any, Final, Literal

from leveling_core.errors import RuleError

__all__ = [
    "MAX_LEVEL",
    "MAX_TOTAL_XP",
    "Curve",
    "CurveError",
    "CurveKind",
    "LevelProgress",
    "LevelRangeError",
    "Number",
    "curve_from",
    "exponential",
    "linear",
    "mee6",
    "polynomial",
    "power",
    "table",
    "triangular",
]

MAX_TOTAL_XP: Final = 2**53 - 1
"""The ceiling of any total: the largest integer that every reader of JSON keeps exactly."""

MAX_LEVEL: Final = 1000
"""No curve goes beyond this level."""

_MAX_EXPONENT: Final = 10
_EXPONENT_DECIMALS: Final = 2
"""A power with p/q as its exponent needs a q-th root; with two decimals q is at most 100."""
_PARAMETER_DECIMALS: Final = 6

CurveKind = Literal["power", "exponential", "linear", "triangular", "mee6", "polynomial", "table"]
"""The kinds of curve."""

Number = Decimal | int
"""What a parameter may be: exact, never a float."""


class CurveError(RuleError):
    """The parameters make no curve.

    Attributes:
        curve: The kind of curve.
        problem: What is wrong.
        expected: What would be right.
        level: The level at which it goes wrong, or None where a parameter is wrong by itself.
    """

    code = "invalid-curve"

    def __init__(self, *, curve: str, problem: str, expected: str, level: int | None = None) -> None:
        self.curve = curve
        self.problem = problem
        self.expected = expected
        self.level = level
        super().__init__(f"{curve} curve: {problem}. Expected {expected}.")
        self.fields.update(curve=curve, problem=problem, expected=expected)
        if level is not None:
            self.fields["level"] = level


class LevelRangeError(RuleError, ValueError):
    """A curve has no such level."""

    code = "level-range"

    def __init__(self, *, level: int, first_level: int, last_level: int) -> None:
        super().__init__(
            f"there is no level {level}; levels go from {first_level} to {last_level}",
            level=level,
            first_level=first_level,
            last_level=last_level,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelProgress:
    """Where a total stands on a curve.

    Attributes:
        level: The level of the total.
        xp_into_level: XP beyond what the level takes.
        xp_for_next: XP from this level to the next one, in all; 0 at the highest level.
        next_level_xp: The total at which the next level is reached; None at the highest level.
    """

    level: int
    xp_into_level: int
    xp_for_next: int
    next_level_xp: int | None

    @property
    def xp_left(self) -> int:
        """XP still missing to the next level; 0 at the highest level."""
        return max(0, self.xp_for_next - self.xp_into_level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How much XP each level takes. Made by the functions of this module, never changed.

    Attributes:
        kind: Which formula made it.
        first_level: The level of a total of 0 XP: 0 or 1.
        thresholds: The total XP at which each level is reached, from the first level on, strictly increasing
            from 0; it ends at ``MAX_LEVEL`` or before ``MAX_TOTAL_XP`` is passed, whichever comes first.
    """

    kind: CurveKind
    first_level: int
    thresholds: tuple[int, ...] = field(repr=False)

    @property
    def last_level(self) -> int:
        """The highest level; totals beyond its threshold stay on it."""
        return self.first_level + len(self.thresholds) - 1

    def level_for_xp(self, xp: int) -> int:
        """Return the level of a total of XP (on the path of every message)."""
        return bisect_right(self.thresholds, xp, 1) + self.first_level - 1

    def xp_threshold_for_level(self, level: int) -> int:
        """Return the total XP at which ``level`` is reached.

        Raises:
            LevelRangeError: The curve has no such level.
        """
        if not self.first_level <= level <= self.last_level:
            raise LevelRangeError(level=level, first_level=self.first_level, last_level=self.last_level)
        return self.thresholds[level - self.first_level]

    def progress(self, xp: int) -> LevelProgress:
        """Tell how far a total of XP is between its level and the next."""
        level = self.level_for_xp(xp)
        index = level - self.first_level
        reached_xp = self.thresholds[index]
        if level == self.last_level:
            return LevelProgress(
                level=level, xp_into_level=xp - reached_xp, xp_for_next=0, next_level_xp=None
            )
        next_level_xp = self.thresholds[index + 1]
        return LevelProgress(
            level=level,
            xp_into_level=xp - reached_xp,
            xp_for_next=next_level_xp - reached_xp,
            next_level_xp=next_level_xp,
        )


def power(base: Number = 100, exponent: Number = Decimal("1.5")) -> Curve:
    """Make the curve floor(base × (n − 1)^exponent), the default one; the first level is 1.

    Args:
        base: The XP of level 2, above 0, with at most 6 decimals.
        exponent: How steeply it rises, above 0 and at most 10, with at most 2 decimals.

    Raises:
        CurveError: A parameter is out of bounds, or the thresholds do not strictly increase.
    """
    return _curve(
        "power",
        _exact("power", "base", base, above=0),
        _exact("power", "exponent", exponent, above=0, highest=_MAX_EXPONENT, decimals=_EXPONENT_DECIMALS),
    )


def exponential(base: Number = 50, multiplier: Number = 2) -> Curve:
    """Make the curve floor(base × multiplier^(n − 2)); the first level is 1, with 0 XP.

    Args:
        base: The XP of level 2, above 0, with at most 6 decimals.
        multiplier: By how much each level's threshold exceeds the one before, with at most 6 decimals.

    Raises:
        CurveError: A parameter is out of bounds, or the thresholds do not strictly increase.
    """
    return _curve(
        "exponential",
        _exact("exponential", "base", base, above=0),
        _exact("exponential", "multiplier", multiplier, above=0),
    )


def linear(step: Number = 100) -> Curve:
    """Make the curve floor(step × (n − 1)); the first level is 1.

    Raises:
        CurveError: The step is out of bounds, or so small that the thresholds do not strictly increase.
    """
    return _curve("linear", _exact("linear", "step", step, above=0))


def triangular(factor: Number = 50) -> Curve:
    """Make the curve floor(factor × n × (n − 1)); the first level is 1.

    Raises:
        CurveError: The factor is out of bounds, or so small that the thresholds do not strictly increase.
    """
    return _curve("triangular", _exact("triangular", "factor", factor, above=0))


def mee6() -> Curve:
    """Make MEE6's public curve: from level k to the next, 5k² + 50k + 100 XP; the first level is 0."""
    return _curve("mee6")


def polynomial(a: Number = 1, b: Number = 50, c: Number = 100, rounding: int = 1) -> Curve:
    """Make the curve a·n³ + b·n² + c·n, rounded half up to a multiple of ``rounding``; the first level is 0.

    The formula, the defaults of ``a``, ``b`` and ``c`` and the rounding (JavaScript's ``Math.round``) are
    those of Polaris.

    Args:
        a: The factor of n³, with at most 6 decimals.
        b: The factor of n², likewise; it may be negative.
        c: The factor of n, likewise.
        rounding: The step, at least 1 XP.

    Raises:
        CurveError: A parameter is out of bounds, or the thresholds do not strictly increase.
    """
    factors = [
        _exact("polynomial", name, value, lowest=-MAX_TOTAL_XP)
        for name, value in (("a", a), ("b", b), ("c", c))
    ]
    return _curve("polynomial", *factors, _exact("polynomial", "rounding", rounding, above=0, decimals=0))


def table(thresholds: Sequence[int]) -> Curve:
    """Make a curve of explicit thresholds: the total XP of level 1 (always 0), of level 2, and so on.

    Raises:
        CurveError: The list does not begin with 0, does not strictly increase, has fewer than two or more
            than 1000 levels, or goes beyond ``MAX_TOTAL_XP``.
    """
    expected = "whole numbers that begin with 0, each larger than the one before"
    if not thresholds or thresholds[0] != 0:
        problem = f"level 1 takes {thresholds[0]} XP" if thresholds else "the list of thresholds is empty"
        raise CurveError(curve="table", problem=problem, expected=expected, level=1)
    if len(thresholds) > MAX_LEVEL:
        problem = f"the list has {len(thresholds)} levels"
        raise CurveError(curve="table", problem=problem, expected=f"at most {MAX_LEVEL} levels")
    for level, xp in enumerate(thresholds, start=1):
        if xp > MAX_TOTAL_XP:
            problem = f"level {level} takes {xp} XP"
            raise CurveError(
                curve="table", problem=problem, expected=f"at most {MAX_TOTAL_XP} XP", level=level
            )
    return _curve("table", *map(Fraction, thresholds))


def curve_from(kind: str, **parameters: Any) -> Curve:
    """Make a curve by the name of its kind; the same parameters give the same object.

    Args:
        kind: One of ``CurveKind``.
        parameters: Those of the function of that name; what is left out has its default.

    Raises:
        CurveError: The kind or a parameter does not exist, or the parameters make no curve.
    """
    make = _MAKERS.get(kind)
    if make is None:
        problem, expected = "there is no such kind of curve", "one of " + ", ".join(_MAKERS)
        raise CurveError(curve=kind, problem=problem, expected=expected)
    names = [name for name in make.__annotations__ if name != "return"]
    unknown = sorted(parameters.keys() - names)
    if unknown:
        problem, expected = f"it has no parameter {unknown[0]}", ", ".join(names) or "no parameters"
        raise CurveError(curve=kind, problem=problem, expected=expected)
    return make(**parameters)


_MAKERS: Final[dict[str, Callable[..., Curve]]] = {
    "power": power,
    "exponential": exponential,
    "linear": linear,
    "triangular": triangular,
    "mee6": mee6,
    "polynomial": polynomial,
    "table": table,
}


def _exact(
    curve: CurveKind,
    name: str,
    value: Number,
    *,
    above: int | None = None,
    lowest: int = 0,
    highest: int = MAX_TOTAL_XP,
    decimals: int = _PARAMETER_DECIMALS,
) -> Fraction:
    """Turn a parameter into a fraction, or say what it should have been."""
    number = Decimal(value)
    in_bounds = number.is_finite() and lowest <= number <= highest and (above is None or number > above)
    # The check of the digits comes before the fraction: 1E-999999 would be one with a million digits.
    if in_bounds and number.adjusted() >= -decimals:
        fraction = Fraction(number)
        if (fraction * 10**decimals).denominator == 1:
            return fraction
    elif in_bounds and not number:
        return Fraction(0)
    bounds = f"above {above} and at most {highest}" if above is not None else f"from {lowest} to {highest}"
    digits = f"with at most {decimals} decimals" if decimals else "without decimals"
    raise CurveError(curve=curve, problem=f"{name} is {value}", expected=f"a number {bounds}, {digits}")


@lru_cache(maxsize=256)
def _curve(kind: CurveKind, *parameters: Fraction) -> Curve:
    first_level, formula = _FORMULAS[kind]
    thresholds: list[int] = []
    for level, xp in zip(range(first_level, MAX_LEVEL + 1), formula(*parameters), strict=False):
        if thresholds and xp <= thresholds[-1]:
            problem = f"level {level} takes {xp} XP, no more than level {level - 1} with {thresholds[-1]} XP"
            raise CurveError(
                curve=kind,
                problem=problem,
                expected="each level to take more XP than the one before",
                level=level,
            )
        if xp > MAX_TOTAL_XP:
            break
        thresholds.append(xp)
    if len(thresholds) == 1:
        level = first_level + 1
        expected = f"level {level} within {MAX_TOTAL_XP} XP"
        raise CurveError(curve=kind, problem="it has only one level", expected=expected, level=level)
    return Curve(kind=kind, first_level=first_level, thresholds=tuple(thresholds))


def _power_thresholds(base: Fraction, exponent: Fraction) -> Iterator[int]:
    # floor(base × m^(p/q)) is the floor of the q-th root of floor(base^q × m^p).
    p, q = exponent.as_integer_ratio()
    numerator, denominator = base.numerator**q, base.denominator**q
    return (_root(numerator * m**p // denominator, q) for m in count())


def _exponential_thresholds(base: Fraction, multiplier: Fraction) -> Iterator[int]:
    yield 0
    numerator, denominator = base.as_integer_ratio()
    while True:
        yield numerator // denominator
        numerator *= multiplier.numerator
        denominator *= multiplier.denominator


def _linear_thresholds(step: Fraction) -> Iterator[int]:
    return (step.numerator * m // step.denominator for m in count())


def _triangular_thresholds(factor: Fraction) -> Iterator[int]:
    return (factor.numerator * n * (n - 1) // factor.denominator for n in count(1))


def _mee6_thresholds() -> Iterator[int]:
    total = 0
    for k in count():
        yield total
        total += 5 * k * k + 50 * k + 100


def _polynomial_thresholds(a: Fraction, b: Fraction, c: Fraction, rounding: Fraction) -> Iterator[int]:
    unit = lcm(a.denominator, b.denominator, c.denominator)
    cubic, quadratic, linear_part = (int(factor * unit) for factor in (a, b, c))
    step = int(rounding)
    for n in count():
        xp = ((cubic * n + quadratic) * n + linear_part) * n
        yield step * ((2 * xp + unit * step) // (2 * unit * step))


def _table_thresholds(*thresholds: Fraction) -> Iterator[int]:
    return map(int, thresholds)


_FORMULAS: Final[dict[CurveKind, tuple[int, Callable[..., Iterator[int]]]]] = {
    "power": (1, _power_thresholds),
    "exponential": (1, _exponential_thresholds),
    "linear": (1, _linear_thresholds),
    "triangular": (1, _triangular_thresholds),
    "mee6": (0, _mee6_thresholds),
    "polynomial": (0, _polynomial_thresholds),
    "table": (1, _table_thresholds),
}
"""By kind: the first level, and the thresholds from that level on."""


def _root(value: int, degree: int) -> int:
    """Return the floor of the ``degree``-th root; ``degree`` divides 100.

    A root of a root is taken for each prime factor, floors included: square roots in C, then fifth roots.
    That keeps the thousand roots of degree 100, of thousands of bits each, within some tens of milliseconds.
    """
    while degree % 2 == 0:
        value, degree = isqrt(value), degree // 2
    while degree % 5 == 0:
        value, degree = _fifth_root(value), degree // 5
    return value


def _fifth_root(value: int) -> int:
    """Return the floor of the fifth root, by Newton's method from above."""
    if value == 0:
        return 0
    root = 1 << -(-value.bit_length() // 5)
    while True:
        better = (4 * root + value // root**4) // 5
        if better >= root:
            return root
        root = better
