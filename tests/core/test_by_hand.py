"""XP by hand: giving, taking, setting, and taking that back."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveling_core.achievements import Catalogue
from leveling_core.by_hand import XpChange, decide_xp_change, decide_xp_undo, xp_batch_of
from leveling_core.curves import MAX_TOTAL_XP
from leveling_core.earning import decide_message
from leveling_core.errors import (
    AmountError,
    BatchUndoneError,
    NothingToUndoError,
    ReasonTooLongError,
    SetSinceError,
    UnknownMemberError,
)
from leveling_core.facts import MessagePosted, XpChangeRequested, XpUndoRequested
from leveling_core.member import MemberRecord, Unlock
from leveling_core.outcomes import (
    AchievementRevoked,
    AchievementUnlocked,
    LevelLost,
    LevelReached,
    XpAdjusted,
)
from leveling_core.periods import utc_day_of
from tests.core.achievement_content import achievement, catalogue_of
from tests.core.world import ANN, CHANNEL, DAY, GUILD, MINUTE, NO_ACHIEVEMENTS, START_AT, World, snowflake

Mode = Literal["give", "take", "set", "reset"]

ADMIN, OTHER = 50, 51

COLLECTOR = catalogue_of(
    achievement("collector", "xp >= 1000", xp=100),
    achievement("riser", "level >= 5", xp=50),  # 800 XP
    achievement("regular", "xp >= 500", xp=10, repeatable=500),
)


class Desk:
    """An admin's desk in a world: each thing done there has an event of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.number = 0
        self.at = START_AT

    def event(self) -> int:
        """Return the snowflake of the next event."""
        self.number += 1
        return snowflake(self.at, self.number)

    def change(self, mode: Mode, amount: int = 0, **fields: Any) -> XpChange:
        """Change Ann's XP."""
        given = {"user_id": ANN, "actor_id": ADMIN, "event_id": self.event(), **fields}
        fact = XpChangeRequested(guild_id=GUILD, mode=mode, amount_xp=amount, **given)
        return self.world.run(partial(decide_xp_change, fact=fact, catalogue=self.world.catalogue))

    @property
    def last_batch(self) -> str:
        """The batch of the last change."""
        return next(line.batch for line in reversed(self.world.lines) if line.batch.startswith("xp:"))

    def undo(self, batch: str = "", actor_id: int = ADMIN) -> XpChange:
        """Undo a batch, by default the last."""
        fact = XpUndoRequested(GUILD, actor_id, self.event())
        named = batch or self.last_batch
        return self.world.run(partial(decide_xp_undo, fact=fact, batch=named, catalogue=self.world.catalogue))

    def message(self) -> None:
        """Let Ann write a message that earns 15 XP."""
        self.at += MINUTE
        fact = MessagePosted(GUILD, ANN, CHANNEL, self.event(), 10, False, False, 0, session=1)
        self.world.run(partial(decide_message, fact=fact, catalogue=self.world.catalogue))


def desk_of(catalogue: Catalogue = NO_ACHIEVEMENTS, **rules: object) -> Desk:
    """Make a desk in a new world."""
    return Desk(World(catalogue, **rules))


def test_giving() -> None:
    """What is given is added, the level follows, and the lines say who did it and why."""
    desk = desk_of()
    desk.world.set_member(xp=120)
    answer = desk.change("give", 500, reason="won the contest")
    assert (answer.xp_before, answer.xp_after, answer.changed_xp) == (120, 620, 500)
    assert (answer.progress.level_from, answer.progress.level_to) == (2, 4)
    assert desk.world.member().xp == 620
    adjusted, level = desk.world.lines
    assert adjusted.outcome == XpAdjusted(
        xp=500,
        source="admin",
        mode="give",
        requested_xp=500,
        total_before=120,
        total_xp=620,
        reason="won the contest",
    )
    assert level.outcome == LevelReached(source="admin", level_from=2, level_to=4, total_xp=620)
    for line in (adjusted, level):
        assert (line.actor_id, line.user_id, line.batch) == (ADMIN, ANN, xp_batch_of(line.cause))


def test_it_happens_nowhere() -> None:
    """Its lines name no channel: what is announced "here" would be told where admins talk."""
    desk = desk_of()
    desk.change("give", 500)
    assert {(line.channel_id, line.thread_id, line.origin) for line in desk.world.lines} == {(0, 0, "live")}


