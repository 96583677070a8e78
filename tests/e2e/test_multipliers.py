"""Multipliers: what admins set, by prefix and slash, what members earn, and what they are shown of it."""

from __future__ import annotations

import pytest

from leveling_core.outcomes import RulesChanged, XpGained
from playground import Channel, ChannelType
from playground.errors import PlaygroundError
from tests.e2e.house import House
from tests.e2e.scene import Scene


class Place(Scene):
    """A server with a category, a channel and a thread in it, a role, and somebody who talks."""

    def __init__(self, house: House) -> None:
        world, guild = house.pg.world, house.pg.guild
        super().__init__(house)
        self.ann = house.person("ann")
        self.arts = world.add_channel(guild, "Arts", kind=ChannelType.CATEGORY)
        self.art = world.add_channel(guild, "art", category=self.arts)
        self.thread = world.add_thread(self.art, "sketches", owner=guild.owner)
        self.vip = world.add_role(guild, "Night Owls 10")

    async def gain(self, channel: Channel | None = None) -> XpGained:
        """Let ann write; return what the ledger tells of it. The cooldown is waited for before."""
        await self.house.pg.advance(minutes=2)
        await self.house.say(self.ann, channel=channel)
        outcome = (await self.house.list_lines(lambda line: isinstance(line.outcome, XpGained)))[-1].outcome
        assert isinstance(outcome, XpGained)
        return outcome


@pytest.fixture
async def place(house: House) -> Place:
    """Give the server with the bot connected."""
    place = Place(house)
    await house.connect()
    return place


async def test_every_kind_of_multiplier_by_prefix(place: Place) -> None:
    """Each applies from the next message on, and is named in the ledger."""
    assert await place.tell("!multipliers set server 2") == (
        "All XP in this server is multiplied by 2 from now on. Before, it was not."
    )
    assert "in the channels of **Arts** is multiplied by 1.5" in await place.tell(
        "!multipliers set category Arts 1.5x"
    )
    assert f"messages in {place.art.mention}" in await place.tell(f"!multipliers set {place.art.mention} ×2")
    assert f"messages in {place.thread.mention}" in await place.tell("!multipliers set sketches 3")
    assert f"members with {place.vip.mention}" in await place.tell("!multipliers set Night Owls 10 0.5")
    await place.house.pg.give_role(place.ann, place.vip)
    gained = await place.gain(place.thread)
    assert [multiplier.name for multiplier in gained.multipliers] == [
        "server",
        f"category:{place.arts.id}",
        f"channel:{place.art.id}",
        f"thread:{place.thread.id}",
        f"role:{place.vip.id}",
    ]
    assert gained.xp == 15 * 2 * 1.5 * 2 * 3 * 0.5
    assert (await place.gain()).xp == 15


async def test_a_multiplier_that_is_so_already(place: Place) -> None:
    """It is said, and nothing is written down: not even that somebody said it again."""
    await place.tell("!multipliers set 2")
    await place.tell("!multipliers set art 1.5")
    before = await place.house.list_lines(lambda _: True)
    assert await place.tell("!multipliers set 2.0x") == (
        "The multiplier of this server is 2x already: nothing was changed."
    )
    assert await place.tell("!multipliers set #art 1.5") == (
        f"The multiplier of {place.art.mention} is 1.5x already: nothing was changed."
    )
    await place.house.settle()
    assert [
        line
        for line in await place.house.list_lines(lambda line: isinstance(line.outcome, RulesChanged))
        if line not in before
    ] == []


async def test_what_is_not_there_is_said_without_members(place: Place) -> None:
    """Multipliers are for places and roles, so nobody is told to look for a member."""
    for command in ("!multipliers set #nope 2", "!multipliers set nope 2", "!multipliers remove nope"):
        told = await place.tell(command)
        assert "I know no channel, category, thread or role `" in told
        assert "member" not in told


async def test_every_kind_of_multiplier_by_slash(place: Place) -> None:
    """One option says what it is for; none means the server."""
    assert "All XP in this server" in await place.tell("multipliers set", factor="2")
    assert "Before, it was 2x." in await place.tell("multipliers set", factor="3")
    assert "**Arts**" in await place.tell("multipliers set", factor="1.5", channel=place.arts)
    assert place.thread.mention in await place.tell("multipliers set", factor="2", channel=place.thread)
    assert place.vip.mention in await place.tell("multipliers set", factor="2x", role=place.vip)
    said = await place.tell("multipliers set", factor="2", role=place.vip, channel=place.art)
    assert "One at a time" in said
    assert (await place.gain(place.thread)).xp == 135


