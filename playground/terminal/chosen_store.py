"""Keep the playground off every store that is not its own, before anything is written there."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from leveling_core.errors import ContentError
from playground.clock import DEFAULT_START, DISCORD_EPOCH_MS
from storage.codec import DOCUMENT_COLUMNS, LEDGER_COLUMNS, MEMBER_COLUMNS
from storage.opening import read_store_url
from storage.readiness import is_yet_to_be_made
from storage.snapshots import open_snapshot
from storage.sqlite_errors import translated
from storage.unfinished_restore import refuse_unfinished_restore
from storage.watched_file import log_of

__all__ = ["refuse_foreign_store"]

FIRST_GUILD_ID: Final = (round(DEFAULT_START.timestamp() * 1000) - DISCORD_EPOCH_MS) << 22
"""From here on guilds are those of playgrounds: an id tells when it was made, and Discord's came before."""

NO_GUILD: Final = 0
"""In place of a guild's id where a record belongs to none."""

TABLES: Final = ("members", "documents", "ledger")
"""What tells of guilds, in every version of the database."""


async def refuse_foreign_store(url: str) -> None:
    """See that a store is one of a playground, or has nothing in it; nothing is written.

    Args:
        url: Where, as in LAUREL_STORE.

    Raises:
        ContentError: Somebody else's data is there, or the URL names no place for a store.
        StoreError: It cannot be looked into; says why and what mends it.
    """
    place = read_store_url(url)
    if place.kind == "memory" or await asyncio.to_thread(is_yet_to_be_made, place):
        return
    if place.kind == "json":
        guild_ids = await _list_of_files(url)
    else:
        await asyncio.to_thread(refuse_unfinished_restore, place.kind, place.path)
        guild_ids = await asyncio.to_thread(_list_of_database, place.path)
    of_guilds = guild_ids - {NO_GUILD}
    if guild_ids and min(of_guilds, default=NO_GUILD) < FIRST_GUILD_ID:
        raise ContentError(
            file="settings",
            entry="",
            field="LAUREL_STORE",
            problem=f"{url} holds a bot's data; without a token there is only the playground, and it keeps"
            " off that",
            expected="Leave LAUREL_STORE out (of .env and the environment) to play where nothing is kept, or"
            " name a new file, such as sqlite:///playground.db; for the bot itself, set DISCORD_TOKEN",
        )


async def _list_of_files(url: str) -> set[int]:
    """Return the guilds of which there is something in JSON files, with NO_GUILD where it is of none."""
    found: set[int] = set()
    snapshot = await open_snapshot(url)
    try:
        for portions, columns in (
            (snapshot.members(), MEMBER_COLUMNS),
            (snapshot.documents(), DOCUMENT_COLUMNS),
            (snapshot.ledger(), LEDGER_COLUMNS),
        ):
            column = columns.index("guild_id")
            async for rows in portions:
                found.update(row[column] for row in rows)
    finally:
        await snapshot.close()
    return found


def _list_of_database(path: Path) -> set[int]:
    """Return guilds of which there is something in a database: the first and the last of each table.

    It is read as it is, because one of an older version need not be brought to this one to be looked into.
    """
    log = log_of(path)
    with translated(path, is_read=True):
        # Without a log nobody writes, and SQLite need not make the files by which it knows of others.
        mode = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
        reading = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
        with closing(reading):
            there = {name for (name,) in reading.execute("SELECT name FROM sqlite_schema")}
            if not there.issuperset(TABLES):
                return set()  # not Laurel's: opening it tells so
            ends = [
                end
                for table in TABLES
                for which in ("min", "max")
                for end in reading.execute(f"SELECT {which}(guild_id) FROM {table}").fetchone()  # noqa: S608 -- constants
            ]
            ends += reading.execute("SELECT min(guild_id) FROM documents WHERE guild_id > 0").fetchone()
    return {end for end in ends if end is not None}
