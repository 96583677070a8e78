"""What messages and commands earn."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import load_catalogue
from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.documents import RulesRecord
from leveling_core.earning import MessageAnswer, decide_command, decide_message
from leveling_core.facts import CommandCompleted, MessagePosted
from leveling_core.ids import rules_key
from leveling_core.multipliers import apply_multipliers
from leveling_core.outcomes import AchievementUnlocked, LevelReached, Multiplier, Part, XpGained
from tests.core.world import ANN, BOB, CHANNEL, GUILD, MINUTE, START_AT, World, snowflake

LOWEST, HIGHEST = 0, 2**32 - 1


def _post(
    world: World,
    at: int,
    *,
    number: int = 0,
    user_id: int = ANN,
    dice: int = LOWEST,
    length: int = 10,
    image: bool = False,
    link: bool = False,
) -> MessageAnswer:
    fact = MessagePosted(GUILD, user_id, CHANNEL, snowflake(at, number), length, image, link, dice, session=1)
    return world.run(partial(decide_message, fact=fact, catalogue=world.catalogue))


def _gained(world: World) -> list[XpGained]:
    return [line.outcome for line in world.lines if isinstance(line.outcome, XpGained)]


@pytest.mark.parametrize(("dice", "xp"), [(LOWEST, 15), (HIGHEST, 25), (2**31, 20)])
def test_a_message_earns_what_its_dice_say(dice: int, xp: int) -> None:
    """A message earns 15 to 25 XP; the dice decide."""
    world = World()
    assert _post(world, START_AT, dice=dice).xp == xp
    assert world.member().xp == xp


def test_every_roll_is_equally_likely() -> None:
    """Dice spread evenly make every roll from 15 to 25, each as often as the others."""
    rolls = []
    for step in range(1100):
        world = World()
        rolls.append(_post(world, START_AT, dice=step * (2**32 // 1100)).xp)
    counts = {xp: rolls.count(xp) for xp in range(15, 26)}
    assert sum(counts.values()) == 1100
    assert all(99 <= count <= 101 for count in counts.values())


def test_the_cooldown_is_by_the_messages_own_time() -> None:
    """59.999 s after a message that earned the next earns nothing, at 60 s it does."""
    world = World()
    _post(world, START_AT)
    refused = _post(world, START_AT + MINUTE - 1, number=1)
    assert (refused.refusal, refused.wait_ms, refused.xp) == ("cooldown", 1, 0)
    assert _post(world, START_AT + MINUTE, number=2).xp == 15


def test_the_cooldown_counts_from_the_last_message_that_earned() -> None:
    """A refused message does not prolong the cooldown."""
    world = World()
    _post(world, START_AT)
    _post(world, START_AT + MINUTE - 1000)
    assert _post(world, START_AT + MINUTE + 1000).xp == 15


def test_members_do_not_share_a_cooldown() -> None:
    """One member's cooldown is no other's."""
    world = World()
    _post(world, START_AT)
    assert _post(world, START_AT + 1, user_id=BOB).xp == 15


def test_a_message_in_the_cooldown_is_counted_and_told_by_the_next_award() -> None:
    """It writes no line; the next award's line carries the counters and how many were refused."""
    world = World()
    _post(world, START_AT)
    _post(world, START_AT + 1000, image=True, length=100)
    _post(world, START_AT + 2000, link=True, length=99)
    member = world.member()
    assert (member.messages, member.images, member.links, member.long_messages) == (3, 1, 1, 1)
    assert len(world.lines) == 1
    _post(world, START_AT + MINUTE)
    last = _gained(world)[-1]
    assert last.refused == {"cooldown": 2}
    assert last.counters == {"messages": 3, "images": 1, "links": 1, "long_messages": 1}
    assert world.member().refused == {}


def test_a_booster_earns_half_more_rounded_half_up() -> None:
    """15 × 1.5 = 22.5 makes 23, and the line names the multiplier."""
    world = World()
    world.set_member(boosting_since=START_AT - 1)
    assert _post(world, START_AT).xp == 23
    outcome = _gained(world)[0]
    assert outcome.parts == (Part("roll", 15),)
    assert outcome.multipliers == (Multiplier("booster", 3, 2),)


@given(
    xp=st.integers(0, 10**6),
    factors=st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 1000)), max_size=4),
)
def test_multipliers_round_once_half_up(xp: int, factors: list[tuple[int, int]]) -> None:
    """The product of all factors is exact; only the result is rounded, half up."""
    numerator, denominator = xp, 1
    for top, bottom in factors:
        numerator, denominator = numerator * top, denominator * bottom
    result = apply_multipliers(xp, [Multiplier("any", top, bottom) for top, bottom in factors])
    assert 2 * result * denominator <= 2 * numerator + denominator < 2 * (result + 1) * denominator


