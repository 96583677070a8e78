"""Large worlds and heavy traffic: what is bounded, and the load test itself in small."""

from __future__ import annotations

import subprocess
import sys

import pytest

from playground import Member, Playground, PlaygroundError, World
from playground.rest_misc import plain_png
from tests.playground.bots import RecordingBot
from tests.repo.sources import ROOT


async def test_a_channel_forgets_its_oldest_messages() -> None:
    """Above the bound the oldest make room, with their files."""
    world = World(messages_kept=3)
    async with Playground(world) as pg:
        ann = world.add_member(pg.guild, "ann")
        await pg.say(ann, "0", attachments=[("a.png", plain_png(0))])
        assert len(world.attachments) == 1
        for number in range(1, 6):
            await pg.say(ann, str(number))
        assert [message.content for message in pg.messages()] == ["3", "4", "5"]
        assert world.attachments == {}


def test_many_members_join_at_once() -> None:
    """They are as those who come one by one; two of one name are refused."""
    world = World()
    members = world.add_members(world.guild, (f"member{number}" for number in range(1000)))
    assert [world.guild.members[member.id].name for member in members[:2]] == ["member0", "member1"]
    for names in (["a", "a"], ["member7"], ["owner"]):
        with pytest.raises(PlaygroundError, match="would have one name"):
            world.add_members(world.guild, names)


async def test_a_sender_waits_for_a_reader(pg: Playground, ann: Member) -> None:
    """`until_read` returns when the bot has read all that was sent; with no bot at once."""
    await pg.server.gateway.until_read()
    bot = RecordingBot()
    await pg.connect(bot)
    for number in range(500):
        await pg.say(ann, str(number))
    await pg.server.gateway.until_read()
    await pg.idle()
    assert bot.details("message") == [str(number) for number in range(500)]
    for _ in range(3):
        await pg.server.gateway.until_read(after=2)
    pg.faults.drop(abruptly=True)
    await pg.server.gateway.until_read()


async def test_new_messages_are_told_of(pg: Playground, ann: Member) -> None:
    """Listeners hear of new messages of people and of the bot, not of edits."""
    heard: list[str] = []
    pg.server.actions.on_new_message.append(lambda message: heard.append(message.content))
    await pg.connect(RecordingBot())
    await pg.ask(ann, "!say yes")
    await pg.edit(pg.messages()[0], "!say no")
    assert heard == ["!say yes", "yes"]


@pytest.mark.slow
def test_the_load_test_counts_every_message_once() -> None:
    """In small: both bots take all messages over the socket, and the database holds each once."""
    small = ("--members", "300", "--messages", "3100", "--settle-seconds", "0")
    done = subprocess.run(
        [sys.executable, "-m", "playground.load", *small],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[:3] for line in lines[:2]] == [
        ["bare", "3,100", "messages"],
        ["laurel", "3,100", "messages"],
    ]
    assert "of the bare bot's" in lines[2]
    assert lines[3] == "Every message is in the database, once."
