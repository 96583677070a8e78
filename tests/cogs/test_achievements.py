"""Lists of achievements and the nearest ones."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.achievements import ENTRIES_A_PAGE, AchievementWriter
from cogs.ui.rarity import rarity
from leveling_core.achievements import COUNTERS, Catalogue
from leveling_core.member import Unlock
from leveling_core.profiles import AchievementStatus
from playground import Message
from tests.cogs.server import CATALOGUE, TEXTS, Server
from tests.core.achievement_content import achievement, catalogue_of, category


def _description(message: Message) -> str:
    return str(message.embeds[0]["description"])


def _footer(message: Message) -> str:
    return str(message.embeds[0]["footer"]["text"])


def _date(at: int) -> str:
    return f"<t:{at // 1000}:D>"


async def test_the_first_page_shows_the_first_category(server: Server) -> None:
    """Achievements stand below their category, with tier, reward, what to do, and how far it is."""
    ann = server.person("ann")
    unlocks = {"first_steps": Unlock(server.now)}
    await server.give(ann, xp=2000, achievements=unlocks)
    await server.connect()
    page = await server.ask(ann, "!achievements")
    assert page.embeds[0]["title"] == "Achievements: 1 of 38"
    assert page.embeds[0]["author"]["name"] == "ann"
    assert _description(page).splitlines()[:7] == [
        "### 🌱 Levels · 1 of 6",
        "**👣 First Steps · 🥉 Bronze · +50 XP**",
        "Reach level 5.",
        f"✅ Unlocked on {_date(server.now)} · 50 % have it",
        "**🌟 Rising Star · 🥉 Bronze · +100 XP**",
        "Reach level 10.",
        "▰▰▰▰▰▰▰▰▰▱▱▱ 80 % · nobody has it yet",
    ]
    assert _footer(page) == "Page 1 of 6"
    assert [(button.label, button.disabled) for button in page.buttons] == [
        ("Previous", True),
        ("Next", False),
        ("By tier", False),
    ]


async def test_every_achievement_is_on_one_page(server: Server) -> None:
    """Turning all pages shows all achievements, each once, and ends with a disabled button."""
    ann = server.person("ann")
    await server.connect()
    page = await server.slash(ann, "achievements")
    shown = _description(page)
    while not page.buttons[1].disabled:
        await server.pg.press(ann, page, "Next")
        shown += "\n" + _description(page)
    names = [
        line[2:].split(" ", 1)[1].split(" · ")[0] for line in shown.splitlines() if line.startswith("**")
    ]
    assert names == [definition.name for definition in CATALOGUE.definitions]
    assert page.buttons[0].disabled is False
    await server.pg.press(ann, page, "Previous")
    assert _footer(page) == "Page 5 of 6"


async def test_another_member_can_be_looked_at(server: Server) -> None:
    """Pages of somebody else are that member's, after a restart too; only the asker turns them."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.give(bob, achievements={"chatterbox": Unlock(server.now)})
    await server.connect()
    page = await server.ask(ann, "!achievements bob")
    assert (page.embeds[0]["author"]["name"], page.embeds[0]["title"]) == ("bob", "Achievements: 1 of 38")
    await server.restart()
    refused = await server.pg.press(bob, page, "Next")
    assert refused.ephemeral
    assert refused.text == "These buttons belong to whoever asked. Use `achievements` for your own."
    await server.pg.press(ann, page, "Next")
    assert page.embeds[0]["author"]["name"] == "bob"
    assert f"✅ Unlocked on {_date(server.now)}" in _description(page)


