"""Where and who earns: what admins say, by prefix and slash, and what becomes of messages."""

from __future__ import annotations

from typing import Any

import pytest

from leveling_core.decision import Decision
from leveling_core.documents import RulesRecord
from leveling_core.ids import rules_key
from leveling_core.outcomes import RulesChanged
from leveling_core.store import LedgerQuery
from playground import Channel, ChannelType, Member
from playground.errors import PlaygroundError
from tests.e2e.house import House
from tests.e2e.scene import Scene


class Places(Scene):
    """A server with a category of two channels, a thread, a role and two people."""

    def __init__(self, house: House) -> None:
        world, guild = house.pg.world, house.pg.guild
        super().__init__(house)
        self.ann, self.bob = house.person("ann"), house.person("bob")
        self.lounge = world.add_channel(guild, "Lounge", kind=ChannelType.CATEGORY)
        self.spam = world.add_channel(guild, "spam", category=self.lounge)
        self.art = world.add_channel(guild, "art", category=self.lounge)
        self.voice = world.add_channel(guild, "Stage Talk", kind=ChannelType.VOICE, category=self.lounge)
        self.thread = world.add_thread(self.spam, "spam stories", owner=guild.owner)
        self.muted = world.add_role(guild, "Muted")

    async def xp(self, who: Member, channel: Channel | None = None, text: str = "hello") -> int:
        """Let somebody write; return what it earned. The cooldown is waited for before."""
        before = (await self.house.record(who)).xp
        await self.house.pg.advance(minutes=2)
        await self.house.say(who, text, channel)
        return (await self.house.record(who)).xp - before

    async def rules(self) -> dict[str, Any]:
        """Return what differs from the defaults."""
        record = await self.house.store.read(rules_key(self.house.pg.guild.id))
        assert isinstance(record, RulesRecord)
        return record.changes


@pytest.fixture
async def places(house: House) -> Places:
    """Give the server with the bot connected."""
    places = Places(house)
    await house.connect()
    return places


async def test_a_channel_that_cannot_be_seen_is_named_as_one(places: Places) -> None:
    """A mention of one that is not there, or is hidden from the bot, is answered as such."""
    for command in (
        "!noxp add <#123456789012345678>",
        "!config set announcements.log_channel <#123456789012345678>",
    ):
        assert "cannot find or read the channel <#123456789012345678>." in await places.tell(command)


async def test_a_channel_earns_nothing_from_the_moment_it_is_named(places: Places) -> None:
    """By prefix: its messages and those of its threads count for nothing; elsewhere all goes on."""
    assert await places.xp(places.ann, places.spam) == 15
    text = await places.tell(f"!noxp add {places.spam.mention}")
    assert text == (
        f"Messages in {places.spam.mention} earn nothing and count for nothing from now on, "
        "nor do those in its threads."
    )
    assert await places.xp(places.ann, places.spam) == 0
    assert await places.xp(places.ann, places.thread) == 0
    assert await places.xp(places.ann) == 15
    assert (await places.house.record(places.ann)).messages == 2
    assert await places.tell("!noxp remove spam") == f"{places.spam.mention} is excluded no longer."
    assert await places.xp(places.ann, places.spam) == 15


async def test_a_category_a_thread_a_role_and_a_member_by_slash(places: Places) -> None:
    """Each is one option; the ledger says who did it."""
    assert "channels of **Lounge** earn nothing" in await places.tell("noxp add", channel=places.lounge)
    for channel in (places.spam, places.art, places.voice, places.thread):
        assert await places.xp(places.ann, channel) == 0
    await places.tell("noxp remove", entry=str(places.lounge.id))
    assert f"Messages in {places.thread.mention} earn nothing" in await places.tell(
        "noxp add", channel=places.thread
    )
    assert [await places.xp(places.ann, c) for c in (places.thread, places.spam)] == [0, 15]
    assert f"Members with {places.muted.mention} earn nothing" in await places.tell(
        "noxp add", role=places.muted
    )
    await places.house.pg.give_role(places.ann, places.muted)
    assert await places.xp(places.ann) == 0
    await places.house.pg.take_role(places.ann, places.muted)
    assert await places.xp(places.ann) == 15
    assert f"{places.bob.mention} earns nothing" in await places.tell("noxp add", member=places.bob)
    assert await places.xp(places.bob) == 0
    changes = await places.house.list_lines(lambda line: isinstance(line.outcome, RulesChanged))
    assert {line.actor_id for line in changes} == {places.owner.id}
    assert len(changes) == 5


