"""Draws pictures for the cogs; where none can be had, it says so once a minute, and text is shown instead."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

import discord

from cogs.pictures.avatars import Avatars
from cogs.pictures.looks import Looks
from leveling_core.cards import Cards
from leveling_core.errors import LevelingError
from leveling_core.ids import MemberKey
from leveling_core.service import Leveling
from pictures import LARGEST_THEME_BYTES, Look, Picture, PictureError, Studio, StudioBusyError
from pictures.caches import ByteCache

__all__ = ["MakePicture", "Pictures", "Twin", "as_file"]

log = logging.getLogger(__name__)

MakePicture = Callable[[Look], Awaitable[Picture]]
"""Gathers what a picture shows, in a look."""

Twin = Callable[[discord.Interaction, discord.Guild, str], Awaitable[discord.Embed]]
"""Says what a picture shows in text: for who asks, in which server, and which picture by its argument."""

PICTURE_SECONDS: Final = 8.0
"""How long somebody waits for a picture before there is text instead."""

_TRIAL_SECONDS = 2.0
"""How long a card in a theme that an admin brings may take: the pictures of all servers wait for it."""

_REST_MS = 600_000
"""For how long a server's own theme that could not be drawn, or took long, is not tried again."""

_FAILING_BYTES = 4_000_000
_ALT_CHARACTERS = 1024
"""Discord's own limit of a description of a file."""

_LOG_EVERY_MS = 60_000


class Pictures:
    """Draws pictures in the look that a member or a server has chosen.

    Args:
        leveling: The rules of servers.
        cards: What people have chosen.
        themes: Titles of the themes that come along, by name, in their order.
        backgrounds: The backgrounds that come along, by name.
        clock: Now, in ms UTC.
        studio: What draws; None for nobody: then there is text everywhere.
        avatars: Where avatars come from.

    Attributes:
        cards: What people have chosen.
        themes: Titles of the themes that come along, by name.
        backgrounds: The backgrounds that come along, by name.
        looks: How pictures look.
        avatars: Where avatars come from.
        twins: What shows a picture as text, by the picture's name; cogs add theirs.
    """

    def __init__(
        self,
        leveling: Leveling,
        cards: Cards,
        themes: Mapping[str, str],
        backgrounds: Mapping[str, bytes],
        clock: Callable[[], int],
        studio: Studio | None,
        *,
        avatars: Avatars | None = None,
    ) -> None:
        self.cards = cards
        self.themes = themes
        self.backgrounds = backgrounds
        self.looks = Looks(cards, themes, backgrounds)
        self.avatars = avatars or Avatars()
        self.twins: dict[str, Twin] = {}
        self._leveling = leveling
        self._studio = studio
        self._clock = clock
        self._turns = asyncio.Lock()
        self._logged_at = -_LOG_EVERY_MS
        self._failures = 0
        self._failing: ByteCache[str, int] = ByteCache(_FAILING_BYTES, lambda _: LARGEST_THEME_BYTES)

    async def close(self) -> None:
        """End the process that draws, and fetch no more avatars."""
        if self._studio is not None:
            await self._studio.close()
        await self.avatars.close()

    async def wants_text(self, guild_id: int, asker_id: int = 0) -> bool:
        """Tell whether a server, or who asks there, has chosen text, or nobody draws."""
        if self._studio is None:
            return True
        rules = await self._leveling.get_rules(guild_id)
        if not rules.rules.pictures.enabled:
            return True
        return bool(asker_id) and (await self.cards.get_card(MemberKey(guild_id, asker_id))).text_only

    async def draw(
        self,
        make: MakePicture,
        *,
        guild_id: int,
        name: str,
        alt: str,
        subject: discord.Member | None = None,
        asker_id: int = 0,
    ) -> discord.File | None:
        """Draw a picture, unless text was chosen; whatever goes wrong is logged, and there is none.

        Args:
            make: Gathers what it shows.
            guild_id: The server.
            name: What the file is called, without its ending.
            alt: What it shows, in words.
            subject: Whose picture it is: its look is that member's; None for the server's.
            asker_id: Who asks for it, and may have chosen text; 0 for nobody.
        """
        try:
            async with asyncio.timeout(PICTURE_SECONDS):
                async with self._turns:  # many asked for at once must not be prepared in one turn of the loop
                    await asyncio.sleep(0)
                if await self.wants_text(guild_id, asker_id):
                    return None
                rules = await self._leveling.get_rules(guild_id)
                look = await self.looks.of(guild_id, rules.rules.pictures, subject)
                content = await self.render(await make(look))
        except (LevelingError, TimeoutError) as error:
            self._note_failure(name, error)
            return None
        except Exception:
            log.exception("A picture (%s) could not be made", name)
            return None
        return as_file(content, name, alt)

    async def prepare_background(self, content: bytes) -> bytes:
        """Return a picture file as it is kept for a background.

        Raises:
            PictureError: It is none that can be.
        """
        return await self._get_studio().prepare_background(content)

    @property
    def are_drawn(self) -> bool:
        """Whether there are pictures at all."""
        return self._studio is not None

    async def render(self, picture: Picture, *, as_it_is: bool = False) -> bytes:
        """Draw a picture, whatever was chosen; return it as a PNG file.

        Args:
            picture: What to draw.
            as_it_is: Whether it is tried out: to fail, and not to take the first theme there is, where a
                server's own cannot be drawn, or takes long.

        Raises:
            PictureError: It could not be drawn.
        """
        own = picture.look.own_theme
        if as_it_is:
            return await self._get_studio().draw(picture, within=_TRIAL_SECONDS)
        if not own:
            return await self._get_studio().draw(picture)
        if self._clock() >= (self._failing.find(own) or 0):
            try:
                return await self._get_studio().draw(picture, within=_TRIAL_SECONDS)
            except StudioBusyError:
                raise
            except PictureError as error:
                self._failing.put(own, self._clock() + _REST_MS)
                self._note_failure(f"theme {picture.look.theme}", error)
        look = replace(picture.look, theme=next(iter(self.themes)), own_theme="")
        return await self._get_studio().draw(replace(picture, look=look))

    def _get_studio(self) -> Studio:
        if self._studio is None:
            raise PictureError("nobody draws pictures here")
        return self._studio

    def _note_failure(self, name: str, error: BaseException) -> None:
        self._failures += 1
        now = self._clock()
        if now - self._logged_at >= _LOG_EVERY_MS:
            log.warning(
                "%d picture(s) could not be made, and text was shown; the last (%s): %s",
                self._failures,
                name,
                str(error) or type(error).__name__,
            )
            self._logged_at = now
            self._failures = 0


def as_file(content: bytes, name: str, alt: str) -> discord.File:
    """Return a drawn picture as a file to send, with its description for those who cannot see it."""
    alt = alt.replace("`", "")  # no markdown there: it would be read aloud
    if len(alt) > _ALT_CHARACTERS:
        alt = alt[: _ALT_CHARACTERS - 1] + "…"
    return discord.File(io.BytesIO(content), f"{name}.png", description=alt)
