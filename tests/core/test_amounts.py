"""Amounts of XP as people write them."""

from __future__ import annotations

import pytest

from leveling_core.amounts import MAX_AMOUNT_XP, check_amount, read_amount
from leveling_core.errors import AmountError


@pytest.mark.parametrize(
    ("typed", "xp"),
    [
        ("500", 500),
        (" 007 ", 7),
        ("+20", 20),
        ("500xp", 500),
        ("500 XP", 500),
        ("1,000", 1000),
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1'000", 1000),
        ("1_000_000", 1_000_000),
        ("1k", 1000),
        ("1.5K", 1500),
        ("1,5k", 1500),
        ("2.25m", 2_250_000),
        ("1,000,000,000", MAX_AMOUNT_XP),
    ],
)
def test_amounts_that_can_mean_one_thing_only(typed: str, xp: int) -> None:
    """Digits, groups of three, and k or m for thousands and millions."""
    assert read_amount(typed) == xp


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "many",
        "-5",
        "0",
        "1.5",
        "1.000",  # one or a thousand, depending on who reads it
        "1,00",
        "10,0000",
        "1,000.000",
        "1.500k",
        "0.0001k",
        "1kk",
        "k",
        "1e5",
        "٣",
        "1,000,000,001",
        "2000m",
        "9" * 5000,
    ],
)
def test_amounts_that_will_not_do(typed: str) -> None:
    """Nothing is guessed; the refusal says what was typed, shortened, and the bounds."""
    with pytest.raises(AmountError) as caught:
        read_amount(typed)
    assert caught.value.fields == {"value": typed[:100], "least": 1, "most": MAX_AMOUNT_XP}


def test_nothing_may_be_an_amount() -> None:
    """Where 0 makes sense it is taken; below it nothing is."""
    assert read_amount("0", least=0) == 0
    with pytest.raises(AmountError, match="'-1'"):
        check_amount(-1, least=0)
