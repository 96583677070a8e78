"""Who is measured: Laurel as its users run it, and beside it bots that keep less, or keep it naively."""

from __future__ import annotations

import asyncio
import gc
import json
import random
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import aiosqlite
import discord
from discord.ext import commands

from benchmarks import load
from benchmarks.harness import Contender, Job
from cogs.context import wall_clock
from cogs.host import GC_THRESHOLDS, LaurelBot, needed_intents
from data import load_catalogue, load_texts
from leveling_core.decision import Decide, Decision, View
from leveling_core.ids import MemberKey, cursor_key, instant_of
from leveling_core.member import MemberRecord
from leveling_core.store import LedgerQuery, LevelingStore
from storage import open_store

__all__ = ["CONTENDERS", "make_contender"]

READY_TIMEOUT_SECONDS = 0.02
"""How long discord.py waits for more guilds before it is ready; the rest of its default only delays a run."""

COOLDOWN_MS = 60_000
MOST_XP = 20_000
"""Members begin with up to so much XP, so that a level is reached as rarely as in a guild of some age."""


def _options() -> dict[str, Any]:
    return {"guild_ready_timeout": READY_TIMEOUT_SECONDS, "chunk_guilds_at_startup": False}


class _TimedStore:
    """A store that also takes the time of every commit."""

    def __init__(self, store: LevelingStore) -> None:
        self._store = store
        self.seconds: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, keys: Collection[Any], decide: Decide[Any], **options: Any) -> asyncio.Future[Any]:
        begun = time.perf_counter()
        future = self._store.commit(keys, decide, **options)
        future.add_done_callback(lambda _: self.seconds.append(time.perf_counter() - begun))
        return future


def _nothing(_: View) -> Decision[None]:
    return Decision(None)


class LaurelContender:
    """Laurel's own bot with all its cogs, on SQLite in a file.

    Args:
        timed: Take the time of each commit too.
    """

    bot: LaurelBot

    def __init__(self, *, timed: bool) -> None:
        self._timed = timed
        self._seconds: list[float] = []
        self._seen_seq = 0
        self._awarded = 0
        self._fed = 0

    async def open(self, folder: Path) -> None:
        """Open the store with members of some age, and install everything."""
        gc.set_threshold(*GC_THRESHOLDS)
        self._store = await open_store(f"sqlite:///{folder / 'laurel.db'}", clock=wall_clock)
        await self._seed()
        store: Any = self._store
        if self._timed:
            timed = _TimedStore(self._store)
            store, self._seconds = timed, timed.seconds
        self.bot = LaurelBot(store, texts=load_texts(), catalogue=load_catalogue(), **_options())
        await self.bot._async_setup_hook()  # noqa: SLF001 -- what logging in does, without a network
        await self.bot.setup_hook()

    async def _seed(self) -> None:
        draw = random.Random(3)

        async def write(key: MemberKey, record: MemberRecord) -> None:
            await self._store.commit((key,), lambda _: Decision(None, {key: record}))

        records = {MemberKey(*ids): MemberRecord(xp=draw.randrange(MOST_XP)) for ids in load.member_ids()}
        await asyncio.gather(*(write(key, record) for key, record in records.items()))

    async def settle(self, fed: int) -> None:
        """Wait for a commit that is called after all of theirs: commits end in order."""
        self._fed = fed
        await self._store.commit((cursor_key("benchmark"),), _nothing)

    async def finish(self) -> None:
        """Wait until followers of the ledger are done too."""
        if self.bot.laurel is None:
            raise RuntimeError("Laurel is not installed")
        await self.bot.laurel.context.feed.idle()

    async def count_awards(self) -> int:
        """Check that no message was lost, and count the awards in the ledger."""
        records = await self._store.read_many([MemberKey(*ids) for ids in load.member_ids()])
        counted = sum(record.messages for record in records if isinstance(record, MemberRecord))
        if counted != self._fed:
            raise RuntimeError(f"{self._fed} messages were fed, {counted} are counted")
        while True:
            query = LedgerQuery(kinds=frozenset({"xp_gained"}), after_seq=self._seen_seq, limit=10_000)
            lines = await self._store.list_ledger(query)
            self._awarded += sum(line.outcome.source == "message" for line in lines)
            if not lines:
                return self._awarded
            self._seen_seq = lines[-1].seq

    def list_commit_seconds(self) -> list[float]:
        """Return the times of commits, if they were to be taken."""
        return self._seconds

    async def close(self) -> None:
        """Uninstall everything and close the store."""
        await self.bot.close()
        await self._store.close()


def _guild_id(message: discord.Message) -> int:
    return message.guild.id if message.guild else 0


class _OwnBot(commands.Bot):
    """A bot that runs commands, and whatever else is done with a message."""

    def __init__(self) -> None:
        super().__init__(command_prefix="!", intents=needed_intents(), **_options())
        self.worked_off = 0
        self.waiting: dict[int, asyncio.Event] = {}

    async def on_message(self, message: discord.Message, /) -> None:
        await self.process_commands(message)
        await self.keep(message)
        self.worked_off += 1
        if self.worked_off in self.waiting:
            self.waiting.pop(self.worked_off).set()

    async def keep(self, message: discord.Message) -> None:
        """Do nothing more."""


