"""The audit in a channel: each deed is told there once, whatever goes wrong."""

from __future__ import annotations

import pytest

from leveling_core.facts import XpChangeRequested
from playground import Channel, Member
from tests.e2e.house import House

ANY_MESSAGE = "POST /channels/*/messages"


@pytest.fixture
async def ann(house: House) -> Member:
    """Give a member with 120 XP; the bot is connected."""
    ann = house.person("ann")
    await house.give(ann, xp=120)
    await house.connect()
    return ann


@pytest.fixture
async def audit(house: House, ann: Member) -> Channel:  # noqa: ARG001 -- who connects
    """Give the channel in which deeds are told; nobody but admins can read it."""
    channel = await house.pg.create_channel("audit")
    await house.pg.deny(channel, "view_channel", target=house.pg.guild.everyone)
    await house.pg.allow(channel, "view_channel", "send_messages")
    [answer] = await house.pg.ask(
        house.pg.guild.owner, f"!config set announcements.audit_channel {channel.mention}"
    )
    assert answer.text == f"**announcements.audit_channel**: `off` → {channel.mention}"
    await house.settle()
    return channel


async def order(house: House, *texts: str) -> None:
    """Give commands as the owner, and wait until all that they led to is told."""
    for text in texts:
        await house.pg.ask(house.pg.guild.owner, text)
        await house.settle()


async def test_each_deed_is_told_once(house: House, ann: Member, audit: Channel) -> None:
    """Who did what, without what followed from it, and nobody is pinged; that it is told is told first."""
    owner = house.pg.guild.owner.mention
    await order(house, f"!xp give {ann.mention} 700 well done", "!config set goal.bonus_xp 20", "!xp undo")
    posts = [post.partition(" · ")[2] for post in house.posts(audit)]
    assert posts == [
        f"{owner} changed **announcements.audit_channel**: `off` → {audit.mention}",
        f"{owner} gave {ann.mention} 700 XP: 120 → 870 XP\n-# well done",
        f"{owner} changed **goal.bonus_xp**: `15` → `20`",
        f"{owner} took back a change of {ann.mention}: 870 → 120 XP",
    ]
    assert [message.pinged_ids for message in house.pg.replies(audit)] == [[]] * 4


async def test_off_is_off(house: House, ann: Member, audit: Channel) -> None:
    """Where it was switched off nothing more is told."""
    await order(house, "!config set announcements.audit_channel off", f"!xp give {ann.mention} 5")
    assert len(house.posts(audit)) == 1


async def test_a_lost_answer_doubles_nothing(house: House, ann: Member, audit: Channel) -> None:
    """Discord got the message, the answer was lost: it is sent again under its nonce and stands once."""
    house.pg.faults.lose_answer(f"POST /channels/{audit.id}/messages")
    await order(house, f"!xp give {ann.mention} 5")
    assert len(house.posts(audit)) == 2
    house.faults.texts.clear()


async def test_a_crash_loses_and_doubles_nothing(house: House, ann: Member, audit: Channel) -> None:
    """What was done just before it is told after the restart, also an hour later."""
    refused = house.pg.faults.refuse_connection(f"POST /channels/{audit.id}/messages", times=None)
    await house.pg.say(house.pg.guild.owner, f"!xp give {ann.mention} 5")
    await house.wait_for(lambda: refused.hits > 0)
    await house.crash()
    house.pg.faults.clear()
    house.faults.texts.clear()
    await house.pg.advance(hours=1)
    await house.start_again()
    assert len(house.posts(audit)) == 2
    assert "gave" in house.posts(audit)[1]


async def test_a_channel_that_refuses_is_told_once_and_comes_back(
    house: House, ann: Member, audit: Channel
) -> None:
    """XP is given all the same; who chose the channel is told, and the trouble ends with the next message."""
    await house.pg.deny(audit, "send_messages")
    await order(house, f"!xp give {ann.mention} 5", f"!xp give {ann.mention} 6")
    assert (await house.record(ann)).xp == 131
    [trouble] = await house.list_troubles()
    assert (trouble.channel_id, trouble.problem, trouble.told) == (audit.id, "forbidden", True)
    [told] = house.pg.replies(house.pg.world.dm_channel(house.pg.guild.owner.user))
    assert "/config set announcements.audit_channel" in told.content
    await house.pg.allow(audit, "send_messages")
    await order(house, f"!xp give {ann.mention} 7")
    assert await house.list_troubles() == []
    assert "7 XP" in house.posts(audit)[-1]


@pytest.mark.usefixtures("ann")
async def test_a_channel_that_everybody_reads_is_warned_of(house: House) -> None:
    """It is chosen, and the answer says who will see it."""
    channel = await house.pg.create_channel("open")
    [answer] = await house.pg.ask(
        house.pg.guild.owner, f"!config set announcements.audit_channel {channel.mention}"
    )
    assert f"Everybody can read {channel.mention}." in answer.text


async def test_a_server_that_is_left_in_an_outage_is_waited_for_no_longer(
    house: House, ann: Member, audit: Channel
) -> None:
    """What was to be told there holds up nothing: neither deeds nor announcements elsewhere."""
    guild, feed = house.pg.guild, house.context.feed
    await house.pg.outage()
    await house.pg.idle()
    fact = XpChangeRequested(
        guild_id=guild.id,
        user_id=ann.id,
        actor_id=guild.owner.id,
        event_id=audit.id,
        mode="give",
        amount_xp=5_000,
    )
    await house.context.administration.change_xp(fact)
    waiting = {lag.subscriber for lag in feed.list_lags(guild.id) if lag.waiting}
    assert waiting >= {"announcements", "audit"}
    await house.pg.leave(house.pg.bot_member)
    await house.settle()
    assert not house.bot.guilds
    assert len(house.posts(audit)) == 1