async def test_pages_of_somebody_who_left_can_be_turned(server: Server) -> None:
    """When the member has left meanwhile, the pages go on without the name."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.connect()
    page = await server.ask(ann, "!achievements bob")
    await server.pg.leave(bob)
    await server.pg.idle()
    await server.pg.press(ann, page, "Next")
    assert page.embeds[0]["author"]["name"] == "former member"
    assert _footer(page) == "Page 2 of 6"


async def test_a_member_unknown_to_the_cache_is_asked_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose pages they are is asked of Discord where the bot does not know it."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.connect()
    page = await server.ask(ann, "!achievements bob")
    monkeypatch.setattr(discord.Guild, "get_member", lambda *_: None)
    monkeypatch.setattr(discord.Guild, "chunked", False)
    await server.pg.press(ann, page, "Next")
    assert page.embeds[0]["author"]["name"] == bob.name


async def test_secret_achievements_are_shown_as_unknown(server: Server) -> None:
    """A secret achievement says what it is once it is unlocked; before, only that it is there."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.give(bob, achievements={"secret_one": Unlock(server.now)})
    await server.connect(
        catalogue_of(
            achievement("open_one", "messages >= 5"),
            achievement("secret_one", "messages >= 6", secret=True, name="Hush", tier="gold"),
            achievement("secret_two", "messages >= 7", secret=True, category="second"),
        )
    )
    page = await server.ask(ann, "!achievements")
    assert "Hush" not in page.text
    assert page.embeds[0]["title"] == "Achievements: 0 of 3"
    assert _footer(page) == "Page 1 of 1 · 2 secret ones still hidden"
    assert page.buttons == []
    assert _description(page).splitlines()[4:] == [
        "**❓ ??? · Secret**",
        "What it takes is shown once it is unlocked.",
        "🔒 Not unlocked yet · 33 % have it",
        "### 🗂️ Second · 0 of 1",
        "**❓ ??? · Secret**",
        "What it takes is shown once it is unlocked.",
        "🔒 Not unlocked yet · nobody has it yet",
    ]
    seen = await server.ask(bob, "!achievements")
    assert "**🏅 Hush · 🥇 Gold · +10 XP**" in _description(seen)
    assert seen.embeds[0]["title"] == "Achievements: 1 of 3"
    assert _footer(seen) == "Page 1 of 1 · 1 secret one still hidden"
    assert "Hush" not in (await server.ask(ann, "!nextachievement")).text


async def test_achievements_can_be_looked_at_by_tier(server: Server) -> None:
    """A button turns to the tiers and back; of a secret one not even the tier is told."""
    ann = server.person("ann")
    tiers = ("gold", "bronze", "platinum", "silver")
    entries = [achievement(f"a{place}", "messages >= 5", tier=tiers[place % 4]) for place in range(12)]
    await server.connect(catalogue_of(*entries, achievement("hush", "messages >= 6", secret=True)))
    page = await server.ask(ann, "!achievements")
    await server.pg.press(ann, page, "By tier")
    shown = _description(page)
    await server.pg.press(ann, page, "Next")
    shown += "\n" + _description(page)
    assert [line for line in shown.splitlines() if line.startswith("###")] == [
        "### 🥉 Bronze · 0 of 3",
        "### 🥈 Silver · 0 of 3",
        "### 🥇 Gold · 0 of 3",
        "### 💠 Platinum · 0 of 3",
        "### ❓ Secret · 0 of 1",
    ]
    assert [button.label for button in page.buttons] == ["Previous", "Next", "By category"]
    await server.restart()
    await server.pg.press(ann, page, "By category")
    assert _description(page).startswith("### 🗂️ First · 0 of 13")


@pytest.mark.parametrize(
    ("holders", "members", "words"),
    [
        (0, 1000, "nobody has it yet"),
        (1, 1001, "fewer than 0.1 % have it"),
        (1, 1000, "0.1 % have it"),
        (25, 1000, "2.5 % have it"),
        (30, 1000, "3 % have it"),
        (999, 1000, "99 % have it"),
        (1000, 1000, "100 % have it"),
        (3, 0, "100 % have it"),
    ],
)
def test_rarity_in_words(holders: int, members: int, words: str) -> None:
    """How rare an achievement is is a share of the members, never rounded up."""
    assert rarity(TEXTS, holders, members) == words