class BareContender:
    """A bot that only looks for commands in messages.

    Args:
        bot: The bot.
        gc_thresholds: Those of the garbage collector, None for Python's own.
    """

    def __init__(self, gc_thresholds: tuple[int, int, int] | None = None) -> None:
        self._gc_thresholds = gc_thresholds

    async def open(self, folder: Path) -> None:  # noqa: ARG002 -- it keeps nothing
        """Make the bot."""
        if self._gc_thresholds is not None:
            gc.set_threshold(*self._gc_thresholds)
        await self._open_bot(_OwnBot())

    async def _open_bot(self, bot: _OwnBot) -> None:
        self.bot = bot
        await bot._async_setup_hook()  # noqa: SLF001 -- what logging in does, without a network

    async def settle(self, fed: int) -> None:
        """Wait until so many are worked off."""
        if self.bot.worked_off < fed:
            reached = self.bot.waiting[fed] = asyncio.Event()
            await reached.wait()

    async def finish(self) -> None:
        """Return at once: nothing goes on in the background."""

    async def count_awards(self) -> int:
        """Return 0: nothing is ever awarded."""
        return 0

    def list_commit_seconds(self) -> list[float]:
        """Return nothing: it commits nothing."""
        return []

    async def close(self) -> None:
        """Close the bot."""
        await self.bot.close()


class _SqliteBot(_OwnBot):
    """One transaction for each message, as durable as Laurel's."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        super().__init__()
        self._database = database
        self._lock = asyncio.Lock()  # two tasks on one connection would share a transaction
        self.awarded = 0

    async def keep(self, message: discord.Message) -> None:
        key, at = (_guild_id(message), message.author.id), instant_of(message.id)
        async with self._lock:
            rows = await self._database.execute_fetchall(
                "SELECT last_award_at FROM members WHERE guild_id = ? AND user_id = ?", key
            )
            last_award_at = next(iter(rows), (0,))[0]
            xp = 0 if at - last_award_at < COOLDOWN_MS else random.randint(15, 25)
            await self._database.execute(
                "INSERT INTO members VALUES (?, ?, ?, 1, ?) ON CONFLICT DO UPDATE"
                " SET xp = xp + excluded.xp, messages = messages + 1, last_award_at = excluded.last_award_at",
                (*key, xp, at if xp else last_award_at),
            )
            await self._database.commit()
        self.awarded += xp > 0


class SqliteContender(BareContender):
    """A bot with one aiosqlite transaction for each message."""

    bot: _SqliteBot

    async def open(self, folder: Path) -> None:
        """Make the database and the bot."""
        self._database = await aiosqlite.connect(folder / "rival.db")
        await self._database.execute("PRAGMA journal_mode = WAL")
        await self._database.execute("PRAGMA synchronous = FULL")
        await self._database.execute(
            "CREATE TABLE members (guild_id INTEGER, user_id INTEGER, xp INTEGER, messages INTEGER,"
            " last_award_at INTEGER, PRIMARY KEY (guild_id, user_id)) WITHOUT ROWID"
        )
        await self._open_bot(_SqliteBot(self._database))

    async def count_awards(self) -> int:
        """Tell how many were awarded."""
        return self.bot.awarded

    async def close(self) -> None:
        """Close both."""
        await super().close()
        await self._database.close()


class _JsonBot(_OwnBot):
    """The whole file read and written for each message."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.awarded = 0

    async def keep(self, message: discord.Message) -> None:
        # Stopping the event loop for the file is what such bots do.
        members = json.loads(self._path.read_text()) if self._path.exists() else {}
        member = members.setdefault(
            f"{_guild_id(message)}:{message.author.id}", {"xp": 0, "messages": 0, "last_award_at": 0}
        )
        member["messages"] += 1
        at = instant_of(message.id)
        if at - member["last_award_at"] >= COOLDOWN_MS:
            member["xp"] += random.randint(15, 25)
            member["last_award_at"] = at
            self.awarded += 1
        self._path.write_text(json.dumps(members))


class JsonContender(BareContender):
    """A bot that rewrites a JSON file for each message."""

    bot: _JsonBot

    async def open(self, folder: Path) -> None:
        """Make the bot."""
        path = folder / "rival.json"
        new = {"xp": 0, "messages": 0, "last_award_at": 0}
        members = {f"{guild}:{user}": new for guild, user in load.member_ids()}
        path.write_text(json.dumps(members))
        await self._open_bot(_JsonBot(path))

    async def count_awards(self) -> int:
        """Tell how many were awarded."""
        return self.bot.awarded


CONTENDERS: dict[str, Callable[[Job], Contender]] = {
    "bare": lambda _: BareContender(),
    "bare-gc": lambda _: BareContender(GC_THRESHOLDS),
    "laurel": lambda job: LaurelContender(timed=job.paced),
    "sqlite": lambda _: SqliteContender(),
    "json": lambda _: JsonContender(),
}
"""Who can be measured, by name."""


def make_contender(job: Job) -> Contender:
    """Make the contender that a job asks for."""
    return CONTENDERS[job.contender](job)
