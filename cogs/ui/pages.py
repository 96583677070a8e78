"""Pages with buttons: what leaderboards and lists of achievements have in common.

A button carries all it needs in its custom id, so it works after a restart, for as long as it is there. Pages
that nobody has turned for some minutes lose their buttons, by a timer in memory; those whose timer ended with
an earlier process lose them when somebody presses one after more than a day.
"""

from __future__ import annotations

import asyncio
import logging
import re
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar, Self

import discord
from discord.ext import commands

from cogs.base import LaurelCog
from cogs.context import LaurelContext
from cogs.ui.embeds import text_twin
from cogs.ui.replies import patience, reply
from leveling_core.ids import instant_of
from leveling_core.periods import MS_PER_DAY

__all__ = [
    "IDLE_SECONDS",
    "MAX_PAGE",
    "Choice",
    "IdleButtons",
    "Page",
    "PageButton",
    "PagesCog",
    "Turn",
    "page_template",
]

log = logging.getLogger(__name__)

IDLE_SECONDS = 300.0
"""How long pages keep their buttons after they were turned last. An interaction's token, without which some
channels cannot be reached, ends after 15 minutes."""

STALE_MS = MS_PER_DAY
"""On pages older than this a press is the last: no timer is left that would take the buttons away."""

MAX_PAGE = 999_999_999
"""The highest page that a button's custom id can hold; no guild has as many."""

_NO_PINGS = discord.AllowedMentions.none()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a button does, all of which is in its custom id.

    Attributes:
        subject: What is paged through: a board's name, or a member's id.
        page: The page that it leads to, from 1.
        asker_id: Who asked for these pages, and may turn them.
        action: Which button of its message it is: ``previous``, ``next`` or ``find``.
    """

    subject: str
    page: int
    asker_id: int
    action: str = "next"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A button of a page: its label, what it does, and whether it can be pressed now."""

    label: str
    turn: Turn
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it is shown.

    Attributes:
        embed: Its text.
        choices: Its buttons; none where there is nothing to turn.
        file: A picture that is shown instead of the text.
        lasting: A button beside the others that stays when they are taken away.
        note: What is told to whoever turned to it, and to nobody else; "" for nothing.
    """

    embed: discord.Embed
    choices: tuple[Choice, ...] = ()
    file: discord.File | None = None
    lasting: discord.ui.Item[Any] | None = None
    note: str = ""


def page_template(book: str) -> re.Pattern[str]:
    """Return what the custom ids of a book's buttons look like."""
    fields = r"(?P<subject>[a-z0-9]{1,47}):(?P<page>[0-9]{1,9}):(?P<asker>[0-9]{1,20}):(?P<action>[a-z]{1,8})"
    return re.compile(f"laurel:{book}:{fields}")


class PageButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=page_template("none")):
    """A button that turns pages. A subclass names its book, by its template, and its cog.

    Args:
        button: The button as Discord knows it.
        turn: What its custom id says.
    """

    book: ClassVar[str]
    cog_name: ClassVar[str]

    def __init__(self, button: discord.ui.Button[discord.ui.View], turn: Turn) -> None:
        super().__init__(button)
        self.turn = turn

    @classmethod
    def of(cls, choice: Choice) -> Self:
        """Make the button of a choice."""
        turn = choice.turn
        custom_id = f"laurel:{cls.book}:{turn.subject}:{turn.page}:{turn.asker_id}:{turn.action}"
        button: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=choice.label, custom_id=custom_id, disabled=not choice.enabled
        )
        return cls(button, turn)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button that was pressed from its custom id."""
        turn = Turn(
            subject=match["subject"],
            page=int(match["page"]),
            asker_id=int(match["asker"]),
            action=match["action"],
        )
        return cls(item, turn)  # type: ignore[arg-type]  # the template is found on buttons only

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Let the cog turn the page."""
        cog = interaction.client.get_cog(self.cog_name)
        if isinstance(cog, PagesCog):
            await cog.turn_page(interaction, self.turn)
        else:
            log.info("A button of %s was pressed, which is not there", self.cog_name)


class IdleButtons:
    """Takes buttons away from messages on which none has been pressed for a while.

    Args:
        seconds: For how long.
    """

    def __init__(self, seconds: float = IDLE_SECONDS) -> None:
        self._seconds = seconds
        self._timers: dict[int, asyncio.Task[None]] = {}

    def watch(self, message_id: int, take_away: Callable[[], Awaitable[Any]]) -> None:
        """Begin to wait anew for a message; ``take_away`` removes its buttons."""
        self.forget(message_id)
        self._timers[message_id] = asyncio.create_task(
            self._wait(message_id, take_away), name=f"idle-buttons-{message_id}"
        )

    def forget(self, message_id: int) -> None:
        """Wait no longer for a message."""
        timer = self._timers.pop(message_id, None)
        if timer is not None:
            timer.cancel()

    def close(self) -> None:
        """Wait for nothing any more; the buttons stay."""
        for message_id in list(self._timers):
            self.forget(message_id)

    async def _wait(self, message_id: int, take_away: Callable[[], Awaitable[Any]]) -> None:
        await asyncio.sleep(self._seconds)
        del self._timers[message_id]
        try:
            await take_away()
        except (discord.HTTPException, OSError) as problem:
            log.info("Message %s keeps its buttons: %s", message_id, problem)


