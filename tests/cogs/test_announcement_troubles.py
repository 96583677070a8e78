"""What admins are told when announcements cannot go to a channel: each trouble with what mends it."""

from __future__ import annotations

import pytest

from cogs.announcement_troubles import COMMANDS
from cogs.config_values import CHANNEL_RULES
from leveling_core.facts import RulesChangeRequested
from playground import waiting
from playground.model import ChannelType
from tests.cogs.server import Server

ALMOST_2 = 95
"""So much XP that the next message reaches level 2."""


async def told_of(server: Server, trouble: str) -> str:
    """Let somebody reach a level whose channel is in trouble; return what the log channel is told."""
    ann = server.person("ann")
    kind = ChannelType.CATEGORY if trouble == "category" else ChannelType.TEXT
    levels = server.pg.world.add_channel(server.pg.guild, "levels", kind=kind)
    log = server.pg.world.add_channel(server.pg.guild, "log")
    await server.connect()
    owner_id = server.pg.guild.owner.user.id
    changes: dict[str, str | None] = {
        "announcements.level": str(levels.id),
        "announcements.log_channel": str(log.id),
    }
    await server.leveling.change_rules(RulesChangeRequested(server.pg.guild.id, owner_id, 1, changes))
    if trouble == "gone":
        await server.pg.delete_channel(levels)
    elif trouble != "category":
        await server.pg.deny(levels, trouble)
    await server.pg.idle()
    await server.give(ann, xp=ALMOST_2)
    await server.pg.say(ann, "hello")
    await server.pg.idle()
    [told] = server.pg.messages(log)
    return told.text


def test_every_rule_that_names_a_channel_can_be_advised() -> None:
    """Whatever cannot be told, the advice names the command that chooses another channel."""
    assert COMMANDS.keys() == CHANNEL_RULES - {"announcements.log_channel"}


@pytest.mark.parametrize(
    ("trouble", "advice"),
    [
        ("gone", "Choose another channel with `/config announce level`."),
        ("view_channel", "Give me the permission **View Channel** there, or choose another channel"),
        ("send_messages", "Give me the permission **Send Messages** there, or choose another channel"),
        ("category", "choose a text channel with `/config announce level`."),
    ],
)
async def test_each_trouble_is_told_with_what_mends_it(server: Server, trouble: str, advice: str) -> None:
    """A channel that is gone cannot be seen again, one without text cannot be opened: the advice fits."""
    told = await told_of(server, trouble)
    assert "what I announce there is lost. XP is earned as ever." in told
    assert advice in told
    assert ("permission" in told) is trouble.endswith(("_channel", "_messages"))


async def test_a_trouble_is_waited_for_on_a_busy_machine(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Idle means that the ledger is followed to its end, not that nothing was seen for a moment."""
    monkeypatch.setattr(waiting, "POLL_SECONDS", 0)
    monkeypatch.setattr(waiting, "TURNS_PER_POLL", 0)
    assert "what I announce there is lost" in await told_of(server, "gone")
