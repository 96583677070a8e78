"""Announcements, from the message that earns a level to the message that tells of it."""

from __future__ import annotations

import pytest

from playground import ChannelType, Member
from tests.e2e.house import House

ANY_MESSAGE = "POST /channels/*/messages"

ALMOST_2, ALMOST_5 = 95, 790
"""A little under the XP of levels 2 (100) and 5 (800): the next message, 15 XP, reaches it."""


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member who reaches level 2 with the next message; the bot is connected."""
    ann = house.person("ann")
    await house.give(ann, xp=ALMOST_2)
    await house.connect()
    return ann


async def configure(house: House, *changes: str) -> None:
    """Let the owner change rules."""
    owner = house.pg.guild.owner
    for change in changes:
        [answer] = await house.pg.ask(owner, f"!config {change}")
        assert "→" in answer.text, answer.text
    house.pg.general.messages.clear()


async def test_a_level_is_told_where_it_happened(house: House, ann: Member) -> None:
    """A new level is told in the channel of the message, names the level, and pings nobody."""
    await house.pg.create_channel("garden")
    garden = house.pg.channel("garden")
    await house.say(ann, channel=garden)
    [post] = house.pg.replies(garden)
    assert post.content == "🎉 ann reached level 2!"
    assert post.pinged_ids == []
    assert house.posts() == []


async def test_a_level_reached_in_a_thread_is_told_there(house: House, ann: Member) -> None:
    """A thread is a place of its own."""
    thread = await house.pg.create_thread("corner", owner=ann)
    await house.say(ann, channel=thread)
    assert house.posts(thread) == ["🎉 ann reached level 2!"]


async def test_achievements_ride_along(house: House, ann: Member) -> None:
    """An achievement that comes with a level is told in the same message; one alone is not told."""
    await house.give(ann, xp=ALMOST_5)
    await house.say(ann)
    assert house.posts() == ["🎉 ann reached level 5 and unlocked the achievement **First Steps**!"]
    await house.pg.advance(minutes=2)
    await house.give(ann, messages=99)  # 15 XP and a reward of 75: not yet level 2
    await house.say(ann)
    assert "chatterbox" in (await house.record(ann)).achievements
    assert len(house.posts()) == 1


async def test_what_gathers_is_one_message(house: House, ann: Member) -> None:
    """What happens while a message is on its way is told together in the next one."""
    others = [await house.pg.join(name) for name in ("bob", "cid", "dee")]
    for other in others:
        await house.give(other, xp=ALMOST_2)
    slow = house.pg.faults.slow(ANY_MESSAGE, seconds=0.3, times=1)
    await house.pg.say(ann)
    await house.wait_for(lambda: slow.hits > 0)
    for other in others:
        await house.pg.say(other)
    await house.settle()
    first, second = house.posts()
    assert first == "🎉 ann reached level 2!"
    assert second == "🎉 bob reached level 2!\n🎉 cid reached level 2!\n🎉 dee reached level 2!"


async def test_a_name_cannot_do_harm(house: House, ann: Member) -> None:
    """A name is shown as text: its markdown and mentions are escaped."""
    await house.pg.rename(ann, "**@everyone**")
    await house.say(ann)
    [post] = house.pg.replies()
    assert post.content == r"🎉 \*\*\@everyone\*\* reached level 2!"


async def test_channels_of_their_own(house: House, ann: Member) -> None:
    """A configured channel takes over for its kind; what is off is told nowhere."""
    for name in ("levels", "trophies", "goals"):
        await house.pg.create_channel(name)
    levels, trophies, goals = (house.pg.channel(name) for name in ("levels", "trophies", "goals"))
    await configure(
        house,
        f"announce level {levels.mention}",
        f"announce achievement {trophies.mention}",
        f"announce goal {goals.mention}",
        "set goal.max_target 1",
    )
    await house.give(ann, xp=ALMOST_5)
    await house.say(ann)
    await house.pg.ask(ann, "!daily")
    await house.settle()
    assert house.posts(levels) == ["🎉 ann reached level 5!"]
    assert house.posts(trophies)[0] == "🏅 ann unlocked the achievement **First Steps**!"
    [goal] = house.posts(goals)
    assert goal.startswith("🎯 Today’s goal is reached: 1 member")
    await configure(house, "announce level off", "announce achievement off")
    await house.pg.advance(minutes=2)
    await house.give(ann, xp=ALMOST_2)
    await house.say(ann)
    assert len(house.posts(levels)) == 1
    assert house.posts() == []


async def test_ping_only_if_told_to(house: House, ann: Member) -> None:
    """With ``announcements.ping`` the member is pinged, and nobody else."""
    await configure(house, "set announcements.ping on")
    await house.pg.rename(ann, "ann")
    await house.say(ann)
    [post] = house.pg.replies()
    assert post.content == f"🎉 {ann.mention} reached level 2!"
    assert post.pinged_ids == [ann.id]


async def test_a_forbidden_channel_never_breaks_earning(house: House, ann: Member) -> None:
    """XP is earned; the trouble stands in ``config show`` until a message gets through again."""
    await house.pg.create_channel("levels")
    levels = house.pg.channel("levels")
    await configure(house, f"announce level {levels.mention}")
    await house.pg.deny(levels, "send_messages")
    await house.say(ann)
    assert (await house.record(ann)).xp == ALMOST_2 + 15
    [trouble] = await house.list_troubles()
    assert (trouble.channel_id, trouble.problem) == (levels.id, "forbidden")
    [shown] = await house.pg.ask(house.pg.guild.owner, "!config show")
    assert f"I may not write in {levels.mention}" in shown.text

    await house.pg.allow(levels, "send_messages")
    await house.pg.advance(minutes=2)
    await house.give(ann, xp=ALMOST_2)
    await house.say(ann)
    assert house.posts(levels) == ["🎉 ann reached level 2!"]
    assert await house.list_troubles() == []


async def test_whoever_configured_it_is_told_once(house: House, ann: Member) -> None:
    """Without a log channel, whoever chose the channel is told directly, once."""
    await house.pg.create_channel("levels")
    levels = house.pg.channel("levels")
    await configure(house, f"announce level {levels.mention}")
    await house.pg.delete_channel(levels)
    for _ in range(2):
        await house.give(ann, xp=ALMOST_2)
        await house.say(ann)
        await house.pg.advance(minutes=2)
    [told] = house.pg.replies(house.pg.world.dm_channel(house.pg.guild.owner.user))
    assert f"The channel {levels.mention} is gone" in told.content
    assert "config announce level" in told.content
    assert "Playground" in told.content


async def test_the_log_channel_is_told_once(house: House, ann: Member) -> None:
    """With a log channel it is told there, and to nobody directly."""
    for name in ("levels", "log"):
        await house.pg.create_channel(name)
    levels, log = house.pg.channel("levels"), house.pg.channel("log")
    await configure(house, f"announce level {levels.mention}", f"set announcements.log_channel {log.mention}")
    await house.pg.deny(levels, "view_channel")
    for _ in range(2):
        await house.give(ann, xp=ALMOST_2)
        await house.say(ann)
        await house.pg.advance(minutes=2)
    [told] = house.posts(log)
    assert f"I may not write in {levels.mention}" in told
    assert house.pg.replies(house.pg.world.dm_channel(house.pg.guild.owner.user)) == []


async def test_nobody_to_tell(house: House, ann: Member) -> None:
    """With the defaults nobody chose the channel: the trouble is kept for ``config show``."""
    await house.pg.deny(None, "send_messages")
    await house.say(ann)
    [trouble] = await house.list_troubles()
    assert (trouble.problem, trouble.told) == ("forbidden", False)


async def test_refused_direct_messages(house: House, ann: Member) -> None:
    """Whoever takes no direct messages is not asked again, and nothing breaks."""
    await house.pg.create_channel("levels")
    await configure(house, f"announce level {house.pg.channel('levels').mention}")
    await house.pg.refuse_dms(house.pg.guild.owner)
    await house.pg.deny("levels", "send_messages")
    await house.say(ann)
    assert (await house.record(ann)).xp == ALMOST_2 + 15
    [trouble] = await house.list_troubles()
    assert trouble.told


async def test_another_choice_ends_a_trouble(house: House, ann: Member) -> None:
    """A trouble of a channel that is chosen no more is forgotten."""
    await house.pg.create_channel("levels")
    await configure(house, f"announce level {house.pg.channel('levels').mention}")
    await house.pg.delete_channel("levels")
    await house.say(ann)
    assert len(await house.list_troubles()) == 1
    await configure(house, "announce level off")
    await house.settle()
    assert await house.list_troubles() == []


async def test_an_archived_thread_is_opened_again(house: House, ann: Member) -> None:
    """A thread that fell asleep is no trouble."""
    thread = await house.pg.create_thread("levels")
    await configure(house, f"announce level {thread.mention}")
    thread.archived = True
    house.pg.server.actions.channel_updated(thread)
    await house.say(ann)
    assert house.posts(thread) == ["🎉 ann reached level 2!"]
    assert await house.list_troubles() == []


async def test_a_voice_channels_text(house: House, ann: Member) -> None:
    """A voice channel can be announced in too."""
    voice = await house.pg.create_channel("lounge", kind=ChannelType.VOICE)
    await house.say(ann, channel=voice)
    assert house.posts(voice) == ["🎉 ann reached level 2!"]


async def test_rate_limits_and_failures_of_discord_only_delay(house: House, ann: Member) -> None:
    """A rate limit and a server error cost time, not the announcement."""
    house.pg.faults.rate_limit(ANY_MESSAGE, retry_after=0.05)
    house.pg.faults.fail(ANY_MESSAGE, status=503)
    await house.say(ann)
    assert house.posts() == ["🎉 ann reached level 2!"]
    assert len(house.faults.texts) == 1  # the feed logs a delivery that it has to repeat
    house.faults.texts.clear()


async def test_a_lost_answer_doubles_nothing(house: House, ann: Member) -> None:
    """Discord got the message, the answer was lost: it is sent again under its nonce and stands once."""
    house.pg.faults.lose_answer(ANY_MESSAGE)
    await house.say(ann)
    assert house.posts() == ["🎉 ann reached level 2!"]
    house.faults.texts.clear()


async def crash_while_announcing(house: House, who: Member) -> None:
    """Let a level be committed, and the bot die before Discord has heard of it."""
    refused = house.pg.faults.refuse_connection(ANY_MESSAGE, times=None)
    await house.pg.say(who)
    await house.wait_for(lambda: refused.hits > 0)
    await house.crash()
    house.pg.faults.clear()
    house.faults.texts.clear()
    assert house.posts() == []


async def test_a_crash_before_sending_loses_nothing(house: House, ann: Member) -> None:
    """A level committed just before a crash is told after the restart."""
    await crash_while_announcing(house, ann)
    await house.pg.advance(minutes=9)
    await house.start_again()
    assert house.posts() == ["🎉 ann reached level 2!"]


async def test_a_crash_after_sending_doubles_nothing(house: House, ann: Member) -> None:
    """Discord has the message but the bot died before it knew: it is sent again and stands once."""
    lost = house.pg.faults.lose_answer(ANY_MESSAGE)
    await house.pg.say(ann)
    await house.wait_for(lambda: lost.hits > 0)
    await house.crash()
    house.faults.texts.clear()
    assert len(house.posts()) == 1
    await house.start_again()
    assert house.posts() == ["🎉 ann reached level 2!"]
    assert sum(request.method == "POST" for request in house.message_requests()) == 2


async def test_old_news_is_no_news(house: House, ann: Member) -> None:
    """What happened more than ten minutes ago is passed over."""
    await crash_while_announcing(house, ann)
    await house.pg.advance(minutes=11)
    await house.start_again()
    assert house.posts() == []
    assert (await house.record(ann)).xp == ALMOST_2 + 15


async def test_a_member_who_has_left_is_passed_over(house: House, ann: Member) -> None:
    """Nobody is congratulated who is not there any more; the others are."""
    bob = await house.pg.join("bob")
    await house.give(bob, xp=ALMOST_2)
    await house.settle()
    refused = house.pg.faults.refuse_connection(ANY_MESSAGE, times=None)
    await house.pg.say(ann)
    await house.pg.say(bob)
    await house.wait_for(lambda: refused.hits > 0)
    await house.crash()
    house.pg.faults.clear()
    house.faults.texts.clear()
    await house.pg.leave(ann)
    await house.start_again()
    assert house.posts() == ["🎉 bob reached level 2!"]
