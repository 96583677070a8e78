"""The profile and the statistics of a member."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from leveling_core.achievements import Catalogue
from leveling_core.errors import StoreError
from leveling_core.periods import MS_PER_DAY
from playground.waiting import wait_until
from tests.cogs.server import Server


def _field(message_fields: list[dict[str, str]], name: str) -> str:
    return next(field["value"] for field in message_fields if field["name"] == name)


def _today(server: Server) -> int:
    return dt.datetime.fromtimestamp(server.now / 1000, dt.UTC).date().toordinal()


async def test_a_newcomers_profile_reads_well(server: Server) -> None:
    """Someone never seen has level 1, no rank, no streak, and is told how it begins."""
    ann = server.person("ann")
    await server.connect()
    [embed] = (await server.ask(ann, "!profile")).embeds
    assert embed["author"]["name"] == "ann"
    assert embed["title"] == "Level 1"
    assert embed["description"].startswith("Everything is still ahead.")
    fields = embed["fields"]
    assert _field(fields, "Level progress") == "▱▱▱▱▱▱▱▱▱▱▱▱ 0 / 100 XP\n100 XP to level 2"
    assert _field(fields, "Rank") == "None yet"
    assert _field(fields, "Daily streak") == "No streak yet.\nThe daily reward is ready: `/daily`"
    assert _field(fields, "Achievements") == "0 of 38"
    assert "Server boost" not in [field["name"] for field in fields]


async def test_a_profile_tells_level_rank_streak_and_activity(server: Server) -> None:
    """What a member has done stands in the profile, the same with a prefix and as a slash command."""
    since = dt.datetime.fromtimestamp(server.now / 1000, dt.UTC) - dt.timedelta(days=34, hours=1)
    ann, bob, cyd = (server.person(name) for name in ("ann", "bob", "cyd"))
    await server.give(
        ann,
        xp=550,
        messages=1234,
        images=3,
        links=1,
        long_messages=2,
        commands=5,
        streak=4,
        longest_streak=9,
        dailies=12,
        last_claim_on=_today(server),
        last_claim_at=server.now,
        last_claim_zone="UTC",
        boosting_since=round(since.timestamp() * 1000),
    )
    await server.give(bob, xp=9000)
    await server.give(cyd, xp=550)
    server.pg.member(ann).premium_since = round(since.timestamp() * 1000)
    await server.connect(Catalogue())
    [embed] = (await server.slash(ann, "profile")).embeds
    fields = embed["fields"]
    assert embed["title"] == "Level 4"
    assert "description" not in embed
    assert _field(fields, "Level progress") == "▰▱▱▱▱▱▱▱▱▱▱▱ 31 / 281 XP\n250 XP to level 5"
    assert _field(fields, "Rank") == "#2 of 3"
    assert _field(fields, "Total XP") == "550 XP"
    assert _field(fields, "Daily streak").startswith("🔥 4 days in a row · longest 9\nNext daily reward <t:")
    assert _field(fields, "Daily streak").endswith(":R> (12 hours)")
    assert _field(fields, "Activity").splitlines() == [
        "1,234 messages",
        "3 with pictures",
        "1 with a link",
        "2 long ones",
        "5 commands",
    ]
    assert _field(fields, "Server boost") == "🚀 Boosting for 34 days"
    [again] = (await server.ask(bob, "!rank ann")).embeds
    assert (again["title"], again["author"]["name"]) == ("Level 4", "ann")


@pytest.mark.parametrize("alias", ["rank", "level", "xp", "profile"])
async def test_the_profile_has_its_aliases(server: Server, alias: str) -> None:
    """The names that people know from other bots show the profile too."""
    ann = server.person("ann")
    await server.connect()
    assert (await server.ask(ann, f"!{alias}")).embeds[0]["title"] == "Level 1"


async def test_a_lost_streak_is_told_as_ended(server: Server) -> None:
    """A streak that cannot be continued is shown as ended, with the longest one kept."""
    ann = server.person("ann")
    await server.give(
        ann,
        xp=1,
        streak=7,
        longest_streak=30,
        last_claim_on=_today(server) - 5,
        last_claim_at=server.now - 5 * MS_PER_DAY,
        last_claim_zone="UTC",
    )
    await server.connect()
    [embed] = (await server.ask(ann, "!profile")).embeds
    assert _field(embed["fields"], "Daily streak") == (
        "A streak of 7 days has ended. Longest 30. The next claim begins a new one.\n"
        "The daily reward is ready: `/daily`"
    )


async def test_the_highest_level_has_nothing_to_go_for(server: Server) -> None:
    """At the top of the curve the bar is full and no next level is named."""
    ann = server.person("ann")
    await server.give(ann, xp=2**53 - 1)
    await server.connect(Catalogue())
    [embed] = (await server.ask(ann, "!profile")).embeds
    assert _field(embed["fields"], "Level progress") == "▰▰▰▰▰▰▰▰▰▰▰▰ This is the highest level there is."


async def test_looking_at_a_profile_notes_the_rank(server: Server) -> None:
    """A rank that was seen counts for the achievements of ranks."""
    people = [server.person(f"p{number}") for number in range(10)]
    for number, person in enumerate(people):
        await server.give(person, xp=100 + number)
    await server.connect(Catalogue())
    await server.ask(people[0], "!profile p9")
    assert (await server.record(people[9])).best_rank_of_10 == 1


async def test_a_rank_that_cannot_be_noted_spoils_no_profile(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the storage fails after the reply, it is logged, and the reply stands alone."""
    ann = server.person("ann")
    await server.connect()

    async def fail(*_: object, **__: object) -> None:
        raise StoreError(path="laurel.db", cause="the disk is full", cure="make room")

    monkeypatch.setattr(server.leveling, "observe_rank", fail)
    [reply] = await server.pg.ask(ann, "!profile")
    assert reply.embeds
    assert len(server.faults.texts) == 1
    server.faults.texts.clear()


