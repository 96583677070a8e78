"""Which stores the playground plays in: its own and new ones, never that of a bot."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiosqlite
import pytest

from leveling_core.decision import Decision
from leveling_core.documents import CursorRecord
from leveling_core.errors import ContentError, StoreError
from leveling_core.ids import DocumentKey, MemberKey
from playground.terminal.chosen_store import refuse_foreign_store
from playground.terminal.opening import sitting
from storage import open_store
from storage.migrate import apply_migrations, bundled_migrations
from tests.contract.support import gain
from tests.playground.terminal.conftest import ListScreen, NewBot
from tests.playground.terminal.test_process import run

GUILD = 81_384_788_765_712_384
"""A guild of Discord's, of 2015."""

KINDS = ("sqlite", "json")


def url_of(kind: str, folder: Path) -> str:
    """Return the URL of a store of a kind, by its full path."""
    return f"{kind}:///{folder / 'kept'}"


async def keep(url: str) -> None:
    """Let a bot of a guild keep something."""
    store = await open_store(url, clock=lambda: 1_750_000_000_000)
    key = MemberKey(GUILD, 1)
    await store.commit([key], gain(key))
    await store.close()


async def keep_cursor(url: str) -> None:
    """Let a bot without a guild keep how far it has read."""
    store = await open_store(url, clock=lambda: 1_750_000_000_000)
    key = DocumentKey("cursor", 0, "ranks")
    await store.commit([key], lambda _: Decision(None, {key: CursorRecord()}))
    await store.close()


def images(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder but locks, which are made by whoever looks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_the_store_of_a_bot_is_refused_untouched(tmp_path: Path, kind: str) -> None:
    """It says which setting, and what to do; every file is as it was, and none is there that was not."""
    url = url_of(kind, tmp_path)
    await keep(url)
    before = images(tmp_path)
    with pytest.raises(ContentError, match="keeps off that") as refusal:
        await refuse_foreign_store(url)
    assert refusal.value.field == "LAUREL_STORE"
    assert url in refusal.value.problem
    assert "Leave LAUREL_STORE out" in refusal.value.expected
    assert images(tmp_path) == before


async def test_a_bot_that_goes_on_beside_it_is_found(tmp_path: Path) -> None:
    """What it has written lies in the log alone, and is seen there."""
    url = url_of("sqlite", tmp_path)
    store = await open_store(url, clock=lambda: 1_750_000_000_000)
    key = MemberKey(GUILD, 1)
    await store.commit([key], gain(key))
    with pytest.raises(ContentError):
        await refuse_foreign_store(url)
    await store.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_the_store_of_a_playground_is_gone_on_with(new_bot: NewBot, tmp_path: Path, kind: str) -> None:
    """Also where nobody has said anything; once a bot has been there too, it is the bot's."""
    url = url_of(kind, tmp_path)
    await refuse_foreign_store(url)
    async with sitting(new_bot, url, tmp_path, ListScreen()):
        pass
    await refuse_foreign_store(url)
    async with sitting(new_bot, url, tmp_path, ListScreen()) as session:
        await session.do("ann: hello")
    await refuse_foreign_store(url)
    await keep(url)
    with pytest.raises(ContentError):
        await refuse_foreign_store(url)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_store_without_anything_in_it_may_be_played_in(tmp_path: Path, kind: str) -> None:
    """Nothing of anybody is there; one that a bot has only begun to follow is its own."""
    url = url_of(kind, tmp_path)
    store = await open_store(url, clock=lambda: 1)
    await store.close()
    await refuse_foreign_store(url)
    await keep_cursor(url)
    with pytest.raises(ContentError):
        await refuse_foreign_store(url)


async def test_a_database_of_an_older_version_is_looked_into(tmp_path: Path) -> None:
    """It is refused without being brought to this version."""
    path = tmp_path / "kept"
    async with aiosqlite.connect(path) as connection:
        await apply_migrations(connection, path, at=5, migrations=bundled_migrations()[:1])
        await connection.execute(
            "INSERT INTO documents (kind, guild_id, id, body) VALUES ('rules', ?, '', '{}')", (GUILD,)
        )
        await connection.commit()
    before = path.read_bytes()
    with pytest.raises(ContentError):
        await refuse_foreign_store(url_of("sqlite", tmp_path))
    assert path.read_bytes() == before


async def test_what_cannot_be_looked_into_is_told(tmp_path: Path) -> None:
    """What is no store at all is no place to play in either."""
    (tmp_path / "kept").write_text("notes of mine, which are no database " * 50, encoding="utf-8")
    with pytest.raises(StoreError, match="not an SQLite database"):
        await refuse_foreign_store(url_of("sqlite", tmp_path))
    with pytest.raises(ContentError, match="no place for a store"):
        await refuse_foreign_store("kept.db")
    await refuse_foreign_store("memory:")


def test_the_refusal_is_one_message(tmp_path: Path) -> None:
    """Through the process: exit code 1, the setting by its name, nothing played and nothing changed."""
    url = url_of("sqlite", tmp_path)
    asyncio.run(keep(url))
    before = (tmp_path / "kept").read_bytes()
    (tmp_path / ".env").write_text(f"LAUREL_STORE={url}\n", encoding="utf-8")
    code, out, err = run(tmp_path, "ann: hi\n")
    assert (code, out) == (1, "")
    assert err.startswith(f"LAUREL_STORE: {url} holds a bot's data")
    assert "Leave LAUREL_STORE out" in err
    assert (tmp_path / "kept").read_bytes() == before
