"""A server with Laurel in it, people who use it, and records given to them."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Any, Self, cast

from cogs.host import LaurelBot
from cogs.rewards import RewardsCog
from data import load_catalogue, load_texts
from leveling_core.achievements import Catalogue
from leveling_core.decision import Decision
from leveling_core.ids import MemberKey
from leveling_core.member import MemberRecord
from leveling_core.service import Leveling
from leveling_core.store import LevelingStore
from playground import Member, Message, Playground
from playground.errors import PlaygroundError
from playground.interactions import InteractionResult
from storage import open_store

CATALOGUE, TEXTS = load_catalogue(), load_texts()

Answer = Message | InteractionResult


class Faults(logging.Handler):
    """Collects what is logged as an error: a test that causes one on purpose clears it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what was logged."""
        self.texts.append(self.format(record))


class Server:
    """A playground with Laurel in it.

    Attributes:
        pg: The playground.
        store: Laurel's store, which outlives restarts of the bot.
        faults: What was logged as an error.
        pictures: Whether the bots that come draw pictures: that takes a process each.
    """

    def __init__(self) -> None:
        self.pg = Playground()
        self.store: LevelingStore
        self.faults = Faults()
        self.pictures = False
        self.catalogue = CATALOGUE
        self.pg.quiet_when(self._has_followed)

    async def __aenter__(self) -> Self:
        """Open the playground and the store; the bot is not connected yet."""
        logging.getLogger().addHandler(self.faults)
        await self.pg.__aenter__()
        self.store = await open_store("memory:", clock=self._now)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the bot and close all."""
        try:
            await self.pg.__aexit__(kind, error, trace)
        finally:
            await self.store.close()
            logging.getLogger().removeHandler(self.faults)

    def _has_followed(self) -> bool:
        """Tell whether all that was said is on disk and told of, or cannot be for now."""
        try:
            laurel = self.bot.laurel
        except PlaygroundError:
            return True  # nobody is connected
        if laurel is None or self.store.health.failing_since_at:
            return True
        if laurel.on_their_way or not laurel.context.feed.is_idle:
            return False
        rewards = self.bot.get_cog(RewardsCog.__cog_name__)
        return not isinstance(rewards, RewardsCog) or rewards.workers.is_idle

    def _now(self) -> int:
        return self.pg.world.clock.now_ms

    @property
    def now(self) -> int:
        """The world's time, ms UTC."""
        return self._now()

    @property
    def bot(self) -> LaurelBot:
        """The connected bot."""
        return cast(LaurelBot, self.pg.bot)

    @property
    def leveling(self) -> Leveling:
        """The use cases of the connected bot."""
        assert self.bot.laurel is not None
        return self.bot.laurel.context.leveling

    def make_bot(self, **options: Any) -> LaurelBot:
        """Make a bot over the server's store; ``options`` are discord.py's."""
        return LaurelBot(
            self.store,
            texts=TEXTS,
            catalogue=self.catalogue,
            clock=self._now,
            dice=lambda: 0,
            pictures=self.pictures,
            guild_ready_timeout=0.02,
            **options,
        )

    async def connect(self, catalogue: Catalogue = CATALOGUE, **options: Any) -> None:
        """Connect the bot; ``options`` are discord.py's."""
        self.catalogue = catalogue
        await self.pg.connect(self.make_bot(**options))
        await self.pg.idle()

    async def restart(self) -> None:
        """Stop the bot and connect another over the same store."""
        await self.pg.restart(self.make_bot())
        await self.pg.idle()

    def person(self, name: str, **options: Any) -> Member:
        """Let somebody in before the bot is connected."""
        return self.pg.world.add_member(self.pg.guild, name, **options)

    def key(self, who: Member) -> MemberKey:
        """Name a member's record."""
        return MemberKey(self.pg.guild.id, who.user.id)

    async def give(self, who: Member | int, **fields: Any) -> None:
        """Give a member (or a user id of nobody) a record, as if there had been a past."""
        user_id = who if isinstance(who, int) else who.user.id
        key = MemberKey(self.pg.guild.id, user_id)
        record = MemberRecord(**fields)
        await self.store.commit((key,), lambda _: Decision(None, {key: record}))

    async def record(self, who: Member) -> MemberRecord:
        """Return a member's record."""
        return cast(MemberRecord, await self.store.read(self.key(who)))

    async def ask(self, who: Member, text: str) -> Message:
        """Give a prefix command and return the first reply."""
        return (await self.pg.ask(who, text))[0]

    async def slash(self, who: Member, name: str, /, **options: Any) -> Message:
        """Give a slash command and return its answer."""
        result = await self.pg.slash(who, name, **options)
        assert result.response is not None
        return result.response

    async def check(self) -> None:
        """Fail if the bot asked for something that Discord does not have, or logged an error."""
        assert self.pg.unknown_routes == []
        assert self.faults.texts == []