async def test_only_xp_by_prefix_and_slash(places: Places) -> None:
    """The first entry shuts everything else out, and the reply says so; the last one's end opens it again."""
    first = await places.tell("!onlyxp add #art")
    assert first.startswith(f"Messages earn only in {places.art.mention} from now on")
    assert [await places.xp(places.ann, c) for c in (places.art, places.spam)] == [15, 0]
    assert f"Messages in {places.spam.mention} earn too" in await places.tell(
        "onlyxp add", channel=places.spam
    )
    assert await places.xp(places.ann, places.thread) == 15
    assert "it earns nothing" in await places.tell("!onlyxp remove spam")
    assert "messages earn everywhere again" in await places.tell("onlyxp remove", entry=str(places.art.id))
    assert await places.xp(places.ann, places.spam) == 15


async def test_only_xp_people(places: Places) -> None:
    """Members with a role, and members named beside them."""
    assert "Only members with" in await places.tell("!onlyxp add role Muted")
    assert await places.xp(places.ann) == 0
    assert f"{places.ann.mention} earns too" in await places.tell("onlyxp add", member=places.ann)
    assert [await places.xp(who) for who in (places.ann, places.bob)] == [15, 0]
    await places.house.pg.give_role(places.bob, places.muted)
    assert await places.xp(places.bob) == 15


async def test_removing_the_last_place_tells_of_people_who_alone_earn(places: Places) -> None:
    """And the other way round: what else is only-XP is not passed over."""
    await places.tell("!onlyxp add spam")
    await places.tell("!onlyxp add ann")
    said = await places.tell("!onlyxp remove ann")
    assert "everybody earns again, but only in the places of `onlyxp list`" in said
    assert [await places.xp(places.bob, c) for c in (places.spam, places.art)] == [15, 0]
    await places.tell("!onlyxp add ann")
    said = await places.tell("!onlyxp remove spam")
    assert "messages earn everywhere again, but only those of the roles and members" in said
    assert [await places.xp(who, places.art) for who in (places.ann, places.bob)] == [15, 0]
    assert "Nothing else is, so everybody earns again" in await places.tell("!onlyxp remove ann")


@pytest.mark.parametrize("typed", ['"spam stories"', "“spam stories”", 'thread "spam stories"'])
async def test_names_in_quotation_marks_are_taken(places: Places, typed: str) -> None:
    """People put them around names with a space; other commands take them too."""
    assert f"Messages in {places.thread.mention} earn nothing" in await places.tell(f"!noxp add {typed}")
    assert "is excluded no longer" in await places.tell('!noxp remove "spam stories"')


async def test_adding_twice_and_removing_what_is_not_there(places: Places) -> None:
    """The reply says that it was so already, and nothing is written."""
    await places.tell("!noxp add spam")
    before = await places.rules()
    assert "is excluded already: nothing was changed" in await places.tell("noxp add", channel=places.spam)
    assert "is not excluded: nothing was changed" in await places.tell("!noxp remove art")
    assert "is not named as only-XP" in await places.tell("!onlyxp remove art")
    assert await places.rules() == before


async def test_what_holds_where_two_rules_meet_is_said(places: Places) -> None:
    """No-XP wins over only-XP, whichever came first, and over a channel whose category is excluded."""
    await places.tell("!onlyxp add art")
    said = await places.tell("!noxp add art")
    assert "No-XP always wins, so it earns nothing. `!onlyxp remove #art` tidies up." in said
    said = await places.tell("onlyxp add", channel=places.art)
    assert "No-XP always wins, so it earns nothing until `/noxp remove #art`." in said
    await places.tell("!noxp remove #art")
    await places.tell("!noxp add category Lounge")
    said = await places.tell("!onlyxp add spam")
    assert "It earns nothing all the same: **Lounge** is excluded." in said
    said = await places.tell("!onlyxp remove art")
    assert "It earns nothing all the same: **Lounge** is excluded." in said
    assert await places.xp(places.ann, places.spam) == 0


async def test_a_member_who_earns_nothing_claims_nothing(places: Places) -> None:
    """The refusal says why, kindly; a place that is excluded takes no claim away."""
    await places.tell("!noxp add role Muted")
    await places.tell(f"!noxp add {places.spam.mention}")
    await places.house.pg.give_role(places.ann, places.muted)
    [refused] = await places.house.pg.ask(places.ann, "!daily")
    assert refused.text == (
        f"You earn no XP in this server: its admins have excluded the role {places.muted.mention}."
    )
    assert "its admins have excluded the role" in (await places.house.slash(places.ann, "daily")).text
    assert (await places.house.record(places.ann)).commands == 0
    [claimed] = await places.house.pg.ask(places.bob, "!daily", places.spam)
    assert "Daily reward" in claimed.text


