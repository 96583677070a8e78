"""The language in which conditions of achievements are written: ``messages >= 500 and level >= 10``.

The whole of it::

    condition   = alternative { "or" alternative }
    alternative = part { "and" part }
    part        = "not" part | "(" condition ")" | comparison
    comparison  = counter ( ">=" | ">" | "<=" | "<" | "==" | "!=" ) whole-number

It is read by the parser below; nothing of it is ever given to Python's own. Whoever compiles a condition for
speed does so from ``Condition.source``, which is written anew from what was understood: names out of the list
of counters, numbers, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, NamedTuple, NoReturn

from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.errors import ContentError
from leveling_core.suggestions import did_you_mean

__all__ = ["AllOf", "AnyOf", "Comparison", "Condition", "Missing", "Node", "Values", "parse_condition"]

_MAX_LENGTH: Final = 500
_MAX_DEPTH: Final = 16
"""How deep parentheses and ``not`` may be nested: far more than anybody can read."""

_KEYWORDS: Final = ("and", "or", "not")

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_]\w*)|(?P<number>\d[\w.]*)|(?P<operator>>=|<=|==|!=|>|<)(?![=<>!])"
    r"|(?P<bracket>[()])|(?P<wrong>[=<>!&|≥≤≠]+|\S))",
    re.ASCII,
)

_NUMBER: Final = re.compile(r"\d+(_\d+)*", re.ASCII)

_MEANT: Final[Mapping[str, str]] = {
    "=": "==",
    "===": "==",
    "=>": ">=",
    "=<": "<=",
    "<>": "!=",
    "!": "not",
    "&": "and",
    "&&": "and",
    "|": "or",
    "||": "or",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
}
"""What is written in its place in other languages."""

_OPPOSITE: Final[Mapping[str, str]] = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}

Values = Mapping[str, int]
"""The value of each counter, by its name."""


class Missing(NamedTuple):
    """A comparison that does not hold yet: the counter has to come from ``have`` to ``need``, up or down."""

    counter: str
    have: int
    need: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A counter against a number. ``> n`` is kept as ``>= n + 1``, ``< n`` as ``<= n − 1``."""

    counter: str
    operator: Literal[">=", "<=", "==", "!="]
    number: int

    def holds(self, values: Values) -> bool:
        """Tell whether it holds."""
        return self._holds(values[self.counter])

    def _holds(self, have: int) -> bool:
        if self.operator == ">=":
            return have >= self.number
        if self.operator == "<=":
            return have <= self.number
        return (have == self.number) == (self.operator == "==")

    def progress(self, values: Values) -> Fraction:
        """Return the smaller of what there is and what is needed, as a share of the larger."""
        have = values[self.counter]
        if self._holds(have):
            return Fraction(1)
        smaller, larger = sorted((have, self.number))
        return Fraction(smaller, larger) if smaller > 0 and self.operator != "!=" else Fraction(0)

    def missing(self, values: Values) -> tuple[Missing, ...]:
        """Return itself, unless it holds."""
        have = values[self.counter]
        if self._holds(have):
            return ()
        return (Missing(self.counter, have, self.number + (self.operator == "!=")),)

    def comparisons(self) -> tuple[Comparison, ...]:
        """Return itself."""
        return (self,)

    def source(self) -> str:
        """Write it in Python."""
        return f"{self.counter} {self.operator} {self.number}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Parts joined by ``and``."""

    parts: tuple[Node, ...]

    def holds(self, values: Values) -> bool:
        """Tell whether all hold."""
        return all(part.holds(values) for part in self.parts)

    def progress(self, values: Values) -> Fraction:
        """Return that of the least advanced part."""
        return min(part.progress(values) for part in self.parts)

    def missing(self, values: Values) -> tuple[Missing, ...]:
        """Return what is missing of every part, the least advanced first."""
        parts = sorted(self.parts, key=lambda part: part.progress(values))
        return tuple(missing for part in parts for missing in part.missing(values))

    def comparisons(self) -> tuple[Comparison, ...]:
        """Return all comparisons in the parts."""
        return tuple(comparison for part in self.parts for comparison in part.comparisons())

    def source(self) -> str:
        """Write it in Python."""
        return "(" + " and ".join(part.source() for part in self.parts) + ")"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Parts joined by ``or``."""

    parts: tuple[Node, ...]

    def holds(self, values: Values) -> bool:
        """Tell whether one holds."""
        return any(part.holds(values) for part in self.parts)

    def progress(self, values: Values) -> Fraction:
        """Return that of the most advanced part."""
        return max(part.progress(values) for part in self.parts)

    def missing(self, values: Values) -> tuple[Missing, ...]:
        """Return what is missing of the most advanced part."""
        return max(self.parts, key=lambda part: part.progress(values)).missing(values)

    def comparisons(self) -> tuple[Comparison, ...]:
        """Return all comparisons in the parts."""
        return tuple(comparison for part in self.parts for comparison in part.comparisons())

    def source(self) -> str:
        """Write it in Python."""
        return "(" + " or ".join(part.source() for part in self.parts) + ")"


Node = Comparison | AllOf | AnyOf
"""What a condition consists of. There is no negation: ``not`` turns comparisons round as they are read."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read and understood.

    Attributes:
        text: As its author wrote it.
        root: What it means.
        counters: The counters in it. The methods need at least their values.
    """

    text: str
    root: Node
    counters: frozenset[str]

    def evaluate(self, values: Values) -> bool:
        """Tell whether it holds.

        Raises:
            KeyError: A counter has no value.
        """
        return self.root.holds(values)

    def progress(self, values: Values) -> Fraction:
        """Tell how far it is, from 0 to 1; exactly 1 means that it holds.

        Of parts joined by ``and`` the least advanced counts, by ``or`` the most advanced.

        Raises:
            KeyError: A counter has no value.
        """
        return self.root.progress(values)

    def missing(self, values: Values) -> tuple[Missing, ...]:
        """Tell what has to change for it to hold: nothing exactly when it holds.

        Of parts joined by ``and`` all that is missing, the least advanced first; by ``or`` what the most
        advanced one needs.

        Raises:
            KeyError: A counter has no value.
        """
        return self.root.missing(values)

    def comparisons(self) -> tuple[Comparison, ...]:
        """Return every comparison in it."""
        return self.root.comparisons()

    def source(self) -> str:
        """Write it as a Python expression over variables named like the counters."""
        return self.root.source()

    @property
    def threshold(self) -> tuple[str, int] | None:
        """The counter and the number of a condition that is only ``counter >= number``, otherwise None."""
        if isinstance(self.root, Comparison) and self.root.operator == ">=":
            return self.root.counter, self.root.number
        return None


def parse_condition(
    text: str, *, counters: Collection[str], file: str, entry: str, field: str = "condition"
) -> Condition:
    """Read a condition.

    Args:
        text: The condition.
        counters: The names that it may use: Python identifiers.
        file: The file it is in, for the error.
        entry: The entry it is in, for the error.
        field: The field it is in, for the error.

    Raises:
        ContentError: It is no condition, or names no known counter; with the column, counted from 1.
    """
    return _Parser(text, counters, file, entry, field).parse()


class _Token(NamedTuple):
    kind: str
    text: str
    column: int


class _Parser:
    """Reads one condition from left to right."""

    def __init__(self, text: str, counters: Collection[str], file: str, entry: str, field: str) -> None:
        self._text = text
        self._known = counters
        self._place = {"file": file, "entry": entry, "field": field}
        self._used: set[str] = set()
        self._tokens: list[_Token] = []
        self._depth = 0

    def parse(self) -> Condition:
        if len(self._text) > _MAX_LENGTH:
            self._fail(f"it has {len(self._text)} characters", f"at most {_MAX_LENGTH}", _MAX_LENGTH + 1)
        self._tokens = self._tokenize()[::-1]
        root = self._any_of(negated=False)
        if self._next.kind != "end":
            self._fail_here("'and', 'or' or the end", ("and", "or"))
        return Condition(self._text, root, frozenset(self._used))

    def _tokenize(self) -> list[_Token]:
        tokens: list[_Token] = []
        for match in _TOKEN.finditer(self._text):
            kind = str(match.lastgroup)
            token = _Token(kind, match[kind], match.start(kind) + 1)
            if kind == "wrong":
                meant = _MEANT.get(token.text)
                hint = f" (did you mean {meant!r}?)" if meant else ""
                expected = "counters, whole numbers, >= > <= < == !=, and, or, not, ( and )"
                self._fail(f"{token.text!r} means nothing here{hint}", expected, token.column)
            tokens.append(_Token(token.text, token.text, token.column) if token.text in _KEYWORDS else token)
        return [*tokens, _Token("end", "", len(self._text) + 1)]

    @property
    def _next(self) -> _Token:
        return self._tokens[-1]

    def _take(self, *texts: str) -> bool:
        if self._next.text not in texts:
            return False
        self._tokens.pop()
        return True

    def _any_of(self, *, negated: bool) -> Node:
        parts = [self._all_of(negated=negated)]
        while self._take("or"):
            parts.append(self._all_of(negated=negated))
        return _join(AllOf if negated else AnyOf, parts)

    def _all_of(self, *, negated: bool) -> Node:
        parts = [self._part(negated=negated)]
        while self._take("and"):
            parts.append(self._part(negated=negated))
        return _join(AnyOf if negated else AllOf, parts)

    def _part(self, *, negated: bool) -> Node:
        column = self._next.column
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._fail("it is nested too deeply", f"at most {_MAX_DEPTH - 1} levels", column)
        if self._take("not"):
            node = self._part(negated=not negated)
        elif self._take("("):
            node = self._any_of(negated=negated)
            if not self._take(")"):
                self._fail_here(f"')' for the '(' in column {column}", (")",))
        else:
            node = self._comparison(negated=negated)
        self._depth -= 1
        return node

    def _comparison(self, *, negated: bool) -> Comparison:
        if self._next.kind != "name":
            self._fail_here("a counter, such as messages")
        name = self._tokens.pop()
        if name.text not in self._known:
            self._fail_unknown(name)
        if self._next.kind != "operator":
            self._fail_here(f"a comparison, such as {name.text} >= 10")
        operator = self._tokens.pop().text
        if self._next.kind != "number":
            self._fail_here("a whole number")
        number = self._number(self._tokens.pop())
        self._used.add(name.text)
        return _comparison(name.text, _OPPOSITE[operator] if negated else operator, number)

    def _number(self, token: _Token) -> int:
        number = int(token.text) if _NUMBER.fullmatch(token.text) else -1
        if not 0 <= number <= MAX_TOTAL_XP:
            expected = f"a whole number up to {MAX_TOTAL_XP}"
            self._fail(f"{token.text} is no number for a counter", expected, token.column)
        return number

    def _fail_unknown(self, token: _Token) -> NoReturn:
        problem = f"there is no counter {token.text!r}{did_you_mean(token.text, self._known)}"
        self._fail(problem, "one of " + ", ".join(sorted(self._known)), token.column)

    def _fail_here(self, expected: str, candidates: Collection[str] = ()) -> NoReturn:
        token = self._next
        found = "it ends too early" if token.kind == "end" else f"{token.text!r} does not belong here"
        hint = f" (did you mean {token.text.lower()!r}?)" if token.text.lower() in candidates else ""
        self._fail(found + hint, expected, token.column)

    def _fail(self, problem: str, expected: str, column: int) -> NoReturn:
        raise ContentError(**self._place, problem=problem, expected=expected, column=column)


def _join(kind: type[AllOf | AnyOf], parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _comparison(counter: str, operator: str, number: int) -> Comparison:
    match operator:
        case ">=" | ">":
            return Comparison(counter, ">=", number + (operator == ">"))
        case "<=" | "<":
            return Comparison(counter, "<=", number - (operator == "<"))
        case "==":
            return Comparison(counter, "==", number)
        case _:
            return Comparison(counter, "!=", number)
