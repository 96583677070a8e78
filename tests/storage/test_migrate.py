"""Migrations: forward, whole, backed up, and ending at the schema that a new database has."""

from __future__ import annotations

import gzip
import logging
import sqlite3
from pathlib import Path

import aiosqlite
import pytest

from leveling_core.errors import StoreError
from leveling_core.ids import MemberKey
from storage import migrate, open_store
from storage.migrate import Migration, apply_migrations, bundled_migrations, statements_of
from tests.contract.support import GUILD, Clock, gain
from tests.storage.support import names_in

ANN = MemberKey(GUILD, 1)
SCHEMA = Path(migrate.__file__).with_name("schema.sql")


def schema_of(path: Path) -> str:
    """Return the SQL of everything in a database."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name")
    text = "".join(f"{sql.strip()};\n\n" for (sql,) in rows)
    connection.close()
    return text.rstrip() + "\n"


async def migrated(path: Path, migrations: list[Migration]) -> None:
    """Bring a database to the newest of some migrations."""
    async with aiosqlite.connect(path) as connection:
        await apply_migrations(connection, path, at=5, migrations=migrations)


def records_of(path: Path) -> list[tuple[int, str, int]]:
    """Return what a database says of its migrations."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT version, name, applied_at FROM migrations").fetchall()
    connection.close()
    return rows


async def test_a_migrated_database_has_the_schema_of_a_new_one(tmp_path: Path) -> None:
    """However many steps it came in, it ends where ``schema.sql`` says a new one begins."""
    path = tmp_path / "laurel.db"
    known = bundled_migrations()
    for count in range(1, len(known) + 1):
        await migrated(path, known[:count])
    assert schema_of(path) == SCHEMA.read_text("utf-8")
    fresh = tmp_path / "fresh.db"
    store = await open_store(f"sqlite:///{fresh}", clock=Clock())
    await store.close()
    assert schema_of(fresh) == SCHEMA.read_text("utf-8")


def test_migrations_are_numbered_without_gaps() -> None:
    """1, 2, 3, …: a number that is missing or twice would be a step that is never taken."""
    known = bundled_migrations()
    assert [one.version for one in known] == list(range(1, len(known) + 1))
    assert len(known) == len(list(SCHEMA.parent.joinpath("migrations").glob("*.sql")))


async def test_an_old_database_is_backed_up_and_migrated(tmp_path: Path) -> None:
    """A newer schema is applied once, and the database of before lies beside it, whole."""
    path = tmp_path / "laurel.db"
    store = await open_store(f"sqlite:///{path}", clock=Clock())
    await store.commit((ANN,), gain(ANN, 7))
    await store.close()
    known = bundled_migrations()
    newer = Migration(
        len(known) + 1,
        "9998_more.sql",
        "-- A remark; with a semicolon.\nALTER TABLE members ADD mood TEXT;\nCREATE TABLE extra (x);\n",
    )
    newest = Migration(len(known) + 2, "9999_most.sql", "DROP TABLE extra;")
    await migrated(path, [*known, newer])
    await migrated(path, [*known, newer])
    await migrated(path, [*known, newer, newest])
    assert [row[0] for row in records_of(path)] == [*range(1, len(known) + 3)]
    folder, stamp = tmp_path / "backups", "19700101T000000Z"
    backups = [f"laurel-{stamp}-schema-{len(known) + more}.db.gz" for more in (0, 1)]
    assert names_in(folder, "*.gz") == backups
    with gzip.open(folder / backups[0]) as packed:
        (tmp_path / "old.db").write_bytes(packed.read())
    store = await open_store(f"sqlite:///{tmp_path / 'old.db'}", clock=Clock())
    assert await store.commit((ANN,), gain(ANN)) == 8
    await store.close()


async def test_the_backup_goes_where_backups_go(tmp_path: Path) -> None:
    """A folder for backups, on another disk perhaps, is also that of the database of before."""
    path, folder = tmp_path / "laurel.db", tmp_path / "elsewhere"
    await migrated(path, bundled_migrations()[:1])
    store = await open_store(f"sqlite:///{path}", clock=Clock(), backup_dir=folder)
    await store.close()
    assert len(names_in(folder, "laurel-*-schema-1.db.gz")) == 1
    assert not names_in(tmp_path, "backups")


async def test_a_migration_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log names the schemas and the backup; a new database is none of that."""
    caplog.set_level(logging.INFO, "storage.migrate")
    path = tmp_path / "laurel.db"
    known = bundled_migrations()
    await migrated(path, known)
    assert caplog.messages == []
    await migrated(path, [*known, Migration(len(known) + 1, "9999_more.sql", "CREATE TABLE extra (x);")])
    old = len(known)
    backup = tmp_path / "backups" / f"laurel-19700101T000000Z-schema-{old}.db.gz"
    assert caplog.messages == [
        f"{path} has schema {old} and is brought to {old + 1}",
        f"{path} as it was is kept in {backup}",
        f"{path} has schema {old + 1} now",
    ]


async def test_a_backup_never_replaces_another(tmp_path: Path) -> None:
    """Migrating twice from the same schema leaves two backups."""
    known = bundled_migrations()
    newer = Migration(len(known) + 1, "9999_more.sql", "CREATE TABLE extra (x);")
    path = tmp_path / "laurel.db"
    for _ in range(2):
        path.unlink(missing_ok=True)
        await migrated(path, known)
        await migrated(path, [*known, newer])
    assert len(names_in(tmp_path / "backups", "*.gz")) == 2


async def test_what_cannot_be_backed_up_is_not_migrated(tmp_path: Path) -> None:
    """Without a backup no step is taken, and the error names what is in the way."""
    path = tmp_path / "laurel.db"
    known = bundled_migrations()
    await migrated(path, known)
    (tmp_path / "backups").write_text("a file where the folder would be")
    with pytest.raises(StoreError, match="backups"):
        await migrated(path, [*known, Migration(len(known) + 1, "9999_more.sql", "CREATE TABLE extra (x);")])
    assert len(records_of(path)) == len(known)


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """Steps of a failed migration are taken back with its record; the ones before it stay."""
    path = tmp_path / "laurel.db"
    known = bundled_migrations()
    await migrated(path, known)
    before = schema_of(path)
    broken = Migration(
        len(known) + 1, "9999_broken.sql", "CREATE TABLE extra (x);\nCREATE TABLE extra (y);\n"
    )
    async with aiosqlite.connect(path) as connection:
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            await apply_migrations(connection, path, at=5, migrations=[*known, broken])
        await connection.commit()
    assert schema_of(path) == before
    assert len(records_of(path)) == len(known)


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """A database of a newer Laurel is left alone, and the error says what to do."""
    path = tmp_path / "laurel.db"
    known = bundled_migrations()
    await migrated(path, [*known, Migration(77, "0077_future.sql", "CREATE TABLE extra (x);")])
    with pytest.raises(StoreError, match=r"schema 77.*Update Laurel"):
        await open_store(f"sqlite:///{path}", clock=Clock())


def test_statements_are_told_apart() -> None:
    """Semicolons in remarks, texts and triggers end no statement."""
    script = """
-- First; of two.
CREATE TRIGGER t AFTER INSERT ON a BEGIN
    DELETE FROM b;
END;
INSERT INTO a VALUES ('x;
y');
"""
    statements = list(statements_of(script))
    assert len(statements) == 2
    assert statements[1] == "INSERT INTO a VALUES ('x;\ny');\n"