def _is_stale(interaction: discord.Interaction[Any]) -> bool:
    message = interaction.message
    return message is not None and instant_of(interaction.id) - instant_of(message.id) > STALE_MS


class PagesCog(LaurelCog):
    """A cog that shows pages.

    Attributes:
        button: The kind of its buttons.
        command_name: The command that shows the pages, as people give it.
        idle: Takes the buttons away from pages that are not turned any more.
    """

    button: ClassVar[type[PageButton]]
    command_name: ClassVar[str]

    def __init__(self, bot: commands.Bot, laurel: LaurelContext) -> None:
        super().__init__(bot, laurel)
        self.idle = IdleButtons()

    async def cog_load(self) -> None:
        """Let the buttons work, those on old messages too."""
        self.bot.add_dynamic_items(self.button)

    async def cog_unload(self) -> None:
        """Forget the buttons."""
        self.bot.remove_dynamic_items(self.button)
        self.idle.close()

    @abstractmethod
    async def make_page(self, guild: discord.Guild, turn: Turn, at: int) -> Page:
        """Make the page that a turn leads to, as it is at an instant (ms UTC)."""

    def turning(self, turn: Turn, page: int, pages: int) -> tuple[Choice, ...]:
        """Return the choices that lead back and forth from a page; none where there is only one.

        Args:
            turn: What led to the page.
            page: The page, from 1.
            pages: How many there are.
        """
        if pages <= 1:
            return ()

        def choice(action: str, to: int) -> Choice:
            target = replace(turn, page=min(max(to, 1), pages, MAX_PAGE), action=action)
            return Choice(label=self.texts(f"ui-{action}"), turn=target, enabled=1 <= to <= pages)

        return choice("previous", page - 1), choice("next", page + 1)

    async def show_page(self, ctx: commands.Context[Any], page: Page, *, ephemeral: bool = False) -> None:
        """Answer a command with a page, to be seen by the asker alone if it is ``ephemeral``."""
        view = self._view(page)
        message = await reply(ctx, page.embed, view=view, ephemeral=ephemeral)
        if message is not None and view is not None:
            self.idle.watch(message.id, lambda: message.edit(view=None))

    async def turn_page(self, interaction: discord.Interaction[Any], turn: Turn) -> None:
        """Answer a pressed button: for whoever asked for the pages only."""
        try:
            if interaction.user.id != turn.asker_id:
                text = self.texts("ui-not-your-pages", command=self.command_name)
                await interaction.response.send_message(text, ephemeral=True)
            elif interaction.guild is not None:
                await self._turn(interaction, interaction.guild, turn)
        except discord.NotFound as problem:
            log.info("A page of %s could not be turned any more: %s", self.command_name, problem)
        except Exception as error:  # noqa: BLE001 -- discord.py would only log it, and the button stay silent
            await self.answer_error(interaction, error)

    async def _turn(self, interaction: discord.Interaction[Any], guild: discord.Guild, turn: Turn) -> None:
        async with patience(interaction):
            page = await self.make_page(guild, turn, instant_of(interaction.id))
        if page.file is not None and not interaction.app_permissions.attach_files:
            page = replace(page, file=None, lasting=None, note=self.texts("ui-no-attachments"))
        view = self._resting_view(page) if _is_stale(interaction) else self._view(page)
        shown = _shown(page, interaction)
        if interaction.response.is_done():
            await interaction.edit_original_response(**shown, view=view, allowed_mentions=_NO_PINGS)
        else:
            await interaction.response.edit_message(**shown, view=view, allowed_mentions=_NO_PINGS)
        if page.note:
            await interaction.followup.send(page.note, ephemeral=True, allowed_mentions=_NO_PINGS)
        if interaction.message is None:
            return
        if view is None or _is_stale(interaction):
            self.idle.forget(interaction.message.id)
        else:
            resting = partial(self._resting_view, page)
            self.idle.watch(
                interaction.message.id, lambda: interaction.edit_original_response(view=resting())
            )

    def _view(self, page: Page) -> discord.ui.View | None:
        if not page.choices:
            return None
        view = discord.ui.View(timeout=None)
        for choice in page.choices:
            view.add_item(self.button.of(choice))
        if page.lasting is not None:
            view.add_item(page.lasting)
        return view

    def _resting_view(self, page: Page) -> discord.ui.View | None:
        """Return what is left of a page's buttons when they are taken away."""
        return None if page.lasting is None else discord.ui.View(timeout=None).add_item(page.lasting)


def _shown(page: Page, interaction: discord.Interaction[Any]) -> dict[str, Any]:
    """Return a page as a change of the message whose button was pressed."""
    message = interaction.message
    if page.file is not None:
        return {"attachments": [page.file], "embed": None, "content": None}
    shown: dict[str, Any] = {"embed": page.embed}
    as_text = message is not None and not message.embeds
    if message is not None and message.attachments:
        shown["attachments"] = []
        as_text = not interaction.app_permissions.embed_links
    if as_text:
        shown = {key: value for key, value in shown.items() if key != "embed"}
        shown["content"] = text_twin(page.embed)
    return shown
