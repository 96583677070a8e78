"""Who may ask `why` about what, and who reads the answer."""

from __future__ import annotations

import pytest

from cogs.ui import replies
from playground import Channel, ChannelType, Member, Message
from tests.cogs.server import TEXTS
from tests.e2e.house import House

NOT_FOUND = TEXTS("why-not-found")


def link_to(message: Message) -> str:
    """Return what "Copy Message Link" gives."""
    guild = message.channel.get_guild()
    return f"https://discord.com/channels/{guild.id}/{message.channel.id}/{message.id}"


class Case:
    """A server with a manager, two members, a channel for its team, and a private thread.

    Attributes:
        house: The server.
        mod: Who manages it; not among those who see ``vault``.
        vault: A channel that only the owner sees.
        huddle: A private thread of the owner and bob.
    """

    def __init__(self, house: House) -> None:
        world, guild = house.pg.world, house.pg.guild
        self.house = house
        self.ann, self.bob, self.mod = (house.person(name) for name in ("ann", "bob", "mod"))
        self.mod.role_ids.append(world.add_role(guild, "Manager", grants=["manage_guild"], position=1).id)
        self.vault: Channel = world.add_channel(guild, "vault")
        self.huddle = world.add_thread(world.general, "huddle", owner=guild.owner)
        self.huddle.type = ChannelType.PRIVATE_THREAD
        self.huddle.thread_member_ids += [self.bob.id, world.bot.id]

    async def ask(self, who: Member, message: Message | str) -> str:
        """Ask about a message or a link by slash, a little later; return what only the asker sees."""
        await self.house.pg.advance(minutes=1)
        link = message if isinstance(message, str) else link_to(message)
        result = await self.house.pg.slash(who, "why", message=link)
        assert result.ephemeral
        return result.text


@pytest.fixture
async def case(house: House) -> Case:
    """Give the server, with the bot connected."""
    case = Case(house)
    await house.connect()
    everybody = house.pg.guild.roles[house.pg.guild.id]
    await house.pg.deny(case.vault, "view_channel", target=everybody)
    await house.pg.allow(case.vault, "view_channel", target=house.pg.guild.members[house.pg.world.bot.id])
    return case


async def test_what_links_to_no_message_is_told_by_prefix_too(case: Case) -> None:
    """It is no name of a member, and an id of nobody may be that of a message."""
    ask, ann = case.house.ask, case.ann
    assert (await ask(ann, "!why https://discord.com/channels/1/2/3")).text == TEXTS("why-no-link")
    await case.house.pg.advance(minutes=1)
    answer = (await ask(ann, "!why 123456789012345678")).text
    assert "nobody with the id `123456789012345678`" in answer
    assert "Copy Message Link" in answer


async def test_members_ask_about_themselves_alone(case: Case) -> None:
    """By slash and by prefix, the answer about somebody else is the same refusal for all."""
    house = case.house
    await house.say(case.bob)
    result = await house.pg.slash(case.ann, "why", member=case.bob)
    assert (result.text, result.ephemeral) == (TEXTS("why-only-own"), True)
    assert (await house.ask(case.ann, "!why bob")).text == TEXTS("why-only-own")
    assert "**+15 XP**" in (await house.pg.slash(case.bob, "why", member=case.bob)).text


async def test_those_who_manage_the_server_ask_about_anybody(case: Case) -> None:
    """Also about who has left, but not about bots."""
    house = case.house
    await house.say(case.bob)
    await house.pg.leave(case.bob)
    await house.settle()
    assert "**+15 XP**" in (await house.pg.slash(case.mod, "why", member=case.bob)).text
    robot = house.pg.guild.members[house.pg.world.bot.id]
    assert "bots earn nothing" in (await house.pg.slash(case.mod, "why", member=robot)).text


async def test_a_prefix_is_answered_directly(case: Case) -> None:
    """The channel reads only that there is an answer, whatever channels it names."""
    house = case.house
    await house.say(case.ann)
    assert (await house.ask(case.ann, "!why")).text == TEXTS("ui-direct-answer", command="why")
    [answer] = house.pg.replies(house.pg.dm(case.ann))
    assert "**+15 XP**" in answer.text