async def test_the_lists_show_names_and_what_is_gone(places: Places) -> None:
    """By prefix and slash: what is gone stands with the command that removes it."""
    for entry in ("spam", "Lounge", "role Muted", "@bob"):
        await places.tell(f"!noxp add {entry}")
    await places.tell("!config set scope.ignored_prefixes ?, pls")
    shown = await places.tell("noxp list")
    for name in (places.spam.mention, "**Lounge**", places.muted.mention, places.bob.mention, "`?` `pls`"):
        assert name in shown
    await places.house.pg.delete_channel(places.spam)
    await places.house.pg.delete_role(places.muted)
    await places.house.pg.leave(places.bob)
    await places.house.settle()
    shown = await places.tell("!noxp")
    assert f"`{places.spam.id}` is gone, or an archived thread: `!noxp remove {places.spam.id}`" in shown
    assert f"`{places.muted.id}` is a role that is gone: `!noxp remove {places.muted.id}`" in shown
    assert f"`{places.bob.id}` is a member who left: `!noxp remove {places.bob.id}`" in shown
    for gone in (places.spam, places.muted, places.bob):
        assert f"`{gone.id}` is excluded no longer." in await places.tell(f"!noxp remove {gone.id}")
    assert (await places.rules())["scope.no_xp_channels"] == [places.lounge.id]
    assert "Nothing is named" in await places.tell("!onlyxp list")


async def test_what_admins_named_is_in_the_audit(places: Places) -> None:
    """Entry by entry, as mentions."""
    await places.tell("!noxp add spam")
    await places.tell("!noxp remove spam")
    await places.tell("!multipliers set role Muted 1.5")
    shown = await places.tell("!audit")
    assert f"**scope.no_xp_channels**: + {places.spam.mention}" in shown
    assert f"**scope.no_xp_channels**: − {places.spam.mention}" in shown
    assert f"**multipliers.roles**: + {places.muted.mention} 1.5x" in shown


async def test_overruled_entries_are_marked(places: Places) -> None:
    """What is on both lists is marked on the one that loses."""
    await places.tell("!onlyxp add art")
    await places.tell("!noxp add art")
    assert f"{places.art.mention} (excluded by `noxp` too, which wins)" in await places.tell("onlyxp list")


async def test_names_are_understood_kindly(places: Places) -> None:
    """A name that several bear is asked about, with what to type; a kind before it settles it."""
    twin = await places.house.pg.create_role("spam")
    await places.house.pg.idle()
    asked = await places.tell("!noxp add SPAM")
    assert f"{places.spam.mention} (channel `{places.spam.id}`)" in asked
    assert f"{twin.mention} (role `{twin.id}`)" in asked
    assert "`channel SPAM`" in asked
    assert twin.mention in await places.tell("!noxp add role spam")
    assert places.spam.mention in await places.tell(f"!noxp add channel {places.spam.id}")
    assert "I know no channel, category, thread, role or member `nobody`" in await places.tell(
        "!noxp add nobody"
    )


@pytest.mark.parametrize(
    ("command", "typed"),
    [
        ("add category Lounge", "Lounge"),
        ("add spam stories", "#spam stories"),
        ("add Muted", "@Muted"),
        ("add ann", "@ann"),
    ],
)
async def test_what_an_advice_names_can_be_typed(places: Places, command: str, typed: str) -> None:
    """It is called as people call it, and understood so."""
    await places.tell(f"!noxp {command}")
    said = await places.tell(f"!onlyxp {command}")
    assert f"it earns nothing until `!noxp remove {typed}`." in said
    assert "is excluded no longer" in await places.tell(f"!noxp remove {typed}")


async def test_what_is_called_like_another_is_named_by_its_id(places: Places) -> None:
    """So is what has a name that would not stand in a message as it is."""
    twin = places.house.pg.world.add_channel(places.house.pg.guild, "art")
    odd = await places.house.pg.create_role("a`b")
    await places.house.settle()
    await places.tell(f"!noxp add {places.art.mention}")
    for one in (twin, odd):
        await places.tell(f"!noxp add {one.mention}")
        assert f"until `!noxp remove {one.id}`." in await places.tell(f"!onlyxp add {one.mention}")


async def test_the_role_of_everybody_is_refused(places: Places) -> None:
    """Each command says what does instead what may have been meant."""
    told = await places.tell("!noxp add @everyone")
    assert told == "Everybody has that role. `!config enabled off` lets nobody earn anything."
    told = await places.tell("!onlyxp add @everyone")
    assert told == (
        "Everybody has that role, so naming it would keep nobody from earning. Everybody earns as long as no"
        " role and no member is named: `!onlyxp list` shows who is."
    )