async def test_multipliers_are_removed(place: Place) -> None:
    """By name or by suggestion; what has none says so."""
    await place.tell("!multipliers set server 2")
    await place.tell("!multipliers set art 2")
    await place.tell("!multipliers set role Night Owls 10 2")
    choices = await place.house.pg.autocomplete(place.owner, "multipliers remove", "entry", "")
    assert [choice["name"] for choice in choices] == ["server", "art", "Night Owls 10"]
    assert await place.tell("!multipliers remove server") == (
        "The multiplier of this server is gone. It was 2x."
    )
    assert "this server has no multiplier" in await place.tell("multipliers remove", entry="server")
    assert place.art.mention in await place.tell("multipliers remove", entry=choices[1]["value"])
    assert f"{place.vip.mention} is gone. It was 2x." in await place.tell("!multipliers remove night owls 10")
    assert "has no multiplier: nothing was changed" in await place.tell("!multipliers remove art")
    assert place.vip.mention in await place.tell('!multipliers set "Night Owls 10" 2')
    assert place.vip.mention in await place.tell('!multipliers remove "Night Owls 10"')
    assert (await place.gain(place.art)).multipliers == ()


async def test_how_they_come_together_is_chosen(place: Place) -> None:
    """By a command or in the rules; the ledger tells what held."""
    await place.tell("!multipliers set server 2")
    await place.tell("!multipliers set art 1.5")
    assert "added up from now on" in await place.tell("!multipliers combine add")
    gained = await place.gain(place.art)
    assert (gained.xp, gained.combine) == (38, "add")
    assert "the largest alone" in await place.tell("multipliers combine", mode="largest")
    assert (await place.gain(place.art)).xp == 30
    await place.tell("!config set multipliers.limit 1.5")
    gained = await place.gain(place.art)
    assert (gained.xp, gained.multipliers[-1].name) == (23, "limit")


@pytest.mark.parametrize("factor", ["0", "-1", "101", "lots", "1.2345"])
async def test_factors_out_of_bounds_are_refused(place: Place, factor: str) -> None:
    """Kindly, by prefix and slash, with what to say instead."""
    for said in (
        await place.tell(f"!multipliers set server {factor}"),
        await place.tell("multipliers set", factor=factor),
    ):
        assert f"`{factor}` is no factor. Say a number from 0.05 to 100" in said


@pytest.mark.parametrize("typed", ["server", "art", "category Arts"])
async def test_a_factor_that_is_left_out_is_asked_for(place: Place, typed: str) -> None:
    """A name with no number behind it is not taken for a wrong number."""
    said = await place.tell(f"!multipliers set {typed}")
    assert f"The factor is missing: say a number behind `{typed}`" in said


async def test_members_have_no_multiplier(place: Place) -> None:
    """Nor does what is not there."""
    assert "is a member" in await place.tell("!multipliers set @ann 2")
    assert "I know no channel" in await place.tell("!multipliers set nowhere 2")


async def test_everybody_sees_what_applies_here_and_now(place: Place) -> None:
    """By prefix and slash: each by name with the product, and all there are."""
    await place.tell("!multipliers set server 2")
    await place.tell("!multipliers set Arts 1.5")
    await place.tell("!multipliers set role Night Owls 10 1.25")
    await place.house.pg.give_role(place.ann, place.vip)
    await place.house.pg.boost(place.ann)
    await place.house.settle()
    [shown] = await place.house.pg.ask(place.ann, "!multipliers", place.art)
    for line in (
        "This server: 2x",
        "**Arts**: 1.5x",
        f"{place.vip.mention}: 1.25x",
        "Server booster: 1.5x",
        "**Your messages here earn 5.625x** (multiplied).",
        "Several are multiplied (2x and 1.5x make 3x), up to 100x in all.",
    ):
        assert line in shown.text
    elsewhere = await place.house.slash(place.ann, "multipliers list")
    assert "**Your messages here earn 3.75x** (multiplied)." in elsewhere.text
    nothing = await place.house.slash(place.house.pg.guild.owner, "multipliers list")
    assert "**Your messages here earn 2x.**" in nothing.text
    assert "multipliers set <" in nothing.text
    assert "multipliers set <" not in shown.text