def test_taking_loses_levels_and_no_achievements() -> None:
    """A lost level is told as such; what was unlocked stays, and is not paid again."""
    desk = desk_of(COLLECTOR)
    desk.change("give", 1000)
    unlocked = desk.world.member().achievements
    total = desk.world.member().xp
    answer = desk.change("take", 900)
    assert desk.world.member().xp == total - 900
    assert desk.world.member().achievements == unlocked
    assert isinstance(desk.world.lines[-1].outcome, LevelLost)
    assert answer.progress.level_to < answer.progress.level_from
    desk.change("give", 900)
    assert desk.world.member().achievements.keys() == unlocked.keys()
    assert desk.world.member().xp == total


def test_no_total_is_below_zero() -> None:
    """Of more than there is, only what is there is taken; the answer and the line say both."""
    desk = desk_of()
    desk.world.set_member(xp=120)
    answer = desk.change("take", 500)
    assert (answer.asked_xp, answer.changed_xp, answer.xp_after) == (-500, -120, 0)
    outcome = desk.world.lines[0].outcome
    assert isinstance(outcome, XpAdjusted)
    assert (outcome.requested_xp, outcome.xp) == (-500, -120)


def test_no_total_is_above_the_most() -> None:
    """Beyond the most that a total can be nothing is added."""
    desk = desk_of()
    desk.world.set_member(xp=MAX_TOTAL_XP - 5)
    answer = desk.change("give", 500)
    assert (answer.asked_xp, answer.changed_xp, answer.xp_after) == (500, 5, MAX_TOTAL_XP)


def test_setting_comes_before_achievements() -> None:
    """What the total unlocks is paid on top, and told apart."""
    desk = desk_of(COLLECTOR)
    answer = desk.change("set", 1000)
    assert (answer.changed_xp, answer.rewards_xp, answer.xp_after) == (1000, 100 + 50 + 20, 1170)
    assert set(answer.progress.unlocked) == {"collector", "riser", "regular"}
    answer = desk.change("set", 200)
    assert (answer.asked_xp, answer.changed_xp, answer.xp_after) == (-970, -970, 200)


def test_resetting_is_about_xp_alone() -> None:
    """Counters, streak, cooldown and achievements stay."""
    desk = desk_of()
    past: dict[str, Any] = {
        "messages": 7,
        "streak": 3,
        "last_award_at": START_AT,
        "achievements": {"first": Unlock(1)},
    }
    desk.world.set_member(xp=500, **past)
    desk.change("reset")
    assert desk.world.member() == MemberRecord(xp=0, **past)


@pytest.mark.parametrize(("mode", "amount"), [("set", 120), ("take", 9)])
def test_what_changes_nothing_is_no_change(mode: Mode, amount: int) -> None:
    """It writes nothing, so there is nothing to undo."""
    desk = desk_of()
    desk.world.set_member(xp=120 if mode == "set" else 0)
    answer = desk.change(mode, amount)
    assert (answer.changed_xp, answer.xp_before) == (0, answer.xp_after)
    assert desk.world.lines == []


@pytest.mark.parametrize(
    ("mode", "amount"), [("give", 0), ("give", -5), ("take", 10**9 + 1), ("set", -1), ("set", 10**9 + 1)]
)
def test_amounts_are_held_to_their_bounds(mode: Mode, amount: int) -> None:
    """Whatever a client lets through."""
    with pytest.raises(AmountError):
        desk_of().change(mode, amount)


def test_reasons_are_bounded() -> None:
    """200 characters are kept; one more is refused, nothing is cut."""
    desk = desk_of()
    desk.change("give", 1, reason="x" * 200)
    with pytest.raises(ReasonTooLongError):
        desk.change("give", 1, reason="x" * 201)


def test_who_left_can_be_changed_and_who_was_never_here_cannot() -> None:
    """Progress that is kept can be put right; being given XP puts nobody back into the guild."""
    desk = desk_of()
    with pytest.raises(UnknownMemberError):
        desk.change("give", 5, in_guild=False)
    desk.world.set_member(xp=5, present=False)
    desk.change("give", 5, in_guild=False)
    assert (desk.world.member().xp, desk.world.member().present) == (10, False)


def test_it_works_while_leveling_is_off() -> None:
    """And the answer knows that it is off."""
    desk = desk_of(general__enabled=False)
    assert not desk.change("give", 5).is_enabled
    assert desk.world.member().xp == 5


