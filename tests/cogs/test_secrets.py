"""Secret achievements stay secret: who unlocked one may tell, the bot does not."""

from __future__ import annotations

import pytest

from cogs.ui.achievement_names import AchievementNames
from data import load_texts
from tests.cogs.server import Server
from tests.core.achievement_content import achievement, catalogue_of

CATALOGUE = catalogue_of(
    achievement("hidden", "dailies >= 1", name="Night Owl", emoji="🦉", secret=True),
    achievement("open", "dailies >= 1", name="Early *Bird*", emoji="🐦"),
)


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_no_message_in_a_channel_names_a_secret_achievement(server: Server, way: str) -> None:
    """The reply of `daily`, the announcement and `xpstats` tell of a secret one, and name the others."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.connect(CATALOGUE)
    await server.ask(server.pg.guild.owner, "!config announce achievement here")
    for who, command in ((ann, "daily"), (ann, "xpstats"), (bob, "nextachievement"), (bob, "achievements")):
        if way == "prefix":
            await server.ask(who, f"!{command}")
        else:
            await server.slash(who, command)
    await server.pg.idle()
    texts = [message.text for message in server.pg.messages()]
    assert [text for text in texts if "Night Owl" in text or "🦉" in text] == []
    for said in (
        "Achievement unlocked: **a secret one**",
        "achievements: **a secret one**",
        "Achievement a secret one",
    ):
        assert [text for text in texts if said in text], said
    assert [text for text in texts if r"🐦 Achievement unlocked: **Early \*Bird\***" in text]


def test_an_achievement_that_is_there_no_more_goes_by_its_id() -> None:
    """What content has dropped is still told of, harmlessly."""
    names = AchievementNames(load_texts(), CATALOGUE)
    assert (names.name("gone_1"), names.emoji("gone_1"), names.xp("gone_1")) == (r"gone\_1", "🏅", 0)
    assert (names.name("open"), names.emoji("open"), names.xp("open")) == (r"Early \*Bird\*", "🐦", 10)
