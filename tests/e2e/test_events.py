"""Events: asked for by prefix and slash, multiplied by, announced, over on time, through restarts."""

from __future__ import annotations

import pytest

from leveling_core.ids import instant_of
from leveling_core.outcomes import EventEnded, EventStarted
from playground import Channel
from tests.e2e.house import House
from tests.e2e.scene import Scene

HOUR = 3_600_000


class Party(Scene):
    """A server with a room for news, and somebody who talks."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.ann = house.person("ann")
        self.news = house.pg.world.add_channel(house.pg.guild, "news")

    async def look(self, **time: int) -> None:
        """Let time pass, the clock be looked at, and what follows be told."""
        await self.house.pg.advance(**time)
        await self.house.context.schedule.run_due()
        await self.house.settle()

    async def xp(self) -> int:
        """Let ann write; return what it earned. The cooldown is waited for before."""
        before = (await self.house.record(self.ann)).xp
        await self.house.pg.advance(minutes=2)
        await self.house.say(self.ann, channel=self.news)
        return (await self.house.record(self.ann)).xp - before

    def told(self, channel: Channel | None = None) -> list[str]:
        """Return the announcements of events in a channel; replies to commands stand there too."""
        return [text for text in self.house.posts(channel) if text.startswith(("⚡", "🏁"))]

    async def kinds(self) -> list[str]:
        """Return what the ledger tells of events."""
        lines = await self.house.list_lines(lambda line: isinstance(line.outcome, EventStarted | EventEnded))
        return [type(line.outcome).__name__ for line in lines]


@pytest.fixture
async def party(house: House) -> Party:
    """Give the server with the bot connected."""
    party = Party(house)
    await house.connect()
    return party


async def test_an_event_by_prefix_from_beginning_to_end(party: Party) -> None:
    """It begins at once; the reply tells everybody; its end is announced where it was asked for."""
    said = await party.tell('!event start 2x 48h "Long Weekend"')
    assert said.startswith("⚡ **Long Weekend** is on: 2x XP until <t:")
    assert party.told() == [said]
    assert await party.xp() == 30
    await party.look(hours=47)
    assert party.told() == [said]
    await party.look(hours=1)
    assert party.told()[1:] == [party.told()[-1]]
    assert party.told()[-1].startswith("🏁 **Long Weekend** (2x XP) is over.")
    assert await party.xp() == 15
    assert await party.kinds() == ["EventStarted", "EventEnded"]


async def test_an_event_by_slash_at_a_time_to_come(party: Party) -> None:
    """It begins when it was said, in the server's own zone, and is announced in the channel chosen."""
    await party.tell("!config announce event #news")
    await party.tell("!config set general.timezone Europe/Kyiv")
    said = await party.tell("event start", factor="1.5", length="2 hours", name="Happy Hour", at="in 3h")
    assert said.startswith("**Happy Hour** begins <t:")
    assert "lasts 2 hours: 1.5x XP" in said
    assert f"I tell of its beginning and its end in {party.news.mention}." in said
    await party.look(hours=2)
    assert (party.told(party.news), await party.xp()) == ([], 15)
    await party.look(hours=1)
    [began] = party.told(party.news)
    assert began.startswith("⚡ **Happy Hour** is on: 1.5x XP until <t:")
    assert await party.xp() == 23
    await party.look(hours=2)
    assert party.told(party.news)[1].startswith("🏁 **Happy Hour**")
    assert party.told() == []


async def test_an_event_is_never_longer_than_said(party: Party) -> None:
    """By the messages' own timestamps, though nobody has looked at the clock."""
    await party.tell("!event start 2x 1h Hour")
    [line] = await party.house.list_lines(lambda line: isinstance(line.outcome, EventStarted))
    assert isinstance(line.outcome, EventStarted)
    message = await party.house.say(party.ann)
    left_ms = line.outcome.until_at - instant_of(message.id)
    assert (await party.house.record(party.ann)).xp == 30
    await party.house.pg.advance(milliseconds=left_ms)
    after = await party.house.say(party.ann)
    assert instant_of(after.id) >= line.outcome.until_at
    assert (await party.house.record(party.ann)).xp == 45


