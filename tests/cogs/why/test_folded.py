"""What `why` says of awards that were summed up because they are old."""

from __future__ import annotations

from leveling_core.facts import RulesChangeRequested
from tests.cogs.server import Server


async def test_a_sum_is_told_as_one(server: Server) -> None:
    """It says how many messages it stands for, and of a message of that day that it may be one of them."""
    pg, ann = server.pg, server.person("ann")
    await server.connect()
    changes: dict[str, str | None] = {"retention.message_days": "60"}
    await server.leveling.change_rules(RulesChangeRequested(pg.guild.id, ann.id, 1, changes))
    messages = []
    for _ in range(3):
        await pg.advance(minutes=2)
        messages.append(await pg.say(ann, "hello"))
        await pg.idle()
    await pg.advance(days=70)
    await server.restart()  # subscribers keep how far they are
    assert await server.leveling.fold_old_awards(pg.guild.id, server.now) == 2
    latest = (await server.slash(ann, "why")).text
    assert "**+45 XP** · 3 messages of" in latest
    assert "summed up because they are old" in latest
    for message in messages:
        link = f"https://discord.com/channels/{pg.guild.id}/{message.channel.id}/{message.id}"
        await pg.advance(minutes=1)
        answer = (await server.slash(ann, "why", message=link)).text
        assert "45 XP for 3 messages. Whether this was one of them is not kept." in answer
