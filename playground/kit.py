"""The test kit: a playground, an unmodified bot connected to it, and verbs for what people do.

    async with Playground() as pg:
        ann = pg.world.add_member(pg.guild, "ann")            # before connecting: no event
        await pg.connect(bot)                                 # any discord.Client; returns when it is ready
        await pg.say(ann, "hello")                            # MESSAGE_CREATE; returns at once
        [reply] = await pg.ask(ann, "!profile")               # say, wait until the bot rests, its replies
        print(reply.text, reply.embeds, reply.buttons, reply.attachments)

        result = await pg.slash(ann, "config set", rule="cooldown", value="60")   # waits until the bot rests
        print(result.text, result.ephemeral, result.response, result.followups, result.modal)
        result = await pg.press(ann, reply, "Next")           # by label, emoji, custom id or place from 0
        result = await pg.select(ann, reply, "Gold")
        result = await pg.submit_modal(ann, result, {"Reason": "because"})

        bob = await pg.join("bob")                            # after connecting: the bot is told
        await pg.boost(bob)
        await pg.advance(days=1)                              # the world's clock, never the wall clock
        await pg.deny("general", "send_messages")             # to the bot, unless target= says whom
        pg.faults.drop(); pg.faults.rate_limit("POST /channels/*/messages", retry_after=0.05)
        await pg.idle()                                       # until the bot has worked off everything
        await pg.restart(new_bot)                             # stop the old one gracefully, start this one

`pg.crash()` ends the bot as a kill would; `pg.quiet_when(lambda: …)` tells `idle` about work of your own in
the background; `pg.clock.now_ms` can be a bot's clock. A bot for tests is made with
`guild_ready_timeout=0.02`, or its start takes two seconds. One playground at a time per process: discord.py
keeps Discord's addresses in class attributes, which are replaced while the playground runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import discord

from cogs.discord_address import DiscordAddress
from playground.base import Where, Who
from playground.clock import WorldClock
from playground.errors import Json, PlaygroundError
from playground.interactions import InteractionResult
from playground.kit_guild import GuildVerbs
from playground.kit_interactions import InteractionVerbs
from playground.kit_messages import MessageVerbs
from playground.link import Link
from playground.model import Channel, Member, Message, Role
from playground.waiting import wait_until
from playground.world import World

IDLE_TIMEOUT_SECONDS = 5.0


class Playground(GuildVerbs, MessageVerbs, InteractionVerbs):
    """A small Discord on loopback with everything a test or a person needs to use it.

    Args:
        world: The world to serve; a new one when None.
    """

    def __init__(self, world: World | None = None) -> None:
        super().__init__(world)
        self._link: Link | None = None
        self._addresses = Addresses()
        self._quiet: list[tuple[Callable[[], bool], str]] = []

    async def __aenter__(self) -> Self:
        """Start listening and let discord.py look here."""
        await self.server.start()
        try:
            self._addresses.replace(self.server.api_url, self.server.gateway_url, self.server.cdn_url)
        except PlaygroundError:
            await self.server.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the bot, stop listening, give discord.py its addresses back."""
        try:
            await self.stop_bot()
        finally:
            self._addresses.restore()
            await self.server.stop()

    # the bot

    @property
    def bot(self) -> discord.Client:
        """The bot that is connected.

        Raises:
            PlaygroundError: None is.
        """
        if self._link is None:
            raise PlaygroundError("no bot is connected; await pg.connect(bot) first")
        return self._link.bot

    @property
    def clock(self) -> WorldClock:
        """The world's clock."""
        return self.world.clock

    async def connect(
        self,
        bot: discord.Client,
        *,
        token: str | None = None,
        wait_seconds: float = 10.0,
        quick_identify: bool = True,
    ) -> None:
        """Start a bot against this Discord and wait until it is ready.

        Args:
            bot: A fresh client.
            token: What it logs in with; the world's token unless told otherwise.
            wait_seconds: Real seconds it may take.
            quick_identify: Leave out the 5 s that discord.py waits before it identifies again after an
                invalid session (its public `before_identify_hook`).

        Raises:
            PlaygroundError: A bot is connected already.
            PlaygroundTimeoutError: It was not ready in time.
            Exception: Whatever ended the bot instead, for example `discord.LoginFailure`.
        """
        if self._link is not None:
            raise PlaygroundError("a bot is connected already; await pg.stop_bot() or pg.restart(new_bot)")
        self._link = Link(self.server, bot, self.world.token if token is None else token, quick_identify)
        try:
            await self._link.wait_ready(wait_seconds)
        except BaseException:
            await self.stop_bot()
            raise

    async def stop_bot(self) -> None:
        """Close the bot gracefully, as SIGTERM would; without one nothing happens."""
        link, self._link = self._link, None
        if link is not None:
            await link.stop()

    async def wait_end(self, timeout_seconds: float = IDLE_TIMEOUT_SECONDS) -> BaseException | None:
        """Wait until the connected bot has ended by itself; return the error that ended it, if any.

        Raises:
            PlaygroundError: No bot is connected.
            PlaygroundTimeoutError: It goes on.
        """
        if self._link is None:
            raise PlaygroundError("no bot is connected; await pg.connect(bot) first")
        link, self._link = self._link, None
        return await link.wait_end(timeout_seconds)

    async def wait_session(self, timeout_seconds: float = 10.0) -> None:
        """Wait until some bot has a session: for one that runs in a process of its own.

        Point it at `server.api_url`, `server.gateway_url` and `server.cdn_url`. Of such a bot `idle` sees
        only the REST requests in flight; wait for what it does with `wait_reply`.

        Raises:
            PlaygroundTimeoutError: None came.
        """

        def no_session() -> list[str]:
            sessions = self.server.gateway.sessions.values()
            return [] if any(session.connection for session in sessions) else ["nobody has identified"]

        await wait_until(no_session, timeout_seconds, "no bot came", settled_polls=1)

    async def crash(self) -> None:
        """End the bot as a kill would: connections break, listeners end where they are, nothing is closed.

        Tasks, threads and files that the bot made itself go on: for a real kill, run it in its own process.
        """
        link, self._link = self._link, None
        if link is not None:
            await link.crash()

    async def restart(self, bot: discord.Client, **options: Any) -> None:
        """Stop the connected bot and connect another; `options` as in `connect`."""
        await self.stop_bot()
        await self.connect(bot, **options)

    # waiting

    def quiet_when(self, check: Callable[[], bool], *, until_then: str = "") -> None:
        """Let `idle` also wait until a check of your own holds, for example that a queue is empty.

        Args:
            check: Tells whether it holds.
            until_then: What is still going on as long as it does not, in words.
        """
        self._quiet.append((check, until_then or f"the check {check!r} does not hold"))

    async def idle(self, timeout_seconds: float = IDLE_TIMEOUT_SECONDS) -> None:
        """Wait until the bot has worked off everything it was sent.

        That is: it is connected and has received every event; no REST request is in flight; no task of an
        event listener, command, view or modal is running; and every check given to `quiet_when` holds.
        Commands that themselves wait for a person (`wait_for`, `view.wait()`) never come to rest: use
        `wait_reply` with those, and `wait=False` with interactions.

        Raises:
            PlaygroundTimeoutError: Something was still going on; the text names it.
            PlaygroundError: The bot has ended with an error, which is the cause.
        """
        await wait_until(self.list_work, timeout_seconds, "the bot did not come to rest")

    def list_work(self) -> list[str]:
        """Return what `idle` would wait for now, in words."""
        if self._link is None:
            going_on = ["a REST request is in flight"] if self.server.requests_in_flight else []
        else:
            going_on = self._link.pending()
        going_on += [until_then for check, until_then in self._quiet if not check()]
        return going_on

    async def wait_reply(
        self,
        channel: Where = None,
        *,
        after: Message | None = None,
        where: Callable[[Message], bool] = lambda _: True,
        timeout_seconds: float = IDLE_TIMEOUT_SECONDS,
    ) -> Message:
        """Wait for the first message of the bot in a channel: after another, and such as told.

        Raises:
            PlaygroundTimeoutError: None came.
        """
        found: list[Message] = []

        def missing() -> list[str]:
            found[:] = [message for message in self.replies(channel, after=after) if where(message)]
            return [] if found else ["no reply yet"]

        await wait_until(missing, timeout_seconds, "the bot did not reply", settled_polls=1)
        return found[0]

    async def ask(self, who: Who, text: str, channel: Where = None, **options: Any) -> list[Message]:
        """Say something, wait until the bot rests and return what it wrote in the channel since.

        `options` as in `say`.
        """
        message = await self.say(who, text, channel, **options)
        await self.idle()
        return self.replies(message.channel, after=message)

    # interactions, waiting for the bot

    async def slash(
        self, who: Who, name: str, place: Where = None, /, *, wait: bool = True, **options: Any
    ) -> InteractionResult:
        """Use a slash command.

        Args:
            who: The member (in direct messages, their recipient).
            name: Its full name, with group and subcommand: "config set".
            place: The channel; None for the guild's first text channel. `channel=` says the same, unless the
                command has an option of that name.
            wait: Whether to wait until the bot rests (`idle`); else the result grows while you look.
            options: Its options: text, numbers, booleans, members, channels, roles, files as (name, bytes);
                choices by name or value. An option named "wait" is written `wait_`.

        Raises:
            PlaygroundError: They are not offered that command, or an option does not fit what is registered.
            PlaygroundTimeoutError: The bot did not come to rest.
        """
        given = {key.removesuffix("_"): value for key, value in options.items()}
        return await self._settled(self.start_slash(who, name, place, given), wait)

    async def autocomplete(
        self, who: Who, name: str, option: str, text: str, place: Where = None, /, **options: Any
    ) -> list[Json]:
        """Type into an option and return the choices offered (each with name and value).

        `options` are those filled in before.
        """
        result = await self._settled(self.start_autocomplete(who, name, option, text, place, options), True)
        return result.choices or []

    async def context_menu(
        self, who: Who, name: str, target: Member | Message, channel: Where = None, *, wait: bool = True
    ) -> InteractionResult:
        """Use a context-menu command on a member or a message."""
        return await self._settled(self.start_context_menu(who, name, target, channel), wait)

    async def press(
        self, who: Who, message: Message, button: str | int = 0, *, wait: bool = True
    ) -> InteractionResult:
        """Press a button, named by label, emoji, custom id or place (0 is the first)."""
        return await self._settled(self.start_press(who, message, button), wait)

    async def select(
        self,
        who: Who,
        message: Message,
        *values: str | Member | Role | Channel,
        menu: str | int = 0,
        wait: bool = True,
    ) -> InteractionResult:
        """Choose in a menu: options by label or value, or members, roles, channels."""
        return await self._settled(self.start_select(who, message, *values, menu=menu), wait)

    async def submit_modal(
        self, who: Who, shown_by: InteractionResult, values: dict[str, Any], *, wait: bool = True
    ) -> InteractionResult:
        """Fill in and submit the modal that the bot showed; fields by label or custom id."""
        return await self._settled(self.start_modal(who, shown_by, values), wait)

    async def _settled(self, result: InteractionResult, wait: bool) -> InteractionResult:
        if wait:
            await self.idle()
        else:
            await asyncio.sleep(0)
        return result


class Addresses:
    """Where discord.py looks for Discord, replaced for a while."""

    def __init__(self) -> None:
        self._saved: DiscordAddress | None = None

    def replace(self, api_url: str, gateway_url: str, cdn_url: str) -> None:
        """Point discord.py here.

        Raises:
            PlaygroundError: It already points elsewhere: a playground is running in this process.
        """
        current = DiscordAddress.current()
        if "discord" not in current.api_url:
            raise PlaygroundError("another playground is running in this process")
        self._saved = current
        DiscordAddress(api_url=api_url, gateway_url=gateway_url, cdn_url=cdn_url).use()

    def restore(self) -> None:
        """Point discord.py where it pointed before."""
        if self._saved is not None:
            self._saved.use()
            self._saved = None
