"""The world itself: its clock, its permissions, and how it refuses what makes no sense."""

from __future__ import annotations

from datetime import UTC, datetime

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import Channel, Member, Playground, PlaygroundError, World, WorldClock
from playground.clock import snowflake_ms
from playground.model import Overwrite
from playground.permissions import bits, channel_permissions, outranks, outranks_member


def test_the_clock_stands_still_until_it_is_advanced() -> None:
    """Time passes only when told, by the sum of what is told."""
    clock = WorldClock(datetime(2040, 1, 2, tzinfo=UTC))
    clock.advance(days=1, hours=2, minutes=3, seconds=4.5, milliseconds=6)
    assert clock.now == datetime(2040, 1, 3, 2, 3, 4, 506_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "start",
    [datetime(2040, 1, 2), datetime(2014, 1, 1, tzinfo=UTC)],  # noqa: DTZ001 # naive on purpose
)
def test_the_clock_refuses_a_start_it_cannot_keep(start: datetime) -> None:
    """A naive start and one before Discord's epoch are refused."""
    with pytest.raises(ValueError, match="start must"):
        WorldClock(start)


def test_time_does_not_run_backwards() -> None:
    """A negative step is refused."""
    with pytest.raises(ValueError, match="backwards"):
        WorldClock().advance(seconds=-1)


@given(st.lists(st.integers(min_value=0, max_value=3), max_size=50))
def test_snowflakes_are_unique_increasing_and_hold_their_instant(steps_ms: list[int]) -> None:
    """Whatever the pace, ids grow strictly and carry the instant at which they were made."""
    clock = WorldClock()
    last = 0
    for step in steps_ms:
        clock.advance(milliseconds=step)
        snowflake = clock.next_snowflake()
        assert snowflake > last
        assert snowflake_ms(snowflake) == clock.now_ms
        assert discord.utils.snowflake_time(snowflake) == clock.now
        last = snowflake


@pytest.fixture
def world() -> World:
    """Give a world of its own."""
    return World()


@pytest.fixture
def bob(world: World) -> Member:
    """Give a member with one role."""
    role = world.add_role(world.guild, "Speakers", grants=["mention_everyone"])
    return world.add_member(world.guild, "bob", roles=[role])


def _overwrite(
    channel: Channel, target_id: int, *, allow: str | None = None, deny: str | None = None
) -> None:
    channel.overwrites[target_id] = Overwrite(
        target_id, False, bits(*filter(None, [allow])), bits(*filter(None, [deny]))
    )


def test_overwrites_count_in_discords_order(world: World, bob: Member) -> None:
    """Everyone's is beaten by roles', among which allowing beats denying; the member's own beats all."""
    channel, sending = world.general, bits("send_messages")
    other = world.add_role(world.guild, "Muted")
    bob.role_ids.append(other.id)

    def may_send() -> bool:
        return bool(channel_permissions(bob, channel) & sending)

    results = [may_send()]
    _overwrite(channel, world.guild.id, deny="send_messages")
    results.append(may_send())
    _overwrite(channel, bob.role_ids[0], allow="send_messages")
    results.append(may_send())
    _overwrite(channel, other.id, deny="send_messages")
    results.append(may_send())
    _overwrite(channel, bob.id, deny="send_messages")
    results.append(may_send())
    assert results == [True, False, True, True, False]


def test_what_one_cannot_see_one_cannot_use(world: World, bob: Member) -> None:
    """Without sight there is no permission at all; administrators and the owner are never kept out."""
    _overwrite(world.general, world.guild.id, deny="view_channel")
    assert channel_permissions(bob, world.general) == 0
    assert channel_permissions(world.guild.owner, world.general) == discord.Permissions.all().value
    world.guild.roles[bob.role_ids[0]].permissions |= bits("administrator")
    assert channel_permissions(bob, world.general) == discord.Permissions.all().value


def test_a_time_out_leaves_only_sight_and_history(world: World, bob: Member) -> None:
    """Whoever is timed out may look and read."""
    bob.timed_out_until = world.clock.now_ms + 1
    assert channel_permissions(bob, world.general) == bits("view_channel", "read_message_history")


def test_threads_have_their_parents_permissions(world: World, bob: Member) -> None:
    """What is denied in a channel is denied in its threads."""
    thread = world.add_thread(world.general, "talk", owner=bob)
    _overwrite(world.general, world.guild.id, deny="send_messages_in_threads")
    assert not channel_permissions(bob, thread) & bits("send_messages_in_threads")


def test_rank_follows_position_then_age_and_the_owner_is_above_all(world: World, bob: Member) -> None:
    """A higher role outranks a lower one; of two at one height the older stands above."""
    older = world.add_role(world.guild, "Older", position=3)
    younger = world.add_role(world.guild, "Younger", position=3)
    bob.role_ids = [older.id]
    assert outranks(bob, younger)
    bob.role_ids = [younger.id]
    assert not outranks(bob, older)
    assert not outranks(bob, younger)
    assert outranks_member(world.guild.owner, bob)
    assert not outranks_member(bob, world.guild.owner)


def test_what_makes_no_sense_is_refused_with_a_hint(world: World, bob: Member) -> None:
    """Unknown names say what there is; a second member of one name is refused."""
    pg = Playground(world)
    with pytest.raises(PlaygroundError, match="'fly' is no permission"):
        bits("fly")
    with pytest.raises(PlaygroundError, match="already"):
        world.add_member(world.guild, "bob")
    with pytest.raises(
        PlaygroundError, match="nobody named 'zoe' in Playground; members: Laurel, bob, owner"
    ):
        pg.member("zoe")
    with pytest.raises(PlaygroundError, match="no channel 'attic'"):
        pg.channel("attic")
    with pytest.raises(PlaygroundError, match="no bot is connected"):
        _ = pg.bot
    assert pg.member("bob") is bob
    assert pg.channel("#general") is world.general