@pytest.mark.parametrize("command", ["!profile", "!xp", "!xpstats", "!achievements", "!why"])
async def test_a_name_may_stand_in_quotation_marks(server: Server, command: str) -> None:
    """As people type names with a space."""
    server.person("Ann Smith")
    await server.connect()
    owner = server.pg.guild.owner
    reply = await server.ask(owner, f'{command} "Ann Smith"')
    assert "I know nobody" not in reply.text
    assert "did not understand" not in reply.text


async def test_bots_and_strangers_have_no_profile(server: Server) -> None:
    """A bot as the target, or somebody unknown, is answered in one kind line."""
    ann = server.person("ann")
    robot = server.person("robot", bot=True)
    await server.connect()
    answer = await server.pg.slash(ann, "profile", member=robot)
    assert answer.text == "robot is a bot, and bots earn nothing here. Name a person instead."
    assert answer.ephemeral
    reply = await server.ask(ann, "!profile nobody of this name")
    assert (
        reply.text
        == "I know nobody here called `nobody of this name`. Mention them, or give their name or id."
    )
    assert (await server.ask(ann, "!xpstats robot")).text == answer.text


NAMES = [
    "*_~|`" * 6,
    "字" * 32,
    "شخص ما هنا" * 3,
    "Z" + "\u0335" * 30,
    "\u3164" * 5,
    "<@1> https://x.y/[a](b)",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "command", ["profile", "xpstats", "leaderboard", "daily", "achievements", "nextachievement", "goal"]
)
async def test_no_name_breaks_a_reply(server: Server, command: str, name: str) -> None:
    """Whatever a member is called, every reply is sent (the playground refuses what Discord would)."""
    ann = server.person("ann", nick=name)
    await server.give(ann, xp=10**15, messages=10**9)
    await server.connect()
    reply = await server.ask(ann, f"!{command}")
    assert reply.embeds
    assert reply.pinged_ids == []


async def test_without_embeds_there_is_a_text(server: Server) -> None:
    """Where the bot may not send embeds, the same is said as text."""
    ann = server.person("ann")
    await server.connect()
    await server.pg.deny("general", "embed_links")
    await server.pg.idle()
    reply = await server.ask(ann, "!profile")
    assert reply.embeds == []
    assert reply.content.startswith("ann\n**Level 1**\n")
    assert "**Rank**\nNone yet" in reply.content


async def test_slow_work_keeps_the_interaction_waiting(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slash command whose work takes long is deferred, and answered when the work is done."""
    ann = server.person("ann")
    await server.connect()
    monkeypatch.setattr("cogs.ui.replies.DEFER_AFTER_SECONDS", 0.0)
    release = asyncio.Event()
    get_profile = server.leveling.get_profile

    async def slow_profile(*arguments: object) -> object:
        await release.wait()
        return await get_profile(*arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(server.leveling, "get_profile", slow_profile)
    result = await server.pg.slash(ann, "profile", wait=False)
    await wait_until(lambda: [] if result.deferred else ["no deferral"], 5.0, "nothing was deferred")
    release.set()
    await server.pg.idle()
    assert result.response is not None
    assert result.response.embeds[0]["title"] == "Level 1"


async def test_an_interaction_that_has_expired_is_let_go(server: Server) -> None:
    """An answer that Discord takes no more is no error, and the bot goes on."""
    ann = server.person("ann")
    await server.connect()
    server.pg.server.interactions.deadline_seconds = -1.0
    result = await server.pg.slash(ann, "profile")
    assert result.response is None
    server.pg.server.interactions.deadline_seconds = 3.0
    assert (await server.slash(ann, "profile")).embeds


# statistics