async def test_an_event_goes_on_through_restarts(party: Party) -> None:
    """Its beginning is not told again, and its end is told though the bot was started anew meanwhile."""
    await party.tell("!event start 2x 48h Weekend")
    await party.house.reopen()
    await party.look(hours=1)
    assert await party.xp() == 30
    assert len(party.told()) == 1
    await party.house.crash()
    await party.house.start_again()
    await party.look(hours=47)
    assert [text[0] for text in party.told()] == ["⚡", "🏁"]
    assert await party.kinds() == ["EventStarted", "EventEnded"]


async def test_a_beginning_missed_by_an_outage_is_told_late_while_the_event_runs(party: Party) -> None:
    """One that began and ended while the bot was away is told of no more."""
    await party.tell("!event start 2x 1h Short in 2h")
    await party.tell("!event start 3x 10h Long in 2h")
    await party.house.pg.stop_bot()
    await party.house.pg.advance(hours=5)
    await party.house.pg.connect(party.house.make_bot())
    await party.house.settle()
    [told] = party.told()
    assert told.startswith("⚡ **Long** is on: 3x XP")
    assert await party.xp() == 45


async def test_an_event_is_ended_and_called_off(party: Party) -> None:
    """By prefix and slash; what was earned before stays, and the name may be left out if it is clear."""
    await party.tell("!event start 2x 48h Weekend")
    await party.tell("!event start 3x 1h Later in 5h")
    assert await party.xp() == 30
    assert "There are: `Weekend, Later`." in await party.tell("!event stop")
    assert "There is no event `Never`" in await party.tell("event stop", name="Never")
    assert (await party.tell("event stop", name="weekend")).startswith("🏁 **Weekend** is over.")
    assert await party.xp() == 15
    assert await party.tell("!event stop") == "**Later** is called off. It had not begun."
    assert await party.tell("!event stop") == "There is no event to end."
    await party.look(hours=6)
    assert await party.kinds() == ["EventStarted", "EventEnded"]
    assert [text[0] for text in party.told()] == ["⚡", "🏁"]


async def test_an_event_ended_elsewhere_is_announced_where_it_was(party: Party) -> None:
    """Those who read of its beginning read of its end."""
    await party.tell("!event start 2x 48h Weekend")
    await party.house.pg.ask(party.owner, "!event stop", party.news)
    await party.house.settle()
    assert [text[0] for text in party.told()] == ["⚡", "🏁"]


async def test_overlapping_events_are_allowed_and_said(party: Party) -> None:
    """Both apply while both run."""
    await party.tell("!event start 2x 48h Weekend")
    said = await party.tell("!event start 1.5x 2h Hour")
    assert "It overlaps with **Weekend**. While both run, they are multiplied." in said
    assert await party.xp() == 45
    await party.look(hours=3)
    assert await party.xp() == 30


async def test_everybody_may_see_the_events(party: Party) -> None:
    """What runs and what is to come, by prefix and slash; events that are over are not shown."""
    assert "No event runs or is to come." in (await party.house.slash(party.ann, "event list")).text
    await party.tell("!event start 2x 48h Weekend")
    await party.tell("!event start 3x 1h Later 2040-02-01 18:00")
    shown = (await party.house.ask(party.ann, "!event list")).text
    assert "On now\n⚡ **Weekend** is on: 2x XP until" in shown
    assert "To come\n**Later** begins <t:" in shown
    assert "event start <" not in shown
    assert "event start <" in await party.tell("!event list")
    await party.look(hours=50)
    assert "Weekend" not in (await party.house.ask(party.ann, "!event")).text


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("!event start 2x 48h", "Something is missing"),
        ("!event start 200x 48h Weekend", "`200x` is no factor"),
        ("!event start 2x soon Weekend", "`soon` is no length of time. Say it like 48h"),
        ("!event start 2x 31d Weekend", "An event lasts between a minute and 30 days."),
        ("!event start 2x 10s Weekend", "An event lasts between a minute and 30 days."),
        ("!event start 2x 48h Weekend at 25:00", "I cannot read `at 25:00` as a time"),
        ('!event start 2x 48h "Weekend" tomorrow', "I cannot read `tomorrow` as a time"),
        ("!event start 2x 48h Weekend tomorrow", "I cannot read `tomorrow` as a time"),
        ("!event start 2x 48h Weekend 2020-01-01", "An event cannot begin <t:1577836800:R>"),
        ("!event start 2x 48h Weekend in 20000h", "within 366 days"),
        ("!event start 2x 48h <@1>", "An event cannot be called `<@1>`"),
        ("!config announce events here", "say one of level, achievement, goal, event"),
    ],
)
async def test_what_cannot_be_is_refused(party: Party, command: str, told: str) -> None:
    """With what would be right; nothing begins."""
    assert told in await party.tell(command)
    assert await party.kinds() == []
    assert "No event runs" in await party.tell("event list")


