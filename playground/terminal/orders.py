"""Orders to the playground: what begins with a colon."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from playground.errors import PlaygroundError
from playground.model import Channel, ChannelType, Member
from playground.rest_misc import plain_png
from playground.terminal.control_orders import CONTROL_ORDERS
from playground.terminal.lines import Order
from playground.terminal.order_book import Entry, OrderBook
from playground.terminal.role_orders import ROLE_ORDERS
from playground.terminal.time_orders import TIME_ORDERS

if TYPE_CHECKING:
    from playground.terminal.session import Session

__all__ = ["ORDERS", "obey"]

MOST_MESSAGES: Final = 500
"""How many messages `:chat` lets somebody write at most: it takes about a second."""

MOST_NAME_LENGTH: Final = 100
"""Characters of a thread's or category's name at most (Discord API reference, "Channel")."""

_HELP: Final = (
    ("ann: hello", "somebody writes; without a name, whoever spoke last"),
    ("ann: !daily", "a command with the prefix; !help shows all of them"),
    ("/leaderboard", "a slash command; options as name=value, or in their order"),
    ("@bob #general @Regular", "names of people, channels and roles become mentions"),
    ("bob: :press 1", "an order on behalf of somebody"),
)

_NAME: Final = re.compile(r"[\w.-]{2,32}")


_book = OrderBook()
_order, _usage = _book.add, _book.usage_error

ORDERS: Final = _book.entries
"""All orders by name, in the order in which help shows them."""


async def obey(session: Session, order: Order) -> None:
    """Do what an order says.

    Raises:
        PlaygroundError: There is no such order, or it cannot be done.
    """
    entry = _find(order.name)
    if order.rest and not entry.takes_something:
        raise PlaygroundError(f":{entry.usage} stands alone, and {order.rest!r} was typed behind it")
    await entry.deed(session, order.rest)


def _find(name: str) -> Entry:
    """Return the order of a name.

    Raises:
        PlaygroundError: There is none; says which is meant.
    """
    entry = ORDERS.get(name)
    if entry is None:
        near = difflib.get_close_matches(name, ORDERS, n=1, cutoff=0.5)
        hint = f"did you mean :{near[0]}? " if near else ""
        raise PlaygroundError(f"there is no order :{name}; {hint}:help shows all")
    return entry


def _member(session: Session, rest: str) -> Member:
    """Return the member who is named, the speaker when nobody is."""
    return session.pg.member(rest.removeprefix("@")) if rest else session.speaker


# people


@_order("join NAME", "somebody joins the server")
async def _join(session: Session, rest: str) -> None:
    if not _NAME.fullmatch(rest):
        raise PlaygroundError("a name is 2 to 32 letters, digits, dots or dashes, like :join eve")
    if session.pg.world.find_role(rest) is not None and session.pg.world.find_member(rest) is None:
        raise PlaygroundError(f"@{rest} is a role here; choose another name, like :join eve")
    member = await session.pg.join(rest)
    await session.host.settle()
    session.speaker = member
    session.show_note(f"{member.name} joined and speaks now")


@_order("leave [NAME]", "somebody leaves the server")
async def _leave(session: Session, rest: str) -> None:
    member = _member(session, rest)
    if member.id in (session.pg.guild.owner_id, session.pg.world.bot.id):
        raise PlaygroundError(f"{member.name} has to stay: this is their server")
    await session.pg.leave(member)
    await session.host.settle()
    if session.speaker is member:
        session.speaker = session.pg.guild.owner
    session.show_note(f"{member.name} left; {session.speaker.name} speaks now")


@_order("admin [NAME]", "somebody gets the permission Manage Server")
async def _admin(session: Session, rest: str) -> None:
    member = _member(session, rest)
    role = session.pg.world.find_role("admin") or await session.pg.create_role("admin")
    await session.pg.grant(role, "manage_guild")
    await session.give_role(member, role)
    session.show_note(f"{member.name} may change the settings now: /config show")


@_order("boost [NAME]", "somebody boosts the server")
async def _boost(session: Session, rest: str) -> None:
    member = _member(session, rest)
    await session.pg.boost(member)
    await session.host.settle()
    session.show_note(f"{member.name} boosts the server")


@_order("unboost [NAME]", "somebody boosts no more")
async def _unboost(session: Session, rest: str) -> None:
    member = _member(session, rest)
    if member.premium_since is None:
        raise PlaygroundError(f"{member.name} does not boost the server")
    await session.pg.unboost(member)
    await session.host.settle()
    session.show_note(f"{member.name} boosts the server no more")


@_order("who", "who is here")
async def _who(session: Session, _rest: str) -> None:
    guild = session.pg.guild
    for member in guild.members.values():
        marks = [role.name for role in member.roles if role.managed_by is None]
        marks += ["owner"] if member.id == guild.owner_id else []
        marks += ["bot"] if member.user.bot else []
        marks += ["boosts"] if member.premium_since is not None else []
        marks += ["speaks"] if member is session.speaker else []
        session.show_note(member.name + (f" ({', '.join(marks)})" if marks else ""))


@_order("chat [NAME] [COUNT]", "somebody writes 10 (or COUNT) messages, one a minute")
async def _chat(session: Session, rest: str) -> None:
    words = rest.split()
    count = int(words.pop()) if words and words[-1].isdecimal() else 10
    if len(words) > 1:
        raise _usage("chat")
    if not 1 <= count <= MOST_MESSAGES:
        raise PlaygroundError(f"from 1 to {MOST_MESSAGES} messages, like :chat ann 20")
    session.speaker = _member(session, " ".join(words))
    session.show_note(f"{session.speaker.name} writes {count} messages, one a minute")
    said = []
    for number in range(1, count + 1):
        await session.pass_time(61)
        said.append(await session.pg.say(session.speaker, f"this and that, {number}", session.channel))
        await session.host.settle()
    for message in said:
        session.leave_out(message)


_book.include(ROLE_ORDERS)


# places


@_order("channel NAME [in CATEGORY]", "go to a channel; what is not there yet is made")
async def _channel(session: Session, rest: str) -> None:
    typed, category_name = _read_channel(rest)
    name = typed.lower().replace(" ", "-")
    found = _find_place(session, typed) or _find_place(session, name)
    if found is not None and found.type is ChannelType.CATEGORY:
        raise PlaygroundError(f"{found.name} is a category: nobody can write there")
    if found is not None and found.is_thread and category_name:
        raise PlaygroundError(f"#{found.name} is a thread: it stays in the channel where it began")
    category = await _make_category(session, category_name, name) if category_name else None
    if found is None:
        found = await session.pg.create_channel(name, category=category)
        session.show_note(f"#{name} was made" + (f" in {category.name}" if category else ""))
    elif category is not None and found.parent is not category:
        await session.pg.move_channel(found, category)
        session.show_note(f"#{found.name} is in {category.name} now")
    await session.host.settle()
    session.go_to(found)


def _read_channel(rest: str) -> tuple[str, str]:
    """Return the names of a channel and its category as they are typed; "" for no category."""
    words = rest.split()
    end = words.index("in") if "in" in words else len(words)
    typed, category_name = (" ".join(part).removeprefix("#") for part in (words[:end], words[end + 1 :]))
    if not re.fullmatch(r"[\w -]{1,100}", typed) or bool(category_name) != ("in" in words):
        raise _usage("channel")
    return typed, category_name


def _find_place(session: Session, name: str) -> Channel | None:
    """Return the channel, thread or category of a name, None where there is none.

    Discord shows the names of categories in capitals, so how theirs are typed does not matter.
    """
    guild = session.pg.guild
    for item in (*guild.channels.values(), *guild.threads.values()):
        is_category = item.type is ChannelType.CATEGORY
        if item.name == name or (is_category and item.name.lower() == name.lower()):
            return item
    return None


async def _make_category(session: Session, name: str, channel_name: str) -> Channel:
    """Return the category of a name; it is made where there is none.

    Raises:
        PlaygroundError: It cannot be: the name is too long, or that of a channel.
    """
    found = _find_place(session, name)
    if found is not None and found.type is not ChannelType.CATEGORY:
        raise PlaygroundError(f"#{found.name} is no category; name another, like :channel art in Arts")
    if found is not None:
        return found
    if name.lower() == channel_name:
        raise PlaygroundError("a channel and its category need two names, like :channel art in Arts")
    if len(name) > MOST_NAME_LENGTH:
        raise PlaygroundError(
            f"a category's name has at most {MOST_NAME_LENGTH} characters, this has {len(name)}"
        )
    session.show_note(f"the category {name} was made")
    return await session.pg.create_channel(name, kind=ChannelType.CATEGORY)


@_order("thread NAME", "begin a thread in this channel and go there")
async def _thread(session: Session, rest: str) -> None:
    if not 1 <= len(rest) <= MOST_NAME_LENGTH:
        raise _usage("thread")
    parent = session.channel.parent if session.channel.is_thread else session.channel
    thread = await session.pg.create_thread(rest, parent=parent, owner=session.speaker)
    await session.host.settle()
    session.go_to(thread)


# what the bot shows


_book.include(CONTROL_ORDERS)


@_order("picture [TEXT]", "write a message with a picture")
async def _picture(session: Session, rest: str) -> None:
    await session.say(rest, files=(("picture.png", plain_png(0x2E8B57)),))


_book.include(TIME_ORDERS)


# mishaps


@_order("crash", "the bot is killed, and started again on what it has on disk")
async def _crash(session: Session, _rest: str) -> None:
    await session.host.crash()
    session.show_note("the bot was killed and is back")


@_order("offline", "the bot is stopped")
async def _offline(session: Session, _rest: str) -> None:
    if not session.host.is_online:
        raise PlaygroundError("the bot is offline already; :online starts it")
    await session.host.stop()
    session.show_note("the bot is offline; people can talk all the same, and :online starts it")


@_order("online", "the bot is started again")
async def _online(session: Session, _rest: str) -> None:
    await session.host.start()
    session.show_note("the bot is online")


@_order("faults KIND", "Discord errs: drop, limit, fail, slow, forbid, twice; none ends it")
async def _faults(session: Session, rest: str) -> None:
    faults = session.pg.faults
    kinds: dict[str, tuple[Callable[[], object], str]] = {
        "drop": (faults.drop, "the connection was cut; the bot resumes"),
        "limit": (
            lambda: faults.rate_limit("POST *", retry_after=0.5, times=3),
            "the next three messages of the bot meet a rate limit",
        ),
        "fail": (lambda: faults.fail("POST *", times=1), "the next message of the bot meets error 502"),
        "slow": (lambda: faults.slow("POST *", seconds=1.0), "every answer of Discord takes a second"),
        "forbid": (
            lambda: faults.forbid(session.channel, code=50013),
            f"the bot may do nothing in #{session.channel.name}",
        ),
        "twice": (lambda: faults.duplicate(times=3), "the next three messages reach the bot twice"),
        "none": (faults.clear, "Discord behaves again"),
    }
    if rest not in kinds:
        raise PlaygroundError(f"the kinds are {', '.join(kinds)}, like :faults drop")
    deed, told = kinds[rest]
    deed()
    session.show_note(told)
    await session.host.settle()


# the playground itself


@_order("help [ORDER]", "this, or one order alone")
async def _help(session: Session, rest: str) -> None:
    if rest:
        _show_order(session, _find(rest.removeprefix(":")))
        return
    for typed, told in _HELP:
        session.show_note(f"{typed:<27} {told}")
    session.show_note("Time passes only with what you do: a few seconds for each line, and these:")
    for entry in ORDERS.values():
        _show_order(session, entry)


def _show_order(session: Session, entry: Entry) -> None:
    session.show_note(f":{entry.usage:<26} {entry.help}")


@_order("tour", "the first minute once more")
async def _tour(session: Session, _rest: str) -> None:
    await session.take_tour()


@_order("quit", "leave; so do Ctrl-D and Ctrl-C")
async def _quit(session: Session, _rest: str) -> None:
    session.is_over = True
