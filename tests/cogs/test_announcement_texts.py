"""Announcements in words."""

from __future__ import annotations

import pytest

from cogs.announcement_texts import AnnouncementWriter
from cogs.ui.packing import MESSAGE_CHARACTERS
from data import load_texts
from leveling_core.achievements import Catalogue
from leveling_core.announcing import GoalNotice, MemberNotice, Notice, Unlocked

CONTENT = {
    "category": [{"id": "all", "name": "All", "emoji": "🌱"}],
    "achievement": [
        {
            "id": f"a{number}",
            "name": f"Name {number}",
            "description": "…",
            "emoji": "🌱",
            "category": "all",
            "tier": "bronze",
            "condition": "messages >= 1",
            "xp": 0,
            "secret": number == 0,
        }
        for number in range(13)
    ],
}
WRITER = AnnouncementWriter(load_texts(), Catalogue.from_mapping(CONTENT, file="test"))


def unlocked(*numbers: int) -> tuple[Unlocked, ...]:
    """Unlock achievements of the catalogue above."""
    return tuple(Unlocked(f"a{number}") for number in numbers)


@pytest.mark.parametrize(
    ("notice", "text"),
    [
        (MemberNotice(1, 1234), "🎉 ann reached level 1,234!"),
        (MemberNotice(1, 5, unlocked(1)), "🎉 ann reached level 5 and unlocked the achievement **Name 1**!"),
        (
            MemberNotice(1, 5, unlocked(1, 2)),
            "🎉 ann reached level 5 and unlocked 2 achievements: **Name 1**, **Name 2**!",
        ),
        (
            MemberNotice(1, 5, role_ids=(7,)),
            "🎉 ann reached level 5 and earned the role **Regular**!",
        ),
        (
            MemberNotice(1, 5, role_ids=(7, 8)),
            "🎉 ann reached level 5 and earned 2 roles: **Regular**, **Veteran**!",
        ),
        (
            MemberNotice(1, 5, unlocked(1), (7,)),
            "🎉 ann reached level 5, earned the role **Regular** and unlocked the achievement **Name 1**!",
        ),
        (
            MemberNotice(1, 5, unlocked(1, 2), (7, 8)),
            (
                "🎉 ann reached level 5, earned 2 roles (**Regular**, **Veteran**) and unlocked 2"
                " achievements: **Name 1**, **Name 2**!"
            ),
        ),
        (MemberNotice(1, 5, role_ids=(9,)), "🎉 ann reached level 5!"),
        (MemberNotice(1, None, unlocked(1)), "🏅 ann unlocked the achievement **Name 1**!"),
        (MemberNotice(1, None, (Unlocked("a1", 3),)), "🏅 ann unlocked the achievement **Name 1** ×3!"),
        (MemberNotice(1, None, unlocked(0)), "🏅 ann unlocked the achievement **a secret one**!"),
        (MemberNotice(1, None, (Unlocked("gone_1"),)), r"🏅 ann unlocked the achievement **gone\_1**!"),
        (
            GoalNotice(1, 15),
            "🎯 Today’s goal is reached: 1 member claimed the daily, for a bonus of 15 XP.",
        ),
    ],
)
def test_lines(notice: Notice, text: str) -> None:
    """Each notice is one line, with its numbers and names; a role without a name is not told of."""
    assert WRITER.write([notice], {1: "ann"}, {7: "Regular", 8: "Veteran"}) == [text]


def test_many_achievements_are_counted() -> None:
    """Ten are named, the others counted: a line stays readable."""
    [text] = WRITER.write([MemberNotice(1, 50, unlocked(*range(1, 13)))], {1: "ann"})
    assert "unlocked 12 achievements" in text
    assert text.endswith("**Name 10** and 2 more!")


def test_a_member_without_a_name_is_passed_over() -> None:
    """Who has left is not told of; the others are."""
    assert WRITER.write([MemberNotice(1, 2), MemberNotice(2, 3)], {2: "bob"}) == ["🎉 bob reached level 3!"]
    assert WRITER.write([MemberNotice(1, 2)], {}) == []


def test_many_lines_are_split_between_lines() -> None:
    """No message is longer than Discord takes, and no line is torn."""
    names = {number: f"member number {number}" for number in range(200)}
    messages = WRITER.write([MemberNotice(number, 2) for number in names], names)
    assert len(messages) > 1
    assert all(len(message) <= MESSAGE_CHARACTERS for message in messages)
    assert "\n".join(messages).count("reached level 2!") == 200
    assert all(line.endswith("!") for message in messages for line in message.splitlines())