async def test_rarity_follows_what_members_unlock(server: Server) -> None:
    """Who unlocks one, leaves or comes back is in the next look."""
    ann, bob = server.person("ann"), server.person("bob")
    await server.connect(catalogue_of(achievement("talk", "messages >= 1", xp=0)))
    assert "nobody has it yet" in _description(await server.ask(ann, "!achievements"))
    await server.pg.say(bob, "hello")
    await server.pg.idle()
    assert "% have it" in _description(await server.ask(ann, "!achievements"))


async def test_repeatable_and_limited_achievements_say_so(server: Server) -> None:
    """How often one was unlocked, and when one begins or ends, stands below it."""
    ann = server.person("ann")
    await server.give(
        ann, messages=30, achievements={"again": Unlock(server.now, 3), "once": Unlock(server.now, 1)}
    )
    window: dict[str, Any] = {"xp": 0}
    now = server.pg.world.clock.now
    await server.connect(
        catalogue_of(
            achievement("again", "messages >= 10", repeatable=10),
            achievement("once", "messages >= 20", repeatable=20),
            achievement("later", "messages >= 60", available_from=now.replace(year=2090), **window),
            achievement("soon_over", "messages >= 60", available_until=now.replace(year=2090), **window),
            achievement("over", "messages >= 60", available_until=now.replace(year=2020), **window),
        )
    )
    lines = _description(await server.ask(ann, "!achievements")).splitlines()
    year_2090 = _date(round(now.replace(year=2090).timestamp() * 1000))
    year_2020 = _date(round(now.replace(year=2020).timestamp() * 1000))
    assert lines[3::3] == [
        f"✅ Unlocked 3 times, first on {_date(server.now)} · 50 % have it",
        f"✅ Unlocked 1 time, on {_date(server.now)} · 50 % have it",
        f"▰▰▰▰▰▰▱▱▱▱▱▱ 50 % · begins on {year_2090} · nobody has it yet",
        f"▰▰▰▰▰▰▱▱▱▱▱▱ 50 % · until {year_2090} · nobody has it yet",
        f"▰▰▰▰▰▰▱▱▱▱▱▱ 50 % · over since {year_2020} · nobody has it yet",
    ]


async def test_a_server_without_achievements_is_told(server: Server) -> None:
    """An empty catalogue is no blank reply."""
    ann = server.person("ann")
    await server.connect(Catalogue())
    assert _description(await server.ask(ann, "!achievements")) == "There are no achievements in this server."


async def test_the_longest_texts_fit(server: Server) -> None:
    """Names and descriptions of the greatest length, all of them escaped, are within Discord's limits."""
    ann = server.person("ann")
    long: dict[str, Any] = {"name": "*" * 60, "description": "_" * 200, "xp": 1_000_000}
    entries = [achievement(f"a{place}", f"xp >= {10**12 + place}", **long) for place in range(20)]
    await server.connect(catalogue_of(*entries))
    page = await server.ask(ann, "!achievements")
    assert len(_description(page)) <= 4096
    assert (await server.ask(ann, "!nextachievement")).embeds


# pages


