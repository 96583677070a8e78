"""How many members have each achievement, counted by SQLite."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

import aiosqlite

from storage.sqlite_sums import end_moment

__all__ = ["count_unlocks"]

COUNT_UNLOCKS = """
SELECT unlocked.key, count(*)
FROM members, json_each(CASE WHEN json_valid(members.achievements) THEN members.achievements ELSE '{}' END)
    AS unlocked
WHERE members.guild_id = ? AND members.present = 1 AND members.achievements IS NOT NULL
GROUP BY unlocked.key
"""
"""A row that is damaged counts for nothing: it stops whoever reads that member, not everybody's looks."""


async def count_unlocks(
    connection: aiosqlite.Connection, guild_id: int
) -> AsyncGenerator[Mapping[str, int], None]:
    """Yield how many present members have each achievement, in one portion; the moment that was fixed ends.

    It is counted in the connection's thread, while the event loop goes on.
    """
    try:
        async with connection.execute(COUNT_UNLOCKS, (guild_id,)) as cursor:
            yield {str(achievement_id): count for achievement_id, count in await cursor.fetchall()}
    finally:
        await end_moment(connection)
