"""Curves: XP to levels and back, exact at every boundary."""

from __future__ import annotations

import timeit
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leveling_core.curves import (
    MAX_LEVEL,
    MAX_TOTAL_XP,
    Curve,
    CurveError,
    LevelRangeError,
    curve_from,
    exponential,
    linear,
    mee6,
    polynomial,
    power,
    table,
    triangular,
)
from leveling_core.errors import RuleError


def thresholds(curve: Curve, *levels: int) -> list[int]:
    """Return what each of the levels takes."""
    return [curve.xp_threshold_for_level(level) for level in levels]


# The facts' own numbers.


def test_default_power_curve_has_the_documented_thresholds() -> None:
    """Level n takes floor(100 × (n − 1)^1.5)."""
    assert thresholds(power(), 1, 2, 3, 4, 5, 10, 50, 100) == [0, 100, 282, 519, 800, 2700, 34300, 98503]


@pytest.mark.parametrize(("xp", "level"), [(0, 1), (99, 1), (100, 2), (281, 2), (282, 3)])
def test_default_power_curve_is_exact_at_its_boundaries(xp: int, level: int) -> None:
    """One XP less is one level less."""
    assert power().level_for_xp(xp) == level


def test_exponential_curve_doubles() -> None:
    """Level 1 takes nothing, level 2 the base, each further one twice as much."""
    assert thresholds(exponential(), 1, 2, 3, 4, 5) == [0, 50, 100, 200, 400]


def test_linear_curve_takes_one_step_a_level() -> None:
    """Level n takes step × (n − 1)."""
    assert thresholds(linear(), 1, 2, 3, 1000) == [0, 100, 200, 99_900]


def test_triangular_curve_has_the_documented_thresholds() -> None:
    """Level n takes 50 × n × (n − 1)."""
    assert thresholds(triangular(), 1, 2, 3, 4, 5, 50) == [0, 100, 300, 600, 1000, 122_500]


def test_mee6_curve_has_the_documented_thresholds_and_begins_at_level_0() -> None:
    """Somebody with 99 XP has level 0, as on MEE6."""
    assert thresholds(mee6(), 0, 1, 10, 50, 100) == [0, 100, 4675, 268_375, 1_899_250]
    assert mee6().level_for_xp(99) == 0


def test_polynomial_curve_rounds_half_up_to_its_step() -> None:
    """As JavaScript's Math.round: 151 → 200 and 408 → 400 in hundreds, 2.5 → 3 in ones."""
    assert thresholds(polynomial(1, 50, 100, 100), 0, 1, 2, 3) == [0, 200, 400, 800]
    assert thresholds(polynomial(0, 0, Decimal("2.5")), 0, 1, 2, 3) == [0, 3, 5, 8]


def test_table_curve_is_its_list() -> None:
    """Level 1 is the first entry; beyond the last one a member stays on the highest level."""
    curve = table([0, 10, 25])
    assert [curve.level_for_xp(xp) for xp in (0, 9, 10, 24, 25, MAX_TOTAL_XP)] == [1, 1, 2, 2, 3, 3]


# Both ways, for every kind.


def decimals(lowest: str, highest: int, places: int = 2) -> st.SearchStrategy[Decimal]:
    """Draw parameters as a person would write them."""
    return st.decimals(min_value=Decimal(lowest), max_value=highest, places=places)


curves = st.one_of(
    st.builds(power, decimals("1", 10**6), decimals("1", 10)),
    st.builds(exponential, decimals("100", 10**6), decimals("1.01", 10, places=3)),
    st.builds(linear, decimals("1", 10**6)),
    st.builds(triangular, decimals("1", 10**6)),
    st.just(mee6()),
    st.builds(
        polynomial, decimals("0", 10**6), decimals("0", 10**6), decimals("100", 10**6), st.integers(1, 100)
    ),
    st.sets(st.integers(1, MAX_TOTAL_XP), min_size=1, max_size=60).map(lambda xps: table([0, *sorted(xps)])),
)