async def test_exactly_one_option_is_needed(places: Places) -> None:
    """None and two are refused; a bot earns nothing anyway."""
    assert await places.tell("noxp add") == "Say which channel, role or member."
    assert "One at a time" in await places.tell("noxp add", channel=places.art, role=places.muted)
    assert "Say which channel, role or member" in await places.tell("!noxp add")
    own = places.house.pg.guild.members[places.house.pg.world.bot.id]
    assert "is a bot" in await places.tell("noxp add", member=own)


async def test_entries_are_suggested(places: Places) -> None:
    """While an entry to remove is typed, those that there are are offered, gone ones by their id."""
    await places.tell("!noxp add spam")
    await places.tell("!noxp add role Muted")
    await places.house.pg.delete_role(places.muted)
    await places.house.pg.idle()
    choices = await places.house.pg.autocomplete(places.owner, "noxp remove", "entry", "")
    assert [choice["name"] for choice in choices] == ["spam", str(places.muted.id)]
    choices = await places.house.pg.autocomplete(places.owner, "onlyxp remove", "entry", "")
    assert choices == []


@pytest.mark.parametrize("command", ["noxp", "onlyxp"])
async def test_only_who_manages_the_server_may(places: Places, command: str) -> None:
    """Others are refused by prefix, and not offered the slash command."""
    for line in (f"!{command}", f"!{command} add art", f"!{command} remove art", f"!{command} list"):
        [refused] = await places.house.pg.ask(places.ann, line)
        assert "You need the permission Manage Server" in refused.text
    with pytest.raises(PlaygroundError, match=command):
        await places.house.pg.slash(places.ann, f"{command} list")


async def test_prefixes_of_other_bots_do_not_count(places: Places) -> None:
    """In capitals or not; the same further on in a message is nothing special."""
    await places.tell("!config set scope.ignored_prefixes ?, pls")
    assert [await places.xp(places.ann, text=text) for text in ("?play", "PLS rank", "is it ?")] == [0, 0, 15]


async def test_threads_may_stand_for_themselves(places: Places) -> None:
    """Switched off, following applies to messages at once."""
    await places.tell("!noxp add spam")
    await places.tell("!config set scope.threads_follow off")
    assert [await places.xp(places.ann, c) for c in (places.thread, places.spam)] == [15, 0]
    assert "Its threads stand for themselves" in await places.tell("!noxp add art")


async def test_posts_of_a_forum_share_what_holds_for_it(house: House) -> None:
    """A forum has no messages but those of its posts, whatever threads elsewhere do."""
    places = Places(house)
    forum = house.pg.world.add_channel(house.pg.guild, "ideas", kind=ChannelType.FORUM)
    post = house.pg.world.add_thread(forum, "an idea", owner=places.owner)
    await house.connect()
    await places.tell("!config set scope.threads_follow off")
    await places.tell("multipliers set", factor="2", channel=forum)
    assert await places.xp(places.ann, post) == 30
    assert forum.mention in await places.tell("noxp add", channel=forum)
    assert await places.xp(places.ann, post) == 0


async def test_rules_hold_after_a_restart_and_in_a_guild_that_is_joined_later(places: Places) -> None:
    """From the first message on."""
    house = places.house
    await places.tell("!noxp add role Muted")
    await places.tell("!noxp add Lounge")
    await house.pg.give_role(places.ann, places.muted)
    await house.reopen()
    assert [await places.xp(places.ann), await places.xp(places.bob, places.art)] == [0, 0]
    other = await house.pg.invite_bot("Elsewhere")
    guest = await house.pg.join("guest", guild=other)
    await house.settle()
    channel = next(iter(other.channels.values()))
    [answer] = await house.pg.ask(other.owner, f"!noxp add {guest.mention}", channel, guild=other)
    assert "earns nothing from now on" in answer.text
    await house.pg.say(guest, "hello", channel, guild=other)
    await house.settle()
    lines = await house.store.list_ledger(LedgerQuery(guild_id=other.id))
    assert [line.user_id for line in lines] == [0]


async def test_many_of_one_name_are_named_in_part(house: House, places: Places) -> None:
    """Whoever means one of very many gets an answer that Discord takes, with what would be clear."""
    roles = [await house.pg.create_role("Event team of a certain year") for _ in range(60)]
    await house.pg.idle()
    change = Decision(
        None,
        {
            rules_key(house.pg.guild.id): RulesRecord(
                changes={"scope.no_xp_roles": sorted(role.id for role in roles)}, version=1
            )
        },
    )
    await house.store.commit((), lambda _: change)
    told = await places.tell("!noxp remove Event team of a certain year")
    assert "Several are called `Event team of a certain year`" in told
    assert "Give the id of the one you mean." in told
