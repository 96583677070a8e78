"""Which texts link to a message."""

from __future__ import annotations

import pytest

from cogs.why.links import MessageLink, jump_url, read_link

GUILD, PLACE, MESSAGE = 300000000000000001, 300000000000000002, 3000000000000000003
PATH = f"{GUILD}/{PLACE}/{MESSAGE}"


@pytest.mark.parametrize(
    "text",
    [
        jump_url(GUILD, PLACE, MESSAGE),
        f"http://discord.com/channels/{PATH}",
        f"https://ptb.discord.com/channels/{PATH}",
        f"https://canary.discordapp.com/channels/{PATH}/",
        f"  <https://discord.com/channels/{PATH}> ",
        f"discord.com/channels/{PATH}",
    ],
)
def test_links_as_clients_copy_them(text: str) -> None:
    """Of every client, with or without brackets that hide a preview."""
    assert read_link(text) == MessageLink(GUILD, PLACE, MESSAGE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        str(MESSAGE),
        f"https://discord.com/channels/@me/{PLACE}/{MESSAGE}",
        f"https://discord.com/channels/{GUILD}/{PLACE}",
        f"https://discord.com.evil.example/channels/{PATH}",
        f"https://discord.com/channels/{PATH} and more",
        f"https://discord.com/channels/{GUILD}/{PLACE}/" + "9" * 30,
    ],
)
def test_everything_else_is_none(text: str) -> None:
    """Nothing is guessed."""
    assert read_link(text) is None