@settings(max_examples=60, deadline=None)
@given(curve=curves)
def test_every_curve_inverts_at_every_boundary(curve: Curve) -> None:
    """The level of a threshold is its level, and one XP less is the level before."""
    assert curve.level_for_xp(0) == curve.first_level
    for level in range(curve.first_level + 1, curve.last_level + 1):
        xp = curve.xp_threshold_for_level(level)
        assert curve.level_for_xp(xp) == level
        assert curve.level_for_xp(xp - 1) == level - 1


@settings(max_examples=60, deadline=None)
@given(base=decimals("1", 10**6, places=6), exponent=decimals("1", 10))
def test_power_thresholds_are_exact_floors(base: Decimal, exponent: Decimal) -> None:
    """Each is the largest integer t with t^100 ≤ (base × m^exponent)^100, all of it in integers."""
    curve = power(base, exponent)
    numerator, denominator = base.as_integer_ratio()
    hundredths = int(exponent * 100)
    for m in {0, 1, 2, len(curve.thresholds) // 2, len(curve.thresholds) - 1}:
        xp = curve.thresholds[m]
        exact = numerator**100 * m**hundredths
        assert (xp * denominator) ** 100 <= exact < ((xp + 1) * denominator) ** 100


@given(xp=st.integers(0, MAX_TOTAL_XP))
def test_progress_adds_up(xp: int) -> None:
    """The level's threshold and the XP into the level make the total; XP left reaches the next one."""
    curve = power()
    progress = curve.progress(xp)
    assert progress.level == curve.level_for_xp(xp)
    assert curve.xp_threshold_for_level(progress.level) + progress.xp_into_level == xp
    if progress.next_level_xp is None:
        assert progress.level == curve.last_level
        assert (progress.xp_for_next, progress.xp_left) == (0, 0)
    else:
        assert progress.xp_into_level < progress.xp_for_next
        assert curve.level_for_xp(xp + progress.xp_left) == progress.level + 1
        assert progress.next_level_xp == xp + progress.xp_left


def test_progress_between_two_levels() -> None:
    """With 150 XP, 50 of the 182 XP from level 2 to level 3 are there."""
    progress = power().progress(150)
    assert (progress.level, progress.xp_into_level, progress.xp_for_next) == (2, 50, 182)
    assert (progress.next_level_xp, progress.xp_left) == (282, 132)


# Where a curve ends.


def test_a_curve_ends_at_level_1000() -> None:
    """However much XP, nobody passes it."""
    assert power().last_level == MAX_LEVEL
    assert power().level_for_xp(MAX_TOTAL_XP) == MAX_LEVEL
    assert mee6().last_level == MAX_LEVEL


def test_a_curve_ends_before_a_total_is_too_large() -> None:
    """The exponential curve's last level is the last one within 2^53 − 1 XP: 50 × 2^47."""
    curve = exponential()
    assert curve.last_level == 49
    assert curve.thresholds[-1] == 50 * 2**47 <= MAX_TOTAL_XP < 50 * 2**48
    assert curve.level_for_xp(MAX_TOTAL_XP) == 49


@pytest.mark.parametrize("level", [-1, 0, 1001])
def test_a_level_off_the_curve_is_refused(level: int) -> None:
    """The error says which levels there are, as a refusal and as a ValueError."""
    with pytest.raises(LevelRangeError, match="levels go from 1 to 1000") as caught:
        power().xp_threshold_for_level(level)
    assert isinstance(caught.value, RuleError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.fields["level"] == level


# Parameters that make no curve.


@pytest.mark.parametrize(
    ("kind", "parameters", "level"),
    [
        ("power", {"base": Decimal("0.5")}, 2),
        ("power", {"base": 1, "exponent": Decimal("0.5")}, 3),
        ("exponential", {"base": 50, "multiplier": 1}, 3),
        ("exponential", {"base": 50, "multiplier": Decimal("1.01")}, 3),
        ("linear", {"step": Decimal("0.5")}, 2),
        ("triangular", {"factor": Decimal("0.3")}, 2),
        ("polynomial", {"a": 0, "b": 0, "c": -1}, 1),
        ("polynomial", {"a": 0, "b": -1, "c": 1000}, 501),
        ("polynomial", {"a": 1, "b": 50, "c": 100, "rounding": 1000}, 1),
        ("table", {"thresholds": (0, 10, 10)}, 3),
        ("table", {"thresholds": (0, 10, 9)}, 3),
        ("table", {"thresholds": (5, 10)}, 1),
        ("table", {"thresholds": ()}, 1),
        ("table", {"thresholds": (0,)}, 2),
        ("table", {"thresholds": (0, MAX_TOTAL_XP, MAX_TOTAL_XP + 1)}, 3),
    ],
)
def test_thresholds_that_do_not_increase_are_refused(
    kind: str, parameters: dict[str, Any], level: int
) -> None:
    """The error names the first level that takes no more XP than the one before."""
    with pytest.raises(CurveError) as caught:
        curve_from(kind, **parameters)
    assert caught.value.level == level
    assert caught.value.fields["level"] == level
    assert caught.value.fields["curve"] == kind
    assert isinstance(caught.value, RuleError)


@pytest.mark.parametrize(
    ("kind", "parameters", "words"),
    [
        ("power", {"base": 0}, "base is 0. Expected a number above 0"),
        ("power", {"base": Decimal("1.1234567")}, "at most 6 decimals"),
        ("power", {"exponent": Decimal("1.555")}, "at most 2 decimals"),
        ("power", {"exponent": Decimal("10.01")}, "at most 10"),
        ("power", {"exponent": Decimal("NaN")}, "exponent is NaN"),
        ("power", {"base": Decimal("Infinity")}, "base is Infinity"),
        ("power", {"base": Decimal("1E-999999")}, "base is 1E-999999"),
        ("exponential", {"multiplier": Decimal("1E+999999")}, "multiplier is 1E"),
        ("polynomial", {"rounding": Decimal("0.5")}, "without decimals"),
        ("polynomial", {"a": -MAX_TOTAL_XP - 1}, f"from -{MAX_TOTAL_XP} to {MAX_TOTAL_XP}"),
        ("table", {"thresholds": tuple(range(1001))}, "at most 1000 levels"),
        ("square", {}, "one of power, exponential"),
        ("linear", {"base": 1}, "it has no parameter base. Expected step"),
        ("mee6", {"base": 1}, "no parameters"),
    ],
)
def test_a_parameter_out_of_bounds_is_refused(kind: str, parameters: dict[str, Any], words: str) -> None:
    """The error names the curve, the parameter, its value and what would be right."""
    with pytest.raises(CurveError) as caught:
        curve_from(kind, **parameters)
    assert words in str(caught.value)
    assert caught.value.level is None
    assert str(caught.value).startswith(f"{kind} curve: ")
    assert {"problem", "expected", "curve"} <= caught.value.fields.keys()


def test_the_same_parameters_give_the_same_curve() -> None:
    """However they are written, a curve is made once."""
    assert curve_from("power", base=Decimal("100.0"), exponent=Decimal("1.50")) is power()
    assert curve_from("table", thresholds=(0, 5)) is table([0, 5])
    assert curve_from("linear", step=7) is not curve_from("linear", step=8)


def test_a_zero_is_a_zero_however_it_is_written() -> None:
    """0E-9 is no number with nine decimals."""
    assert polynomial(Decimal("0E-9"), 0, 100) is polynomial(0, 0, 100)


def test_a_curve_never_changes() -> None:
    """It is shared by all guilds that chose it."""
    with pytest.raises(AttributeError):
        power().first_level = 0  # type: ignore[misc]  # what must not be possible


# Speed: the level is looked up for every message, and a curve is made when rules change.


def test_looking_up_a_level_is_quick() -> None:
    """Some 0.2 µs; the bound leaves room for a busy machine."""
    seconds = min(timeit.repeat("f(98_000)", globals={"f": power().level_for_xp}, number=10_000, repeat=5))
    assert seconds / 10_000 < 2e-6


def test_the_costliest_curve_is_made_quickly() -> None:
    """Some 30 ms for a thousand roots of degree 100; the bound leaves room for a busy machine."""
    digits = iter(range(100_000, 100_010))
    seconds = min(
        timeit.repeat(lambda: power(Decimal(f"123456.{next(digits)}"), Decimal("2.99")), number=1, repeat=3)
    )
    assert seconds < 0.3
