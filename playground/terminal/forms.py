"""The fields of a form that the bot has opened, and what is typed into them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playground.components import LABEL
from playground.errors import Json, PlaygroundError

__all__ = ["Field", "hint", "list_fields", "read_filled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field as people see it.

    Attributes:
        custom_id: How the bot knows it.
        label: Its name.
        description: What is said of it, "" for nothing.
        value: What is filled in already.
    """

    custom_id: str
    label: str
    description: str
    value: str


def list_fields(form: Json) -> list[Field]:
    """Return the fields of a form, in their order."""
    return [
        Field(
            custom_id=field["custom_id"],
            label=label.get("label") or field["custom_id"],
            description=label.get("description") or "",
            value=field.get("value") or "",
        )
        for label, field in _walk(form["components"])
    ]


def _walk(components: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield what names a field, and the field."""
    for component in components:
        if component["type"] == LABEL:
            yield component, component["component"]
        else:
            yield from ((field, field) for field in component.get("components", []))


def hint(fields: list[Field]) -> str:
    """Return how a form is filled in, by its own fields."""
    return ":fill " + "; ".join(f"{field.label}=…" for field in fields)


def read_filled(fields: list[Field], typed: str) -> dict[str, str]:
    """Return what is typed into the fields of a form, by custom id.

    A semicolon ends a value only where a field's name follows.

    Raises:
        PlaygroundError: A name is none of a field, or none is there.
    """
    ids = {name.casefold(): field.custom_id for field in fields for name in (field.custom_id, field.label)}
    names = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True))
    found = list(re.finditer(rf"(?:^|;)\s*(?P<name>{names})\s*=", typed, re.IGNORECASE))
    if "=" not in typed:
        raise PlaygroundError(f"write it like this: {hint(fields)}")
    if not found or found[0].start() > 0:
        raise _no_field(fields, typed.partition("=")[0])
    ends = [*(match.start() for match in found[1:]), len(typed)]
    values = {}
    for match, end in zip(found, ends, strict=True):
        value = typed[match.end() : end].strip()
        if other := re.search(r";(?P<name>[^=;]+)=", value):
            raise _no_field(fields, other["name"])
        values[ids[match["name"].casefold()]] = value.removesuffix(";").rstrip()
    return values


def _no_field(fields: list[Field], name: str) -> PlaygroundError:
    known = ", ".join(field.label for field in fields)
    return PlaygroundError(f"the form has no field {name.strip()!r}; it has {known}")