@given(st.lists(st.integers(0, 20), min_size=1, max_size=6))
def test_pages_keep_order_and_categories_together(sizes: list[int]) -> None:
    """Pages hold everything once, in order, so many at most; a category that fits on a page is on one."""
    ids = [f"c{number}" for number in range(len(sizes))]
    entries = [
        achievement(f"a{number}_{place}", "xp >= 1", category=ids[number])
        for number, size in enumerate(sizes)
        for place in range(size)
    ]
    content = {"category": [category(id_) for id_ in ids], "achievement": entries}
    catalogue = Catalogue.from_mapping(content, file="made.toml")
    statuses = [AchievementStatus(definition, 0, 0, 0.0) for definition in catalogue.definitions]
    pages = AchievementWriter(TEXTS, catalogue).split(statuses)
    assert [s.definition.id for page in pages for _, shown in page for s in shown] == [
        e["id"] for e in entries
    ]
    assert all(sum(len(shown) for _, shown in page) <= ENTRIES_A_PAGE for page in pages)
    assert all(page for page in pages) or pages == [[]]
    for id_, size in zip(ids, sizes, strict=True):
        on = sum(any(group.id == id_ for group, _ in page) for page in pages)
        assert on == -(-size // ENTRIES_A_PAGE) or size > ENTRIES_A_PAGE


# the nearest


async def test_the_nearest_say_what_is_missing(server: Server) -> None:
    """The three nearest stand in order, each with what to do, how far it is, and what is missing."""
    ann = server.person("ann")
    await server.give(ann, xp=900, messages=499, commands=20, links=49, images=10)
    await server.connect(
        catalogue_of(
            achievement("talk", "messages >= 500", description="Post 500 messages."),
            achievement("round", "level >= 10 and messages >= 600", tier="gold"),
            achievement("share", "links >= 50", xp=0),
            achievement("photo", "images >= 100"),
        )
    )
    reply = await server.slash(ann, "nextachievement")
    first, second, third = reply.embeds[0]["fields"]
    assert first["name"] == "🏅 Talk · 🥉 Bronze · +10 XP"
    assert first["value"] == (
        "Post 500 messages.\n▰▰▰▰▰▰▰▰▰▰▰▱ 99 % · nobody has it yet\nStill missing: 1 message (499 of 500)"
    )
    assert second["name"] == "🏅 Share · 🥉 Bronze"
    assert third["name"] == "🏅 Round · 🥇 Gold · +10 XP"
    assert third["value"].splitlines()[2] == ("Still missing: 5 levels (5 of 10), 101 messages (499 of 600)")


async def test_the_nearest_are_ones_own_alone(server: Server) -> None:
    """Whoever names somebody else is told so, in place of the own ones."""
    ann = server.person("ann")
    server.person("bob")
    await server.connect(catalogue_of(achievement("talk", "messages >= 5")))
    answer = (await server.ask(ann, "!nextachievement bob")).text
    assert answer == "That is more than this command takes. It goes like this: `!nextachievement`"


async def test_who_has_them_all_is_told(server: Server) -> None:
    """With nothing left to unlock the reply says so."""
    ann = server.person("ann")
    await server.give(ann, achievements={"talk": Unlock(1)}, messages=5)
    await server.connect(catalogue_of(achievement("talk", "messages >= 5")))
    reply = await server.ask(ann, "!nextachievement")
    assert _description(reply) == "There is nothing left to unlock: you have them all."


@pytest.mark.parametrize("counter", COUNTERS)
def test_every_counter_has_words(counter: str) -> None:
    """What is missing of any counter is said in words, whichever way it has to go."""
    writer = AchievementWriter(TEXTS, CATALOGUE)
    for have, need in ((0, 2), (1, 2), (5, 2)):
        in_general = writer.missing("unheard_of", have, need).replace("unheard_of", counter)
        assert writer.missing(counter, have, need) != in_general


@pytest.mark.parametrize(
    ("counter", "have", "need", "words"),
    [
        ("level", 9, 10, "1 level (9 of 10)"),
        ("xp", 1000, 5000, "4,000 XP (1,000 of 5,000)"),
        ("streak", 5, 7, "2 days in a row (5 of 7)"),
        ("goals_completed", 9, 10, "1 server goal (9 of 10)"),
        ("best_rank_of_10", 0, 1, "a rank while at least 10 members have one"),
        ("best_rank_of_30", 0, 1, "a rank while at least 30 members have one"),
        ("best_rank_of_10", 7, 3, "rank 3 or better (best so far: 7)"),
        ("commands", 9, 5, "no more than 5 commands (now 9)"),
    ],
)
def test_what_is_missing_in_words(counter: str, have: int, need: int, words: str) -> None:
    """Numbers are counted in what they count, in the singular for one."""
    assert AchievementWriter(TEXTS, CATALOGUE).missing(counter, have, need) == words
