"""Amounts of XP as people write them."""

from __future__ import annotations

import re
from fractions import Fraction

from leveling_core.errors import AmountError

__all__ = ["MAX_AMOUNT_XP", "check_amount", "read_amount"]

MAX_AMOUNT_XP = 1_000_000_000
"""The most XP that can be named at once: far more than anybody earns, far less than a total can be."""

_UNITS = {"": 1, "k": 1000, "m": 1_000_000}

# One point or comma before three digits may mean a fraction or thousands: where people differ, nothing is
# guessed. A comma is taken for thousands, as this language writes them; a point only where there are several.
_WHOLE = re.compile(
    r"(?P<digits>[0-9]+|[0-9]{1,3}(?:(?P<mark>[,_'’])[0-9]{3})(?:(?P=mark)[0-9]{3})*|[0-9]{1,3}(?:\.[0-9]{3}){2,})"
)
_SHORT = re.compile(r"(?P<number>[0-9]+(?:[.,][0-9]{1,2})?) ?(?P<unit>[km])")


def read_amount(text: str, *, least: int = 1) -> int:
    """Read an amount: ``500``, ``1,000``, ``1.5k``, ``2m``, with or without ``XP`` behind it.

    Args:
        text: As it was typed.
        least: The least that will do.

    Raises:
        AmountError: It is no whole number, or out of bounds.
    """
    plain = text.strip().lower().removesuffix("xp").strip().removeprefix("+")
    if len(plain) <= len(f"{MAX_AMOUNT_XP:,}"):
        if (whole := _WHOLE.fullmatch(plain)) is not None:
            return check_amount(int(re.sub(r"[^0-9]", "", whole["digits"])), least=least, typed=text)
        if (short := _SHORT.fullmatch(plain)) is not None:
            amount = Fraction(short["number"].replace(",", ".")) * _UNITS[short["unit"]]
            if amount.denominator == 1:
                return check_amount(amount.numerator, least=least, typed=text)
    raise AmountError(value=text[:100], least=least, most=MAX_AMOUNT_XP)


def check_amount(amount: int, *, least: int = 1, typed: str = "") -> int:
    """Return an amount that is within bounds.

    Args:
        amount: The XP.
        least: The least that will do.
        typed: As it was typed, for the refusal.

    Raises:
        AmountError: It is out of bounds.
    """
    if not least <= amount <= MAX_AMOUNT_XP:
        raise AmountError(value=typed[:100] or str(amount), least=least, most=MAX_AMOUNT_XP)
    return amount