async def test_a_name_that_is_taken_is_refused(party: Party) -> None:
    """In capitals or not."""
    await party.tell("!event start 2x 48h Weekend")
    assert "called `WEEKEND` runs or is to come already" in await party.tell("!event start 2x 1h WEEKEND")


@pytest.mark.parametrize(
    ("typed", "name", "is_later"),
    [
        ("Weekend", "Weekend", False),
        ("Long Weekend", "Long Weekend", False),
        ('"Top 10 Night"', "Top 10 Night", False),
        ("Long Weekend in 3h", "Long Weekend", True),
        ('"Weekend" at 2040-02-01 18:00', "Weekend", True),
        ("“Big” 2040-02-01", "Big", True),
    ],
)
async def test_names_and_times_as_people_type_them(
    party: Party, typed: str, name: str, is_later: bool
) -> None:
    """With and without quotation marks, with and without a time."""
    said = await party.tell(f"!event start 2x 1h {typed}")
    assert f"**{name}** {'begins' if is_later else 'is on'}" in said


async def test_where_it_is_announced_is_said(party: Party) -> None:
    """Also where nothing is announced, and while leveling is off."""
    said = await party.tell("!event start 2x 1h One in 1h")
    assert "I will tell of its beginning and its end here." in said
    await party.tell("!config announce event off")
    await party.tell("!config enabled off")
    said = await party.tell("!event start 2x 1h Two")
    assert "announced nowhere" in said
    assert "Leveling is **off** in this server" in said
    await party.look(hours=3)
    assert party.told() == [said]


async def test_only_who_manages_the_server_begins_and_ends_events(party: Party) -> None:
    """By prefix and slash."""
    for line in ("!event start 2x 48h Weekend", "!event stop Weekend"):
        assert "You need the permission Manage Server" in (await party.house.ask(party.ann, line)).text
    for name, options in (
        ("event start", {"factor": "2", "length": "48h", "name": "Weekend"}),
        ("event stop", {"name": "Weekend"}),
    ):
        result = await party.house.slash(party.ann, name, **options)
        assert "You need the permission Manage Server" in result.text
    assert await party.kinds() == []


async def test_events_to_end_are_suggested(party: Party) -> None:
    """Those that run or are to come."""
    await party.tell("!event start 2x 48h Weekend")
    await party.tell("!event start 2x 1h Other in 1h")
    choices = await party.house.pg.autocomplete(party.owner, "event stop", "name", "week")
    assert [choice["value"] for choice in choices] == ["Weekend"]


async def test_a_guild_that_is_joined_later_has_events_too(party: Party) -> None:
    """What is due there is told."""
    other = await party.house.pg.invite_bot("Elsewhere")
    await party.house.settle()
    channel = next(iter(other.channels.values()))
    await party.house.pg.ask(other.owner, "!event start 2x 1h Hour in 1h", channel, guild=other)
    await party.look(hours=1)
    assert party.told(channel)[0].startswith("⚡ **Hour** is on")
    assert party.told() == []
