"""`LAUREL_DISCORD_API` leads to a Discord on this machine, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot import Settings, main
from cogs.discord_address import DiscordAddress, read_loopback_origin


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Leave discord.py looking where it looked."""
    before = DiscordAddress.current()
    yield
    before.use()


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        (" http://localhost:8080/ ", "http://localhost:8080"),
        ("http://LOCALHOST", "http://localhost"),
        ("http://127.8.9.10:1", "http://127.8.9.10:1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_this_machine_is_accepted(text: str, origin: str) -> None:
    """Every way of naming the loopback interface, with and without a port."""
    assert read_loopback_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "https://discord.com",
        "http://example.org:8080",
        "http://192.168.1.2:8080",
        "http://0.0.0.0:8080",
        "http://127.0.0.1@example.org",
        "http://127.0.0.1\\@example.org",
        "http://name:secret@127.0.0.1",
        "http://localhost.example.org",
        "http://127.0.0.1:8080/api/v10",
        "http://127.0.0.1?to=example.org",
        "http://127.0.0.1:99999",
        "https://127.0.0.1",
        "127.0.0.1:8080",
        "8080",
    ],
)
def test_everything_else_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Another machine, one dressed up as this one, or half an address: one line says what would be right."""
    with pytest.raises(ValueError, match=r"no Discord on this machine|Port"):
        read_loopback_origin(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAUREL_DISCORD_API", text)
        patch.setenv("DISCORD_TOKEN", "made-up")
        assert main([]) == 2
    [line] = [line for line in capsys.readouterr().err.splitlines() if line.startswith("LAUREL_DISCORD_API:")]
    assert "on this machine, such as http://127.0.0.1:8080" in line


def test_nothing_set_is_the_real_discord(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty or missing: the bot goes where discord.py goes."""
    monkeypatch.setenv("LAUREL_DISCORD_API", "")
    assert Settings().laurel_discord_api is None
    assert DiscordAddress.current().api_url.startswith("https://discord.com/api/")


def test_all_of_an_origin_is_used() -> None:
    """REST, gateway and pictures all come from there."""
    DiscordAddress.at("http://127.0.0.1:9").use()
    assert DiscordAddress.current() == DiscordAddress(
        api_url="http://127.0.0.1:9/api/v10",
        gateway_url="ws://127.0.0.1:9/gateway",
        cdn_url="http://127.0.0.1:9/cdn",
    )
