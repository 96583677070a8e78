"""What is remembered of messages that earned nothing, and what is forgotten first."""

from __future__ import annotations

import pytest

from cogs import recent_refusals
from cogs.recent_refusals import MESSAGES_OF_MEMBER, RecentRefusals
from leveling_core.earning import MessageAnswer
from leveling_core.earning_rules import MAX_CEILING_XP

GUILD, OTHER, PLACE = 900, 901, 77
ANN, BOB, CYD, DAN = 1, 2, 3, 4
OFF = MessageAnswer(refusal="leveling_off")


@pytest.fixture
def memory() -> RecentRefusals:
    """Give an empty memory."""
    return RecentRefusals(since_at=5)


def ids_of(memory: RecentRefusals, user_id: int, guild_id: int = GUILD) -> list[int]:
    """Return the messages of a member that are remembered."""
    return [message.message_id for message in memory.list_of(guild_id, user_id)]


def note(memory: RecentRefusals, user_id: int, message_id: int, guild_id: int = GUILD) -> None:
    """Remember a message."""
    memory.note(guild_id, user_id, message_id, PLACE, OFF)


def test_nothing_is_remembered_of_nobody(memory: RecentRefusals) -> None:
    """Whoever has written nothing is no fault."""
    assert memory.list_of(GUILD, ANN) == []
    assert memory.find(GUILD, ANN, 1) is None
    assert memory.since_at == 5


@pytest.mark.parametrize(
    "answer",
    [
        MessageAnswer(refusal="cooldown", wait_ms=23_000),
        MessageAnswer(
            refusal="ceiling", refused_by="earning.minute_ceiling_xp", until_at=1_767_225_660_000, most_xp=1
        ),
        MessageAnswer(
            refusal="ceiling",
            refused_by="earning.day_ceiling_xp",
            until_at=1_767_312_000_000,
            most_xp=MAX_CEILING_XP,
        ),
        MessageAnswer(refusal="no_xp_channel", refused_by="scope.no_xp_channels", refused_id=77),
        MessageAnswer(refusal="older_than_award"),
    ],
)
def test_an_answer_comes_back_as_it_was(memory: RecentRefusals, answer: MessageAnswer) -> None:
    """All that a reply tells of it is kept."""
    memory.note(GUILD, ANN, 11, PLACE, answer)
    [message] = memory.list_of(GUILD, ANN)
    assert (message.message_id, message.place_id, message.answer) == (11, PLACE, answer)


def test_the_last_five_of_a_member_are_kept(memory: RecentRefusals) -> None:
    """Newest first."""
    for message_id in range(1, 9):
        note(memory, ANN, message_id)
    assert ids_of(memory, ANN) == [8, 7, 6, 5, 4]
    assert MESSAGES_OF_MEMBER == 5


def test_what_was_said_first_of_a_message_stands(memory: RecentRefusals) -> None:
    """Told of it again, the rules say that it was counted before; that is not why it earned nothing."""
    memory.note(GUILD, ANN, 1, PLACE, MessageAnswer(refusal="cooldown", wait_ms=1))
    memory.note(GUILD, ANN, 1, PLACE, MessageAnswer(refusal="already_counted"))
    found = memory.find(GUILD, ANN, 1)
    assert found is not None
    assert found.answer.refusal == "cooldown"


def test_guilds_are_apart(memory: RecentRefusals) -> None:
    """One person in two servers is two members."""
    note(memory, ANN, 1)
    note(memory, ANN, 2, OTHER)
    assert (ids_of(memory, ANN), ids_of(memory, ANN, OTHER)) == ([1], [2])


def test_a_raid_forgets_nobody_elsewhere(memory: RecentRefusals, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a guild's members those who wrote last are kept."""
    monkeypatch.setattr(recent_refusals, "MAX_MEMBERS_OF_GUILD", 2)
    note(memory, ANN, 1, OTHER)
    for message_id, user_id in enumerate((ANN, BOB, ANN, CYD), 10):
        note(memory, user_id, message_id)
    assert ids_of(memory, ANN) == [12, 10]
    assert (ids_of(memory, BOB), ids_of(memory, CYD)) == ([], [13])
    assert ids_of(memory, ANN, OTHER) == [1]


def test_the_whole_is_bounded(memory: RecentRefusals, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guild that has had no newcomer for the longest time gives way, its quietest member first."""
    monkeypatch.setattr(recent_refusals, "MAX_MEMBERS", 3)
    note(memory, ANN, 1, OTHER)
    note(memory, BOB, 2, OTHER)
    note(memory, CYD, 3)
    note(memory, DAN, 4)
    assert ids_of(memory, ANN, OTHER) == []
    note(memory, ANN, 5)
    assert ids_of(memory, BOB, OTHER) == []
    assert [ids_of(memory, user_id) for user_id in (CYD, DAN, ANN)] == [[3], [4], [5]]
    note(memory, BOB, 6)
    assert [ids_of(memory, user_id) for user_id in (CYD, DAN, ANN, BOB)] == [[], [4], [5], [6]]
