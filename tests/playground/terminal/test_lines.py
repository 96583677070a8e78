"""What a typed line means."""

from __future__ import annotations

import pytest

from playground.errors import PlaygroundError
from playground.terminal.lines import Order, Remark, Spoken, read_line

NAMES = ("ann", "bob")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ann: hello", Spoken("ann", "hello")),
        ("@ann: hello: there", Spoken("ann", "hello: there")),
        ("  bob:\thello  ", Spoken("bob", "hello")),
        ("hello", Spoken(None, "hello")),
        ("bob:", Spoken("bob", "")),
        ("ann: !daily", Spoken("ann", "!daily")),
        ("/profile", Spoken(None, "/profile")),
        ("ann: /profile bob", Spoken("ann", "/profile bob")),
        (":press 1", Order(None, "press", "1")),
        ("ann: :press 1", Order("ann", "press", "1")),
        (":tomorrow", Order(None, "tomorrow", "")),
        (":wait   2h ", Order(None, "wait", "2h")),
        ("# a remark", Remark("a remark")),
        ("#general is nice", Spoken(None, "#general is nice")),
        ("## heading", Spoken(None, "## heading")),
        (":) nice", Spoken(None, ":) nice")),
        ("look: https://example.org", None),
        ("https://example.org/a: b", Spoken(None, "https://example.org/a: b")),
        ("!config set a: b", Spoken(None, "!config set a: b")),
        ("", None),
        ("   ", None),
    ],
)
def test_a_line_means_one_thing(text: str, meant: object) -> None:
    """Speech, slash commands, orders and remarks are told apart; a stranger is named as one."""
    if text.startswith("look"):
        with pytest.raises(PlaygroundError, match="nobody here is called 'look'; :join look"):
            read_line(text, NAMES)
    else:
        assert read_line(text, NAMES) == meant


def test_only_a_slash_with_a_name_is_a_slash_command() -> None:
    """A lone slash is text."""
    assert [Spoken(None, text).is_slash for text in ("/profile", "/", "a/b", "")] == [
        True,
        False,
        False,
        False,
    ]