async def test_ceilings_are_shown_with_what_is_left(place: Place) -> None:
    """Whoever sets none sees none; else the list tells how far it is to each."""
    assert "Your messages may earn" not in (await place.house.slash(place.ann, "multipliers list")).text
    await place.tell("!config set earning.hour_ceiling_xp 1000")
    await place.tell("!config set earning.day_ceiling_xp 5000")
    await place.house.say(place.ann)
    shown = (await place.house.slash(place.ann, "multipliers list")).text
    assert "Your messages may earn 1,000 XP this hour, until <t:" in shown
    assert "Your messages may earn 5,000 XP this day, until <t:" in shown
    await place.tell("!config set earning.hour_ceiling_xp 10")
    lowered = (await place.house.slash(place.ann, "multipliers list")).text
    assert "and have earned all of it." in lowered
    await place.tell("!noxp add ann")
    assert "Your messages may earn" not in (await place.house.slash(place.ann, "multipliers list")).text


async def test_where_nothing_is_earned_the_list_says_so(place: Place) -> None:
    """A factor of what earns nothing would mislead."""
    await place.tell("!noxp add art")
    [shown] = await place.house.pg.ask(place.ann, "!multipliers list", place.art)
    assert "Your messages earn nothing here" in shown.text
    assert "Nothing multiplies your XP here now." in shown.text
    await place.tell("!multipliers set server 2")
    for command in ("!noxp list", "!config enabled off"):
        await place.tell(command)
        [shown] = await place.house.pg.ask(place.ann, "!multipliers list", place.art)
        assert "Your messages here earn" not in shown.text


async def test_members_see_only_places_that_they_may_look_into(place: Place) -> None:
    """Who manages the server sees all; what is gone is shown to who can mend it."""
    secret = await place.house.pg.create_channel("secret")
    await place.house.pg.deny(secret, "view_channel", target=place.ann)
    await place.house.pg.idle()
    await place.tell(f"!multipliers set {secret.mention} 2")
    await place.tell("!multipliers set art 2")
    await place.house.pg.delete_channel(place.art)
    await place.house.pg.idle()
    [shown] = await place.house.pg.ask(place.ann, "!multipliers")
    assert secret.mention not in shown.text
    assert str(place.art.id) not in shown.text
    shown_all = await place.tell("!multipliers")
    assert f"{secret.mention}: 2x" in shown_all
    assert str(place.art.id) in shown_all


async def test_what_is_gone_is_shown_with_what_removes_it(place: Place) -> None:
    """As an id, which the command takes."""
    await place.tell("!multipliers set art 2")
    await place.house.pg.delete_channel(place.art)
    await place.house.pg.idle()
    shown = await place.tell("!multipliers list")
    assert f"`{place.art.id}` is gone, or an archived thread: `!multipliers remove {place.art.id}`" in shown
    assert "is gone. It was 2x" in await place.tell(f"!multipliers remove {place.art.id}")


async def test_only_who_manages_the_server_sets_them(place: Place) -> None:
    """By prefix and slash; the list alone is for all."""
    for line in ("!multipliers set server 2", "!multipliers remove server", "!multipliers combine add"):
        [refused] = await place.house.pg.ask(place.ann, line)
        assert "You need the permission Manage Server" in refused.text
    for name, options in (
        ("multipliers set", {"factor": "2"}),
        ("multipliers remove", {"entry": "server"}),
        ("multipliers combine", {"mode": "add"}),
    ):
        result = await place.house.slash(place.ann, name, **options)
        assert "You need the permission Manage Server" in result.text
        assert result.ephemeral
    with pytest.raises(PlaygroundError):
        await place.house.slash(place.ann, "noxp list")


async def test_a_daily_claim_names_what_multiplied_it(place: Place) -> None:
    """Server and role apply to it, a channel does not."""
    await place.tell("!multipliers set server 2")
    await place.tell("!multipliers set art 3")
    await place.tell("!multipliers set role Night Owls 10 1.5")
    await place.house.pg.give_role(place.ann, place.vip)
    [claimed] = await place.house.pg.ask(place.ann, "!daily", place.art)
    assert "Daily reward: 75 XP" in claimed.text
    assert f"{place.vip.mention}: × 1.5" in claimed.text
    assert "This server: × 2" in claimed.text
    assert "Added up" not in claimed.text
    await place.house.pg.advance(days=1)
    await place.tell("!multipliers combine add")
    [claimed] = await place.house.pg.ask(place.ann, "!daily", place.art)
    assert "Daily reward: 75 XP" in claimed.text  # (25 + 5) × (1 + 1 + 0.5)
    assert "Added up: × 2.5" in claimed.text
