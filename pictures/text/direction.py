"""The order in which runs of a line stand: the Unicode bidirectional algorithm, without its controls.

Controls (embeddings, overrides, isolates) are cleaned out of names before, so they need not be obeyed
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from bidi import algorithm

__all__ = ["find_levels", "order_visually"]

T = TypeVar("T")

_FIRST_RTL = "\u0590"
"""No character before this one is written from right to left."""


def find_levels(text: str) -> list[int]:
    """Return the embedding level of each character: even ones run left to right, odd ones right to left."""
    if all(char < _FIRST_RTL for char in text):
        return [0] * len(text)
    storage: dict[str, Any] = algorithm.get_empty_storage()
    base = algorithm.get_base_level(text)
    storage["base_level"] = base
    storage["base_dir"] = ("L", "R")[base]
    algorithm.get_embedding_levels(text, storage, False, False)
    algorithm.explicit_embed_and_overrides(storage, False)
    algorithm.resolve_weak_types(storage, False)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    characters = storage["chars"]
    if len(characters) != len(text):  # a control was left in: it is dropped, and levels would no longer fit
        return [base] * len(text)
    return [int(character["level"]) for character in characters]


def order_visually(runs: Sequence[T], levels: Sequence[int]) -> list[T]:
    """Return runs as they stand from left to right (rule L2: reverse what is at each level or above)."""
    order = list(range(len(runs)))
    lowest_odd = min((level for level in levels if level % 2), default=0)
    if not lowest_odd:
        return list(runs)
    for level in range(max(levels), lowest_odd - 1, -1):
        start = 0
        while start < len(order):
            if levels[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end
    return [runs[index] for index in order]