async def test_whoever_refuses_direct_messages_is_told_of_the_slash_command(case: Case) -> None:
    """Nothing of the answer is shown in the channel."""
    house = case.house
    await house.say(case.ann)
    await house.pg.refuse_dms(case.ann)
    assert (await house.ask(case.ann, "!why")).text == TEXTS("ui-no-direct-answer", command="why")


async def test_a_link_after_a_prefix(case: Case) -> None:
    """One command takes a member or a link there."""
    house = case.house
    message = await house.say(case.bob)
    await house.ask(case.mod, f"!why <{link_to(message)}>")
    [answer] = house.pg.replies(house.pg.dm(case.mod))
    assert "Rolled: 15 XP" in answer.text


async def test_a_slow_answer_stays_the_askers_own(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps an interaction waiting already says that nobody else will see the answer."""
    monkeypatch.setattr(replies, "DEFER_AFTER_SECONDS", 0)
    message = await case.house.say(case.ann)
    assert "Rolled: 15 XP" in await case.ask(case.ann, message)


@pytest.mark.parametrize(
    "link",
    [
        "hello",
        "https://example.org/channels/1/2/3",
        "https://discord.com/channels/@me/300000000000000001/300000000000000002",
    ],
)
async def test_what_is_no_link_is_said_so(case: Case, link: str) -> None:
    """It is told where links come from."""
    assert await case.ask(case.ann, link) == TEXTS("why-no-link")


async def test_whatever_may_not_be_seen_is_not_there(case: Case) -> None:
    """A message of somebody else, deleted, of a hidden place or of another server: one text for all."""
    house, pg = case.house, case.house.pg
    owner = pg.guild.owner
    of_bob = await house.say(case.bob)
    hidden = await house.say(owner, "secret", case.vault)
    private = await house.say(case.bob, "psst", case.huddle)
    deleted = await house.say(case.ann)
    await pg.delete(deleted)
    elsewhere = await pg.invite_bot("Elsewhere", owner="stranger")
    await pg.idle()
    foreign = await house.say(elsewhere.owner, "hello", pg.channel("general", elsewhere))
    nowhere = link_to(of_bob).replace(str(of_bob.channel.id), str(case.ann.id))
    for message in (of_bob, hidden, private, deleted, foreign, nowhere):
        assert await case.ask(case.ann, message) == NOT_FOUND
    for message in (hidden, private, deleted, foreign, nowhere):
        assert await case.ask(case.mod, message) == NOT_FOUND


async def test_an_own_message_of_a_place_that_is_hidden_meanwhile_is_not_there(case: Case) -> None:
    """Whoever may no longer read a place is told nothing of it."""
    house, general = case.house, case.house.pg.world.general
    message = await house.say(case.ann)
    await house.pg.deny(general, "read_message_history", target=house.pg.guild.roles[house.pg.guild.id])
    await house.pg.advance(minutes=1)
    result = await house.pg.slash(case.ann, "why", message=link_to(message))
    assert result.text == NOT_FOUND


async def test_private_threads_are_for_those_who_are_in_them(case: Case) -> None:
    """Who is in one may ask about what they wrote there; so may the owner, who manages threads."""
    message = await case.house.say(case.bob, "psst", case.huddle)
    assert "Rolled: 15 XP" in await case.ask(case.bob, message)
    assert "Rolled: 15 XP" in await case.ask(case.house.pg.guild.owner, message)


async def test_an_archived_thread_is_found(case: Case) -> None:
    """The bot does not know archived threads; it asks Discord."""
    house, pg = case.house, case.house.pg
    thread = await pg.create_thread("old")
    message = await house.say(case.ann, "hello", thread)
    thread.archived = True
    await house.reopen()
    assert "Rolled: 15 XP" in await case.ask(case.ann, message)


async def test_asking_much_has_to_wait(case: Case) -> None:
    """Each question may cost a request to Discord."""
    message = await case.house.say(case.ann)
    for _ in range(3):
        await case.house.pg.slash(case.ann, "why", message=link_to(message))
    result = await case.house.pg.slash(case.ann, "why", message=link_to(message))
    assert "Not so fast" in result.text
