"""How paths, instants, sizes and contents are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.wording import clip, clip_pair, describe, instant, shorten, size
from data import Texts
from storage.database_file import Contents


@pytest.mark.parametrize(
    ("at", "told"),
    [(1_750_000_000_000, "2025-06-15 15:06:40"), (0, "1970-01-01 00:00:00"), (2**63, str(2**63))],
)
def test_an_instant_is_told_by_utc(at: int, told: str) -> None:
    """To the second; one that is no date, of a damaged store, as the number that it is."""
    assert instant(at) == told


@pytest.mark.parametrize(
    ("size_bytes", "told"), [(0, "1 kB"), (1_400, "1 kB"), (999_000, "999 kB"), (2_345_678, "2.3 MB")]
)
def test_a_size_has_the_unit_that_suits_it(texts: Texts, size_bytes: int, told: str) -> None:
    """Whole kilobytes, then megabytes with one decimal."""
    assert size(size_bytes, texts) == told


@pytest.mark.parametrize(
    ("members", "lines", "told"),
    [
        (2, 3, "2 members and 3 ledger lines, the last of 1970-01-01 00:00:01 UTC"),
        (1, 1, "1 member and 1 ledger line, the last of 1970-01-01 00:00:01 UTC"),
        (1, 0, "1 member and no ledger lines"),
        (1_234, 0, "1,234 members and no ledger lines"),
    ],
)
def test_what_a_store_holds(texts: Texts, members: int, lines: int, told: str) -> None:
    """Members and ledger lines, as many as there are, and when the last of them was."""
    contents = Contents(
        schema=1, epoch="e", seq=lines, last_at=1000, members=members, documents=0, lines=lines, answers=0
    )
    assert describe(contents, texts) == told


def test_a_path_is_as_one_would_type_it(tmp_path: Path) -> None:
    """Within the working directory it is told from there, elsewhere in full."""
    assert shorten(tmp_path / "a" / "b.gz") == str(Path("a") / "b.gz")
    assert shorten(tmp_path.parent / "b.gz") == str(tmp_path.parent / "b.gz")
    assert shorten(Path("b.gz")) == "b.gz"


def test_of_a_long_value_a_part_is_shown() -> None:
    """A value that fills pages is cut, with dots where something is left out."""
    assert clip("x" * 200) == "x" * 200
    assert clip("x" * 201) == "x" * 200 + "..."


def test_of_long_values_the_part_that_differs_is_shown() -> None:
    """Two rosters of a hundred members: what differs is among what is shown of them."""
    members = list(range(10**17, 10**17 + 100))
    found, expected = clip_pair(str(members[:70] + members[71:]), str(members))
    assert f"{members[69]}, {members[71]}" in found
    assert f"{members[69]}, {members[70]}, {members[71]}" in expected
    assert found.startswith("...")
    assert max(len(found), len(expected)) < 210
