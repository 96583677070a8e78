"""The cache keeps what was used last, within its bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pictures.caches import ENTRY_BYTES, ByteCache


def test_what_was_not_used_for_longest_goes() -> None:
    """Looking at an entry saves it from going next."""
    cache: ByteCache[str, bytes] = ByteCache(3 * (ENTRY_BYTES + 10), len)
    for key in "abc":
        cache.put(key, b"x" * 10)
    cache.find("a")
    cache.put("d", b"x" * 10)
    assert [key for key in "abcd" if cache.find(key) is not None] == ["a", "c", "d"]


def test_what_is_too_large_is_not_kept() -> None:
    """A value larger than the cache pushes nothing out, and is made anew each time."""
    cache: ByteCache[str, bytes] = ByteCache(1000, len)
    cache.put("small", b"x")
    assert cache.get_or_make("large", lambda: b"x" * 2000) == b"x" * 2000
    assert cache.find("large") is None
    assert cache.find("small") == b"x"


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 900)), max_size=80))
def test_it_never_holds_more_than_its_limit(steps: list[tuple[int, int]]) -> None:
    """After any sequence of values, what it holds is counted rightly and within bounds."""
    cache: ByteCache[int, bytes] = ByteCache(2500, len)
    for key, size in steps:
        cache.put(key, b"x" * size)
        assert 0 <= cache.held_bytes <= 2500
    held = [len(value) + ENTRY_BYTES for key in range(21) if (value := cache.find(key)) is not None]
    assert sum(held) == cache.held_bytes
    assert len(held) == len(cache)
