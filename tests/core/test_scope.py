"""Where and who earns: what is turned away, by which rule, and in which order that is told."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from leveling_core.daily import decide_daily
from leveling_core.earning import COUNTED_REFUSALS, REFUSALS, MessageAnswer, decide_command, decide_message
from leveling_core.errors import EarnsNothingError
from leveling_core.facts import CommandCompleted, DailyClaimRequested, MessagePosted
from leveling_core.ids import channel_key
from tests.core.world import ANN, BOB, CHANNEL, GUILD, MINUTE, START_AT, World, snowflake

CATEGORY, THREAD, ELSEWHERE = 70, 777, 78
MUTED, REGULAR = 501, 502


def _post(world: World, at: int = START_AT, **fields: Any) -> MessageAnswer:
    fact = MessagePosted(
        guild_id=GUILD,
        user_id=fields.pop("user_id", ANN),
        channel_id=fields.pop("channel_id", CHANNEL),
        message_id=fields.pop("message_id", snowflake(at)),
        length=10,
        has_image=False,
        has_link=False,
        dice=0,
        session=1,
        category_id=fields.pop("category_id", CATEGORY),
        **fields,
    )
    return world.run(partial(decide_message, fact=fact, catalogue=world.catalogue))


def _refused(answer: MessageAnswer) -> tuple[str, str, int]:
    return answer.refusal, answer.refused_by, answer.refused_id


@pytest.mark.parametrize("excluded", [CHANNEL, CATEGORY, THREAD])
def test_no_xp_places_earn_nothing(excluded: int) -> None:
    """A thread, its channel and its category: whichever is named turns the message away, and is told."""
    world = World(scope__no_xp_channels=[excluded])
    answer = _post(world, thread_id=THREAD)
    assert _refused(answer) == ("no_xp_channel", "scope.no_xp_channels", excluded)


def test_what_does_not_count_leaves_no_trace() -> None:
    """Nothing is written: no counter, no line, and the message is not noted as counted."""
    world = World(scope__no_xp_channels=[CHANNEL])
    before = dict(world.records)
    _post(world)
    assert (world.records, world.lines) == (before, [])
    assert channel_key(GUILD, CHANNEL) not in world.records


def test_elsewhere_everything_is_as_ever() -> None:
    """What is not excluded earns, and its cooldown runs by what earned alone."""
    world = World(scope__no_xp_channels=[ELSEWHERE])
    assert _post(world, channel_id=ELSEWHERE).xp == 0
    assert _post(world, START_AT + 1000).xp == 15
    assert _post(world, START_AT + MINUTE, channel_id=ELSEWHERE).refusal == "no_xp_channel"
    assert _post(world, START_AT + MINUTE + 1000).xp == 15


@pytest.mark.parametrize("named", [CHANNEL, CATEGORY, THREAD])
def test_only_xp_places_alone_earn(named: int) -> None:
    """A message earns if its thread, channel or category is named; any other is turned away."""
    world = World(scope__only_xp_channels=[named])
    assert _post(world, thread_id=THREAD).xp == 15
    elsewhere = _post(world, START_AT + MINUTE, channel_id=ELSEWHERE, category_id=0)
    assert _refused(elsewhere) == ("outside_only_xp_channels", "scope.only_xp_channels", 0)


def test_no_xp_beats_only_xp() -> None:
    """A no-XP category excludes an only-XP channel in it; a no-XP role an only-XP member."""
    places = World(scope__only_xp_channels=[CHANNEL], scope__no_xp_channels=[CATEGORY])
    assert _post(places).refusal == "no_xp_channel"
    people = World(scope__only_xp_members=[ANN], scope__no_xp_roles=[MUTED])
    assert _post(people, role_ids=(MUTED,)).refusal == "no_xp_role"


@pytest.mark.parametrize("excluded", [CHANNEL, CATEGORY])
def test_threads_that_do_not_follow_stand_for_themselves(excluded: int) -> None:
    """Then only their own entry counts, for no-XP and only-XP alike."""
    world = World(scope__no_xp_channels=[excluded], scope__threads_follow=False)
    assert _post(world, thread_id=THREAD).xp == 15
    assert _post(world, START_AT + MINUTE).refusal == "no_xp_channel"
    world = World(scope__only_xp_channels=[excluded], scope__threads_follow=False)
    assert _post(world, thread_id=THREAD).refusal == "outside_only_xp_channels"
    world = World(scope__only_xp_channels=[THREAD], scope__threads_follow=False)
    assert _post(world, thread_id=THREAD).xp == 15


@pytest.mark.parametrize("excluded", [CHANNEL, CATEGORY])
def test_posts_of_a_forum_always_follow_it(excluded: int) -> None:
    """A forum has no messages but those of its posts."""
    world = World(scope__no_xp_channels=[excluded], scope__threads_follow=False)
    assert _post(world, thread_id=THREAD, is_post=True).refusal == "no_xp_channel"


def test_no_xp_members_and_roles_earn_nowhere() -> None:
    """The member or the role is named as what turned the message away."""
    world = World(scope__no_xp_members=[BOB], scope__no_xp_roles=[MUTED])
    assert _refused(_post(world, user_id=BOB)) == ("no_xp_member", "scope.no_xp_members", BOB)
    muted = _post(world, role_ids=(MUTED, REGULAR))
    assert _refused(muted) == ("no_xp_role", "scope.no_xp_roles", MUTED)
    assert _post(world, START_AT + 1, role_ids=(REGULAR,)).xp == 15


def test_only_xp_roles_and_members_are_one_list_of_people() -> None:
    """Whoever is named, or has a role that is, earns; nobody else does."""
    world = World(scope__only_xp_roles=[REGULAR], scope__only_xp_members=[BOB])
    assert _post(world, role_ids=(REGULAR,)).xp == 15
    assert _post(world, START_AT + 1, user_id=BOB).xp == 15
    other = _post(world, START_AT + 2, user_id=4)
    assert _refused(other) == ("outside_only_xp_members", "scope.only_xp_roles", 0)
    members = World(scope__only_xp_members=[BOB])
    assert _post(members).refused_by == "scope.only_xp_members"


def test_ignored_prefixes_do_not_count() -> None:
    """A message that begins with one earns nothing and counts for nothing."""
    world = World(scope__ignored_prefixes=["?"])
    assert _refused(_post(world, has_ignored_prefix=True)) == (
        "ignored_prefix",
        "scope.ignored_prefixes",
        0,
    )
    assert world.member().messages == 0


def test_reasons_are_looked_at_in_the_order_in_which_they_are_listed() -> None:
    """With everything against a message, taking away one reason after another tells the next."""
    rules: dict[str, Any] = {
        "general__enabled": False,
        "scope__ignored_prefixes": ["?"],
        "scope__no_xp_members": [ANN],
        "scope__no_xp_roles": [MUTED],
        "scope__no_xp_channels": [CHANNEL],
        "scope__only_xp_members": [BOB],
        "scope__only_xp_channels": [ELSEWHERE],
    }
    told = []
    for name in [*rules, ""]:
        has_prefix = "scope__ignored_prefixes" in rules
        told.append(_post(World(**rules), role_ids=(MUTED,), has_ignored_prefix=has_prefix).refusal)
        rules.pop(name, None)
    world = World(earning__hour_ceiling_xp=15)
    moments = (START_AT, START_AT, START_AT - 1, START_AT + 1, START_AT + MINUTE)
    told += [_post(world, at).refusal for at in moments]
    assert tuple(reason for reason in told if reason) == REFUSALS
    assert set(world.member().refused) == set(COUNTED_REFUSALS)


def test_who_earns_nothing_claims_nothing_and_counts_no_commands() -> None:
    """People who are excluded are excluded from all that is done; places count for messages alone."""
    world = World(scope__no_xp_roles=[MUTED], scope__no_xp_channels=[CHANNEL])

    def claim(*role_ids: int) -> int:
        fact = DailyClaimRequested(GUILD, ANN, CHANNEL, snowflake(START_AT), 5, role_ids=role_ids)
        return world.run(partial(decide_daily, fact=fact, catalogue=world.catalogue)).xp

    def command(*role_ids: int) -> int:
        fact = CommandCompleted(GUILD, ANN, CHANNEL, snowflake(START_AT), role_ids=role_ids)
        world.run(partial(decide_command, fact=fact, catalogue=world.catalogue))
        return world.member().commands

    with pytest.raises(EarnsNothingError) as refused:
        claim(MUTED)
    assert refused.value.fields == {"refusal": "no-xp-role", "rule": "scope.no_xp_roles", "id": str(MUTED)}
    assert command(MUTED) == 0
    assert (claim(), command()) == (25, 1)