def test_a_message_told_twice_earns_once() -> None:
    """A replay changes nothing and is answered as such."""
    world = World()
    _post(world, START_AT)
    before = world.member()
    assert _post(world, START_AT).refusal == "already_counted"
    assert world.member() == before


def test_nothing_is_earned_or_counted_while_leveling_is_off() -> None:
    """A guild that is switched off keeps nothing of a message or command."""
    world = World(general__enabled=False)
    assert _post(world, START_AT).refusal == "leveling_off"
    fact = CommandCompleted(GUILD, ANN, CHANNEL, snowflake(START_AT))
    world.run(partial(decide_command, fact=fact, catalogue=world.catalogue))
    assert (world.member().messages, world.member().commands, world.lines) == (0, 0, [])


def test_a_guild_changes_its_numbers() -> None:
    """Range, cooldown, and length of a long message are the guild's own."""
    world = World(
        earning__message_min_xp=7,
        earning__message_max_xp=7,
        earning__cooldown_seconds=0,
        earning__long_message_length=5,
    )
    _post(world, START_AT)
    assert _post(world, START_AT + 1).xp == 7
    assert world.member().long_messages == 2


def test_a_level_is_reached_once_and_told_once() -> None:
    """The award that crosses a threshold writes one line that names both levels."""
    world = World()
    world.set_member(xp=99)
    answer = _post(world, START_AT)
    assert answer.progress is not None
    assert (answer.progress.level_from, answer.progress.level_to) == (1, 2)
    assert [line.outcome for line in world.lines][-1] == LevelReached(level_from=1, level_to=2, total_xp=114)
    _post(world, START_AT + MINUTE)
    assert world.kinds().count("level_reached") == 1


def test_a_total_never_passes_the_ceiling() -> None:
    """At 2^53 − 1 XP an award adds what still fits, and its line says so."""
    world = World()
    world.set_member(xp=MAX_TOTAL_XP - 5)
    assert _post(world, START_AT).xp == 5
    assert _post(world, START_AT + MINUTE).xp == 0
    assert world.member().xp == MAX_TOTAL_XP
    assert sum(line.outcome.xp for line in world.lines) == 5


def test_who_writes_is_back_on_the_boards() -> None:
    """A message of somebody taken for gone says that they are here."""
    world = World()
    world.set_member(present=False)
    _post(world, START_AT)
    assert world.member().present
    assert world.kinds()[0] == "member_returned"


def test_a_command_is_counted_and_unlocks() -> None:
    """The 25th command unlocks its achievement; commands before write no line."""
    world = World(load_catalogue())
    for number in range(25):
        fact = CommandCompleted(GUILD, ANN, CHANNEL, snowflake(START_AT, number))
        world.run(partial(decide_command, fact=fact, catalogue=world.catalogue))
    assert world.member().commands == 25
    outcomes = [line.outcome for line in world.lines]
    assert outcomes == [
        AchievementUnlocked(
            xp=50, source="achievement", achievement_id="command_novice", counters={"achievements": 1}
        )
    ]


def test_a_counter_unlocks_inside_the_cooldown_too() -> None:
    """The 100th message unlocks its achievement although it earns nothing itself."""
    world = World(load_catalogue())
    world.set_member(messages=98)
    _post(world, START_AT)
    answer = _post(world, START_AT + 1000)
    assert answer.refusal == "cooldown"
    assert answer.progress is not None
    assert answer.progress.unlocked == ("chatterbox",)
    assert world.member().xp == 15 + 75


def test_a_message_told_late_is_refused_for_what_it_is() -> None:
    """A message older than the last that earned is counted, and its refusal names no cooldown left."""
    world = World()
    _post(world, START_AT + 2 * 60 * MINUTE)
    late = _post(world, START_AT)
    assert (late.refusal, late.wait_ms) == ("older_than_award", 0)
    assert world.member().refused == {"older_than_award": 1}


def test_who_writes_inside_the_cooldown_is_back_too() -> None:
    """Whether a message earns does not matter for being here."""
    world = World()
    world.set_member(present=False, last_award_at=START_AT)
    _post(world, START_AT + 1000)
    assert world.member().present
    assert world.kinds() == ["member_returned"]


def test_the_first_message_fixes_a_guilds_defaults() -> None:
    """A guild that was never seen gets its rules record with its first message."""
    world = World()
    _post(world, START_AT)
    record = world.records[rules_key(GUILD)]
    assert isinstance(record, RulesRecord)
    assert (record.version, record.changes) == (1, {})
