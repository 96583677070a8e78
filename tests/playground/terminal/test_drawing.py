"""How messages look in a terminal."""

from __future__ import annotations

from typing import Any

import pytest

from playground import World
from playground.model import LOADING, Attachment, MessageType
from playground.terminal.drawing import Drawing
from playground.terminal.screen import PlainScreen
from playground.terminal.wording import Wording, relative


@pytest.fixture
def world() -> World:
    """Give a world with ann."""
    world = World()
    world.add_member(world.guild, "ann", nick="Ann of Kyiv")
    return world


def draw(world: World, width: int = 60, pictures: dict[int, str] | None = None, **fields: Any) -> list[str]:
    """Return the lines of a message of the bot."""
    message = world.add_message(world.general, world.bot)
    for name, value in fields.items():
        setattr(message, name, value)
    drawing = Drawing(wording=Wording(world), pictures=pictures or {}, width=width)
    return ["".join(text for _, text in line) for line in drawing.draw(message)]


def test_text_is_wrapped_and_marks_are_left_out(world: World) -> None:
    """Emphasis, headings and small print lose their marks; long lines break at words."""
    content = "## A **bold** title\n-# small\n*leaning* and `code`, 2*3*4 and snake_case, \\*kept\\*"
    assert draw(world, content=content) == [
        "A bold title",
        "small",
        "leaning and `code`, 2*3*4 and snake_case, *kept*",
    ]
    assert draw(world, content="word " * 20, width=40) == [("word " * 8).strip()] * 2 + [
        ("word " * 4).strip()
    ]


def test_code_keeps_its_marks(world: World) -> None:
    """Where it begins and ends is seen, and nothing within it is emphasis, a mention or an escape."""
    content = "**`board unpin`** and ``a`b`` `*x* <@1> \\*` but *y*, \\`z` and ` alone"
    assert draw(world, content=content, width=90) == [
        "`board unpin` and ``a`b`` `*x* <@1> \\*` but y, `z` and ` alone"
    ]


def test_a_backslash_before_punctuation_is_not_seen(world: World) -> None:
    """What stands behind it is no mark and no mention; before anything else it stays."""
    content = r"\<@1> \@everyone \> \# \! \(a\) \[b\] 1\. \- \:x: \\ C:\new \<t:0:R\>"
    assert draw(world, content=content, width=90) == [
        r"<@1> @everyone > # ! (a) [b] 1. - :x: \ C:\new <t:0:R>"
    ]


def test_code_keeps_its_spaces(world: World) -> None:
    """What stands between fences is shown as it is."""
    assert draw(world, content="```\na    b\n  **c**\n```") == ["a    b", "  **c**"]


def test_mentions_and_times_are_written_out(world: World) -> None:
    """People, roles, channels, commands and instants are shown as Discord shows them."""
    ann = world.find_member("ann")
    assert ann is not None
    role = world.add_role(world.guild, "stars")
    at = world.clock.now_ms // 1000
    content = (
        f"{ann.mention} {role.mention} {world.general.mention} <@1> <#2> </daily:3> <:wave:4>\n"
        f"<t:{at + 7200}:R> <t:{at}:t> <t:{at}:D> <t:{at}>"
    )
    assert draw(world, content=content) == [
        "@Ann of Kyiv @stars #general @unknown #unknown /daily :wave:",
        "in 2 hours 12:00 2 January 2040 2 January 2040 12:00",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "now"),
        (1, "in 1 second"),
        (-59, "59 seconds ago"),
        (89, "in 1 minute"),
        (90, "in 2 minutes"),
        (59 * 60 + 29, "in 59 minutes"),
        (59 * 60 + 30, "in 1 hour"),
        (3_600, "in 1 hour"),
        (11 * 3_600 + 59 * 60, "in 12 hours"),
        (-(23 * 3_600 + 45 * 60), "1 day ago"),
        (47 * 3_600 + 59 * 60, "in 2 days"),
        (-172_900, "2 days ago"),
    ],
)
def test_distances_in_time(seconds: int, words: str) -> None:
    """The nearest number of the unit that fits best, ahead or back."""
    assert relative(seconds * 1000) == words


def test_an_embed_has_a_bar(world: World) -> None:
    """Author, title, text, fields and footer; short fields stand beside each other, three in a row."""
    fields = [{"name": name, "value": "1", "inline": True} for name in "abcd"]
    fields.append({"name": "Long", "value": "one\ntwo", "inline": True})
    embed = {
        "author": {"name": "ann"},
        "title": "Title",
        "description": "**text**",
        "fields": fields,
        "footer": {"text": "foot"},
        "image": {"url": "attachment://card.png"},
    }
    assert draw(world, embeds=[embed]) == [
        "│ ann",
        "│ Title",
        "│ text",
        "│ a: 1   b: 1   c: 1",
        "│ d: 1",
        "│ Long",
        "│   one",
        "│   two",
        "│ (image: attachment://card.png)",
        "│ foot",
    ]


def test_fields_that_do_not_fit_stand_below_each_other(world: World) -> None:
    """A row wider than the screen is a column."""
    fields = [{"name": "n" * 10, "value": "v" * 10, "inline": True} for _ in range(2)]
    assert draw(world, embeds=[{"fields": fields}], width=42) == ["│ nnnnnnnnnn: vvvvvvvvvv"] * 2


def test_buttons_and_menus_are_numbered(world: World) -> None:
    """What can be pressed has its number in brackets, what cannot in parentheses; links need none."""
    buttons = [
        {"type": 2, "style": 2, "label": "Next", "custom_id": "a", "emoji": {"name": "▶"}},
        {"type": 2, "style": 2, "label": "Back", "custom_id": "b", "disabled": True},
        {"type": 2, "style": 5, "label": "Docs", "url": "https://example.org"},
    ]
    menu = {
        "type": 3,
        "custom_id": "c",
        "placeholder": "Metal",
        "options": [{"label": "Gold", "value": "au"}],
    }
    components = [{"type": 1, "components": buttons}, {"type": 1, "components": [menu]}]
    assert draw(world, content="x", components=components) == [
        "x",
        "[1 ▶ Next]  (2 Back)  [Docs: https://example.org]  [4 Metal ▾ Gold]",
    ]


def test_files_reactions_and_waiting_are_shown(world: World) -> None:
    """A file with its size, its description and its place; reactions with their counts."""
    file = Attachment(7, "card.png", b"", "image/png", description="a card", size_px=(9, 8))
    assert draw(world, attachments=[file], pictures={7: "/tmp/card.png"}, reactions={"👍": [1, 2]}) == [  # noqa: S108 -- only a text
        "[card.png, 9 × 8] a card /tmp/card.png",
        "👍 2",
    ]
    file.description = "Playground\n1. ann: 425 XP\n\n2. bob: 3 XP\n"
    assert draw(world, attachments=[file]) == ["[card.png, 9 × 8] Playground · 1. ann: 425 XP · 2. bob: 3 XP"]
    assert draw(world, flags=LOADING) == ["is thinking …"]
    assert draw(world) == ["(nothing to see)"]
    assert draw(world, type=MessageType.PIN) == ["(pinned a message)"]


def test_a_plain_screen_writes_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    """What people write steers no terminal; blanks at the end of a line are left out."""
    PlainScreen().show([("name", "ann "), ("", "a\x1b[31mb\x07\u202ec  ")])
    assert capsys.readouterr().out == "ann a[31mbc\n"