# undo


def test_undoing_takes_back_what_was_added() -> None:
    """XP, level and achievements are as before; the lines are of an undo and name what they undo."""
    desk = desk_of(COLLECTOR)
    desk.world.set_member(xp=120)
    desk.change("give", 1000)
    batch, before = desk.last_batch, len(desk.world.lines)
    answer = desk.undo()
    assert desk.world.member() == MemberRecord(xp=120)
    assert answer.undone is not None
    assert (answer.user_id, answer.changed_xp, answer.xp_after) == (ANN, -1000, 120)
    assert set(answer.undone.revoked) == {"collector", "riser", "regular"}
    lines = desk.world.lines[before:]
    assert [type(line.outcome) for line in lines] == [
        XpAdjusted,
        AchievementRevoked,
        AchievementRevoked,
        AchievementRevoked,
        LevelLost,
    ]
    assert {(line.origin, line.correlation, line.actor_id) for line in lines} == {("undo", batch, ADMIN)}


def test_nothing_is_undone_twice() -> None:
    """Not by a second undo, and an undo itself is none of the changes."""
    desk = desk_of()
    desk.change("give", 10)
    batch = desk.last_batch
    desk.undo()
    for named in (batch, desk.world.lines[-1].batch, "xp:1"):
        with pytest.raises((BatchUndoneError, NothingToUndoError)):
            desk.undo(named)
    assert desk.world.member().xp == 0


def test_only_what_was_added_is_taken_back() -> None:
    """A gift that was cut at the most is taken back as much as it was."""
    desk = desk_of()
    desk.world.set_member(xp=MAX_TOTAL_XP - 5)
    desk.change("give", 500)
    assert desk.undo().changed_xp == -5
    assert desk.world.member().xp == MAX_TOTAL_XP - 5


def test_an_undo_is_cut_at_zero_too() -> None:
    """If the XP is not there any more, the answer says how much was."""
    desk = desk_of()
    desk.change("give", 500)
    gift = desk.last_batch
    desk.change("take", 450, actor_id=OTHER)
    answer = desk.undo(gift)
    assert (answer.asked_xp, answer.changed_xp, answer.xp_after) == (-500, -50, 0)


def test_what_was_earned_meanwhile_stays_unlocked() -> None:
    """An achievement that holds without the gift by now is not revoked, with its date and its XP."""
    desk = desk_of(COLLECTOR)
    desk.world.set_member(xp=990)
    desk.change("give", 20)
    unlocked = desk.world.member().achievements["collector"]
    desk.message()  # 990 + 15: enough without the gift
    answer = desk.undo()
    assert desk.world.member().achievements["collector"] == unlocked
    assert answer.undone is not None
    assert "collector" not in answer.undone.revoked


def test_an_achievement_does_not_hold_itself_up() -> None:
    """Its own reward is no reason for it to stay; nor are two a reason for each other."""
    catalogue = catalogue_of(
        achievement("first", "xp >= 1000", xp=300), achievement("second", "xp >= 1200", xp=300)
    )
    desk = desk_of(catalogue)
    desk.world.set_member(xp=950)
    desk.change("give", 60)
    assert desk.world.member().xp == 950 + 60 + 600
    desk.undo()
    assert desk.world.member() == MemberRecord(xp=950)


def test_a_repeatable_one_goes_back_to_where_it_was() -> None:
    """Times that were there before stay, and so do those that are earned without the gift by now."""
    desk = desk_of(catalogue_of(achievement("regular", "xp >= 500", xp=0, repeatable=500)))
    desk.change("give", 1200)
    first = desk.world.member().achievements["regular"]
    assert first.times == 2
    desk.change("give", 1500)
    assert desk.world.member().achievements["regular"].times == 5
    desk.undo()
    assert desk.world.member().achievements["regular"] == first
    desk.change("give", 1500)
    gift = desk.last_batch
    desk.change("give", 700)  # 3400: once more, and without the gift 1900 would be 3 times
    desk.undo(gift)
    assert desk.world.member().achievements["regular"].times == 3


def test_what_the_gift_made_possible_later_stays_and_is_said() -> None:
    """An unlock of another event is not taken back; the answer names it."""
    catalogue = catalogue_of(achievement("chatty", "level >= 5 and messages >= 1", xp=10))
    desk = desk_of(catalogue)
    desk.change("give", 1000)
    desk.message()
    answer = desk.undo()
    assert answer.undone is not None
    assert (answer.undone.revoked, answer.undone.stays) == ((), ("chatty",))
    assert desk.world.member().xp == 15 + 10


