"""The texts that people read: Fluent messages by locale, validated at start.

A text is asked for by its name and given its fields; it never holds code, and a field's value is never a
format. Every folder below ``data/messages`` is a locale; its ``.ftl`` files are read as one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from leveling_core.errors import ContentError

__all__ = ["MESSAGES_FOLDER", "Texts", "load_texts"]

MESSAGES_FOLDER = Path(__file__).parent / "messages"

_Field = str | int | float


class _FieldNames(Visitor):
    """Collects the fields (``$name``) that a message uses."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: Any) -> None:  # noqa: N802 -- fluent's visitor names its hooks so
        self.names.add(node.id.name)


class Texts:
    """The texts of one locale.

    Args:
        locale: Such as ``en``.
        sources: File name and content of its Fluent files.

    Raises:
        ContentError: A file is not Fluent, or two of them name the same message.
    """

    def __init__(self, locale: str, sources: dict[str, str]) -> None:
        self.locale = locale
        self._bundle = FluentBundle([locale], use_isolating=False)
        self._fields: dict[str, frozenset[str]] = {}
        for file, source in sources.items():
            self._add(file, source)

    def _add(self, file: str, source: str) -> None:
        for entry in FluentParser().parse(source).body:
            if isinstance(entry, ast.Junk):
                problem = (entry.annotations[0].message if entry.annotations else None) or "it is not Fluent"
                first_line = (entry.content or "").strip().partition("\n")[0]
                raise ContentError(
                    file=file, entry=first_line[:60], field="", problem=problem, expected="`name = text`"
                )
            if not isinstance(entry, ast.Message):
                continue
            name = entry.id.name
            if name in self._fields:
                raise ContentError(
                    file=file,
                    entry=name,
                    field="",
                    problem="it is there twice",
                    expected="one text of a name",
                )
            fields = _FieldNames()
            fields.visit(entry)
            self._fields[name] = frozenset(fields.names)
        self._bundle.add_resource(FluentResource(source))

    @property
    def names(self) -> frozenset[str]:
        """The names of all texts."""
        return frozenset(self._fields)

    def fields_of(self, name: str) -> frozenset[str]:
        """Return the fields that a text uses."""
        return self._fields[name]

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __call__(self, name: str, /, **fields: _Field) -> str:
        """Return a text with its fields filled in.

        Raises:
            ContentError: There is no such text, or a field that it uses was not given.
        """
        if name not in self._fields:
            raise ContentError(
                file=self.locale,
                entry=name,
                field="",
                problem="there is no such text",
                expected="a name in use",
            )
        message = self._bundle.get_message(name)
        if message.value is None:
            raise ContentError(
                file=self.locale, entry=name, field="", problem="it has no text", expected="`name = text`"
            )
        text, errors = self._bundle.format_pattern(message.value, fields)
        if errors:
            raise ContentError(
                file=self.locale, entry=name, field="", problem=str(errors[0]), expected="all its fields"
            )
        return str(text)


def load_texts(locale: str = "en", folder: Path = MESSAGES_FOLDER) -> Texts:
    """Read and validate the texts of a locale.

    Raises:
        ContentError: There is no such locale, or one of its files is wrong.
    """
    files = sorted((folder / locale).glob("*.ftl"))
    if not files:
        known = ", ".join(sorted(path.name for path in folder.iterdir() if path.is_dir()))
        raise ContentError(
            file=locale,
            entry="",
            field="",
            problem="there are no texts of this locale",
            expected=f"one of {known}",
        )
    return Texts(locale, {path.name: path.read_text(encoding="utf-8") for path in files})