def test_what_was_set_since_is_not_spoilt() -> None:
    """A change cannot be undone below a later ``set``; once that is undone, it can."""
    desk = desk_of()
    desk.change("give", 1000)
    gift = desk.last_batch
    desk.change("set", 500, actor_id=OTHER)
    with pytest.raises(SetSinceError) as caught:
        desk.undo(gift)
    assert caught.value.fields["actor_id"] == OTHER
    assert caught.value.fields["mode"] == "set"
    desk.undo(actor_id=OTHER)
    assert desk.world.member().xp == 1000
    desk.undo(gift)
    assert desk.world.member().xp == 0


def test_undoing_counts_on_the_day_of_what_it_undoes() -> None:
    """The sums of this week lose nothing for a gift of the last one."""
    desk = desk_of(COLLECTOR)
    desk.change("give", 1000)
    desk.at += 8 * DAY
    desk.undo()
    by_day: dict[int, int] = {}
    for line in desk.world.lines:
        by_day[line.counts_on] = by_day.get(line.counts_on, 0) + line.outcome.xp
    assert by_day == {utc_day_of(START_AT): 0, utc_day_of(desk.at): 0}


def test_undoing_a_reset_gives_back() -> None:
    """All XP is there again, and what it unlocks that was not unlocked is."""
    desk = desk_of(COLLECTOR)
    desk.world.set_member(xp=600, achievements={"regular": Unlock(1)})
    desk.change("reset")
    answer = desk.undo()
    assert (answer.xp_before, answer.xp_after, answer.undone and answer.undone.mode) == (0, 600, "reset")


steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["give", "take", "set"]), st.integers(0, 3000)),
        st.tuples(st.just("reset"), st.just(0)),
        st.tuples(st.just("message"), st.just(0)),
        st.tuples(st.just("undo"), st.integers(0, 10)),
    ),
    max_size=15,
)


def do(desk: Desk, mode: Any, amount: int) -> None:
    """Do a step of a sequence; what is refused changes nothing."""
    if mode == "message":
        desk.message()
    elif mode == "undo":
        batches = [line.batch for line in desk.world.lines if line.batch.startswith("xp:")]
        try:
            desk.undo(batches[-1 - amount] if amount < len(batches) else "xp:1")
        except (BatchUndoneError, NothingToUndoError, SetSinceError):
            return
    elif amount or mode in {"set", "reset"}:
        desk.change(mode, amount)


@given(steps=steps)
def test_whatever_is_done_the_lines_add_up(steps: list[tuple[str, int]]) -> None:
    """XP and achievements are at any moment what the lines tell of."""
    desk = desk_of(COLLECTOR)
    for step in steps:
        do(desk, *step)
        unlocked: dict[str, int] = {}
        for line in desk.world.lines:
            if isinstance(line.outcome, AchievementUnlocked | AchievementRevoked):
                unlocked[line.outcome.achievement_id] = line.outcome.times
        member = desk.world.member()
        assert member.xp == sum(line.outcome.xp for line in desk.world.lines)
        told = {id_: times for id_, times in unlocked.items() if times}
        assert {id_: unlock.times for id_, unlock in member.achievements.items()} == told


ONCE_ONLY = catalogue_of(
    achievement("collector", "xp >= 1000", xp=100),
    achievement("riser", "level >= 5", xp=50),
    achievement("hunter", "achievements >= 2", xp=500),
)
"""Without repeatable ones: those unlock once in a settling, so that a record can be one short."""


@given(
    before=steps,
    changes=st.lists(
        st.tuples(st.sampled_from(["give", "take", "set"]), st.integers(1, 3000)), min_size=1, max_size=5
    ),
)
def test_undoing_all_restores_all(before: list[tuple[str, int]], changes: list[tuple[Any, int]]) -> None:
    """Changes undone from the last to the first leave the record as it was."""
    desk = desk_of(ONCE_ONLY)
    for step in before:
        do(desk, *step)
    record, count = desk.world.member(), len(desk.world.lines)
    for mode, amount in changes:
        desk.change(mode, amount)
    made = dict.fromkeys(line.batch for line in desk.world.lines[count:])
    for batch in reversed(made):
        desk.undo(batch)
    assert desk.world.member() == record
