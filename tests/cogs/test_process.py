"""bot.py as whoever runs it knows it: what it says, how it ends, what it leaves behind."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NoReturn

import aiosqlite
import pytest

from bot import Settings, check, main
from data import load_texts
from leveling_core.ids import MemberKey
from leveling_core.member import MemberRecord
from playground import Playground
from playground.waiting import wait_until
from storage import open_store
from storage.migrate import apply_migrations, bundled_migrations
from tests.storage.support import names_in

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "playground-token"

# Looks for Discord where the test is, then is bot.py.
REDIRECTED = """
import sys
from playground.kit import Addresses
Addresses().replace(*sys.argv[1:4])
del sys.argv[1:4]
import bot
{before}
sys.exit(bot.main())
"""

# Looks at once whether a backup is due.
SOON = """
import cogs.backups, cogs.schedule
cogs.schedule.LOOK_EVERY_SECONDS, cogs.backups.FIRST_LOOK_IN_MS = 0.1, 0
"""

# Has backups that never come to an end.
ENDLESS = """
import logging, storage.archive
def copy_for_ever(source, target, pace):
    target.write_bytes(b"half of it")
    logging.getLogger("test").warning("Copying")
    while True:
        pace.pause()
storage.archive.copy_database = copy_for_ever
"""


@pytest.fixture(autouse=True)
def _no_traces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep the machine's own settings and files out, and the process's logging in."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "DISCORD_TOKEN",
        "LAUREL_STORE",
        "LAUREL_BACKUP_HOURS",
        "LAUREL_BACKUP_DIR",
        "LAUREL_PREFIX",
        "LAUREL_LOG_LEVEL",
        "LAUREL_SYNC_GUILD_ID",
    ):
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("apscheduler", "discord.gateway", "discord.http"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
async def pg() -> AsyncIterator[Playground]:
    """Give a Discord that a process of its own can reach."""
    async with Playground() as playground:
        yield playground


class Process:
    """A running bot.py.

    Attributes:
        process: The process.
        text: What it wrote to standard error, once it has ended.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.text = ""

    @classmethod
    async def start(cls, pg: Playground, folder: Path, before: str = "", **settings: str) -> Process:
        """Start bot.py in a folder, towards a playground; ``before`` it, some Python is run."""
        addresses = (pg.server.api_url, pg.server.gateway_url, pg.server.cdn_url)
        kept = {name: os.environ[name] for name in os.environ if name.lower() not in Settings.model_fields}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            REDIRECTED.format(before=before),
            *addresses,
            cwd=folder,
            env={**kept, "PYTHONPATH": str(ROOT), "DISCORD_TOKEN": TOKEN, **settings},
            stderr=asyncio.subprocess.PIPE,
        )
        return cls(process)

    async def wait_for(self, text: str) -> None:
        """Wait until it has written something."""
        assert self.process.stderr is not None
        async with asyncio.timeout(20):
            while text not in self.text:
                line = await self.process.stderr.readline()
                assert line, f"it ended without saying {text!r}:\n{self.text}"
                self.text += line.decode()

    async def end(self) -> int:
        """Wait until it has ended; return its exit code."""
        async with asyncio.timeout(20):
            _, rest = await self.process.communicate()
        self.text += rest.decode()
        assert self.process.returncode is not None
        return self.process.returncode


async def read_record(pg: Playground, database: Path, user_id: int) -> MemberRecord:
    """Read a member's record from the database of a bot that has ended."""
    store = await open_store(f"sqlite:///{database}", clock=lambda: pg.clock.now_ms)
    try:
        record = await store.read(MemberKey(pg.guild.id, user_id))
    finally:
        await store.close()
    assert isinstance(record, MemberRecord)
    return record


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes without asking them")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_it_keeps_everything_and_ends_quickly(
    pg: Playground, tmp_path: Path, number: signal.Signals
) -> None:
    """SIGTERM and Ctrl-C: what was said before is counted, the exit code is 0, and it takes under 5 s."""
    ann = pg.world.add_member(pg.guild, "ann")
    bot = await Process.start(pg, tmp_path)
    await bot.wait_for("Ready as")
    for _ in range(20):
        await pg.say(ann, "hello")
    assert (await pg.say(ann, "!profile")) is not None
    await pg.wait_reply()
    began = time.monotonic()
    bot.process.send_signal(number)
    assert await bot.end() == 0
    assert time.monotonic() - began < 5
    assert (await read_record(pg, tmp_path / "laurel.db", ann.user.id)).messages == 20
    assert "Traceback" not in bot.text
    assert "nclosed" not in bot.text  # no session, connection or event loop was left open
    assert TOKEN not in bot.text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes without asking them")
async def test_it_ends_in_time_though_discord_does_not_answer(pg: Playground, tmp_path: Path) -> None:
    """Replies under way to a Discord that hangs hold nothing up, and what was said before is kept."""
    ann = pg.world.add_member(pg.guild, "ann")
    bot = await Process.start(pg, tmp_path)
    await bot.wait_for("Ready as")
    pg.faults.slow("POST /channels/*", seconds=30)
    await pg.say(ann, "hello")
    await pg.say(ann, "!profile")
    await wait_until(lambda: [] if pg.server.requests_in_flight else ["no reply"], 10, "it did not reply")
    began = time.monotonic()
    bot.process.terminate()
    assert await bot.end() == 0
    assert time.monotonic() - began < 5
    assert (await read_record(pg, tmp_path / "laurel.db", ann.user.id)).messages == 1
    pg.faults.clear()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes without asking them")
async def test_it_ends_in_time_though_the_database_is_held(pg: Playground, tmp_path: Path) -> None:
    """While another program holds the database the bot goes on, ends in time, and says what is lost."""
    ann = pg.world.add_member(pg.guild, "ann")
    bot = await Process.start(pg, tmp_path)
    await bot.wait_for("Ready as")
    await pg.say(ann, "!help")
    await pg.wait_reply()
    holder = sqlite3.connect(tmp_path / "laurel.db", isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        for _ in range(7):
            await pg.say(ann, "hello")
        asked = await pg.say(ann, "!help")
        await pg.wait_reply(after=asked)  # by now what was said before it waits, not only what failed first
        await bot.wait_for("What members do waits")
        began = time.monotonic()
        bot.process.terminate()
        assert await bot.end() == 0
        assert time.monotonic() - began < 5
    finally:
        holder.close()
    told = re.search(r"(\d+) commit\(s\) of what members did could not be written and are lost", bot.text)
    assert told is not None
    # Seven messages, and perhaps the commands before and behind them, and that the members are there.
    assert 7 <= int(told[1]) <= 10
    assert "Traceback" not in bot.text
    assert (await read_record(pg, tmp_path / "laurel.db", ann.user.id)).messages == 0


async def test_it_makes_backups_where_it_is_told_to(pg: Playground, tmp_path: Path) -> None:
    """Beside its work, in the folder of the settings, or beside the data; the log says where they are."""
    bot = await Process.start(pg, tmp_path, SOON, LAUREL_BACKUP_DIR="saved")
    await bot.wait_for("Made a backup of")
    bot.process.terminate()
    await bot.end()
    assert names_in(tmp_path / "saved", "laurel-*.db.gz") != []
    bot = await Process.start(pg, tmp_path, SOON, LAUREL_BACKUP_HOURS="1")
    await bot.wait_for("Made a backup of")
    bot.process.terminate()
    await bot.end()
    assert names_in(tmp_path / "backups", "laurel-*.db.gz") != []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes without asking them")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_in_the_middle_of_a_backup(
    pg: Playground, tmp_path: Path, number: signal.Signals
) -> None:
    """It ends as quickly as ever, keeps what was said, and leaves nothing half in the folder of backups."""
    ann = pg.world.add_member(pg.guild, "ann")
    bot = await Process.start(pg, tmp_path, SOON + ENDLESS)
    await bot.wait_for("Ready as")
    await bot.wait_for("Copying")
    await pg.say(ann, "hello")
    await pg.say(ann, "!profile")
    await pg.wait_reply()
    began = time.monotonic()
    bot.process.send_signal(number)
    assert await bot.end() == 0
    assert time.monotonic() - began < 5
    assert names_in(tmp_path, "backups/*") == []
    assert (await read_record(pg, tmp_path / "laurel.db", ann.user.id)).messages == 1
    assert "Traceback" not in bot.text
    assert "nclosed" not in bot.text
    assert "The backup failed" not in bot.text


async def test_a_bad_token_is_told_with_what_mends_it(pg: Playground, tmp_path: Path) -> None:
    """A token that Discord refuses: one message, no traceback, exit code 1, the token not shown."""
    bot = await Process.start(pg, tmp_path, DISCORD_TOKEN="not-the-token", LAUREL_LOG_LEVEL="ERROR")
    assert await bot.end() == 1
    assert "does not accept the token in DISCORD_TOKEN" in bot.text
    assert "Reset Token" in bot.text
    assert "Traceback" not in bot.text
    assert "not-the-token" not in bot.text


async def test_missing_intents_are_told_with_what_mends_it(pg: Playground, tmp_path: Path) -> None:
    """Privileged intents that are not switched on: one message that names both, exit code 1."""
    pg.server.gateway.allowed_privileged_intents = 0
    bot = await Process.start(pg, tmp_path, LAUREL_LOG_LEVEL="ERROR")
    assert await bot.end() == 1
    assert "Server Members Intent" in bot.text
    assert "Message Content Intent" in bot.text
    assert "Traceback" not in bot.text


async def test_no_network_at_the_start_is_told(pg: Playground, tmp_path: Path) -> None:
    """Discord cannot be reached: one message, exit code 1."""
    pg.faults.refuse_connection(times=None)
    bot = await Process.start(pg, tmp_path, LAUREL_LOG_LEVEL="ERROR")
    assert await bot.end() == 1
    assert "cannot reach Discord" in bot.text
    assert "Traceback" not in bot.text


async def test_a_debug_log_holds_neither_token_nor_what_people_say(pg: Playground, tmp_path: Path) -> None:
    """Even at DEBUG nothing private is logged."""
    ann = pg.world.add_member(pg.guild, "ann")
    bot = await Process.start(pg, tmp_path, LAUREL_LOG_LEVEL="debug")
    await bot.wait_for("Ready as")
    await pg.say(ann, "my secret cake recipe")
    await pg.say(ann, "!help")
    await pg.wait_reply()
    bot.process.terminate()
    await bot.end()
    assert "DEBUG" in bot.text
    assert "secret cake" not in bot.text
    assert TOKEN not in bot.text


async def test_a_second_bot_on_one_database_says_so(pg: Playground, tmp_path: Path) -> None:
    """The storage is held by another: one message with the way out, exit code 1."""
    store = await open_store(f"sqlite:///{tmp_path}/laurel.db", clock=lambda: pg.clock.now_ms)
    try:
        bot = await Process.start(pg, tmp_path)
        assert await bot.end() == 1
    finally:
        await store.close()
    assert "laurel.db" in bot.text
    assert "Stop the other one" in bot.text
    assert "Traceback" not in bot.text


def test_without_a_token_it_says_what_to_do(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """No token: where to get one and where to put it; nothing is created, exit code 2."""
    assert main([]) == 2
    told = capsys.readouterr().err
    assert "https://discord.com/developers/applications" in told
    assert "DISCORD_TOKEN" in told
    assert list(tmp_path.iterdir()) == []


def test_the_check_passes_and_says_line_by_line_what_it_saw(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All right: settings, token, content and store are named, exit code 0."""
    monkeypatch.setenv("DISCORD_TOKEN", "made-up")
    assert main(["--check"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "settings",
        "token",
        "content",
        "store",
        "backups",
        "All right.",
    ]
    assert "laurel.db" in lines[3]
    assert lines[4] == "backups: every 6 hours, in backups"
    monkeypatch.setenv("LAUREL_BACKUP_HOURS", "0")
    assert main(["--check"]) == 0
    assert "\nbackups: off\n" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["sqlite:///typo.db", "json:///typo", "sqlite:///empty.db"])
def test_the_check_makes_no_store(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A store that is not there yet is told of: its name may be written wrongly. Nothing is made."""
    monkeypatch.setenv("DISCORD_TOKEN", "made-up")
    monkeypatch.setenv("LAUREL_STORE", url)
    (tmp_path / "empty.db").touch()
    assert main(["--check"]) == 0
    assert "is not there yet; the first start makes it" in capsys.readouterr().err
    assert names_in(tmp_path, "*") == ["empty.db"]
    assert not (tmp_path / "empty.db").stat().st_size


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("nope/x/y", "there is no such folder"),
        ("~/b", "there is no such folder"),
        ("s3://x", "there is no such folder"),
        ("a-file", "a file stands where the folder of the backups is to be"),
    ],
)
def test_the_check_looks_at_the_folder_of_the_backups(
    folder: str,
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Where no backup can be saved, that is no "all right"."""
    monkeypatch.setenv("DISCORD_TOKEN", "made-up")
    monkeypatch.setenv("LAUREL_BACKUP_DIR", folder)
    (tmp_path / "a-file").touch()
    assert main(["--check"]) == 2
    assert told in capsys.readouterr().err
    monkeypatch.setenv("LAUREL_BACKUP_DIR", "new")
    assert main(["--check"]) == 0
    assert names_in(tmp_path, "*") == ["a-file"]


async def test_a_new_version_saves_the_database_where_backups_go(tmp_path: Path) -> None:
    """Before the schema changes, the database of before is put where the settings say."""
    path = tmp_path / "laurel.db"
    async with aiosqlite.connect(path) as connection:
        await apply_migrations(connection, path, at=5, migrations=bundled_migrations()[:1])
    assert await check(Settings(laurel_backup_dir=tmp_path / "saved"), load_texts()) is False  # no token
    assert len(names_in(tmp_path / "saved", "laurel-*-schema-1.db.gz")) == 1


def test_the_check_names_every_problem(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A missing token does not hide a storage that cannot be used."""
    (tmp_path / "laurel.db").write_bytes(b"this is a text, not a database" * 100)
    assert main(["--check"]) == 2
    told = capsys.readouterr().err
    assert "token: missing" in told
    assert "storage cannot be used" in told
    assert "laurel.db" in told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LAUREL_LOG_LEVEL", "LOUD", "LOUD cannot be used. Write one of DEBUG, INFO"),
        ("LAUREL_PREFIX", "much too long", "1 to 5 visible characters"),
        ("LAUREL_PREFIX", "a b", "1 to 5 visible characters"),
        ("LAUREL_SYNC_GUILD_ID", "my server", "digits alone"),
        ("LAUREL_SYNC_GUILD_ID", "-1", "digits alone"),
        ("LAUREL_STORE", "laurel.db", "sqlite:///laurel.db"),
        ("LAUREL_BACKUP_HOURS", "-1", "from 1 to 168, or 0 for no backups"),
        ("LAUREL_BACKUP_HOURS", "169", "from 1 to 168"),
        ("LAUREL_BACKUP_HOURS", "0.5", "a whole number of hours"),
        ("LAUREL_BACKUP_HOURS", "daily", "daily cannot be used. Write a whole number of hours"),
    ],
)
@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_a_wrong_setting_is_named_with_what_would_be_right(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    name: str,
    value: str,
    told: str,
) -> None:
    """Each setting that cannot be is named, in a start as in a check; the exit code tells of it."""
    monkeypatch.setenv("DISCORD_TOKEN", "made-up")
    monkeypatch.setenv(name, value)
    assert main(arguments) in {1, 2}
    [line] = [line for line in capsys.readouterr().err.splitlines() if line.startswith(f"{name}:")]
    assert told in line


def test_settings_are_read_from_a_file_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`.env` in the working directory is read, the environment is stronger, and empty means unset."""
    text = "DISCORD_TOKEN= from-file \nLAUREL_PREFIX=?\nLAUREL_SYNC_GUILD_ID=\nLAUREL_LOG_LEVEL=debug\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    monkeypatch.setenv("LAUREL_PREFIX", "$")
    settings = Settings()
    assert settings.token() == "from-file"
    assert (settings.laurel_prefix, settings.laurel_sync_guild_id) == ("$", None)
    assert settings.laurel_log_level == "DEBUG"
    assert "from-file" not in repr(settings)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_settings_in_another_encoding_are_told_with_what_mends_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], encoding: str
) -> None:
    """A `.env` that is not UTF-8, as PowerShell writes it: how to save it, no traceback, no content."""
    (tmp_path / ".env").write_text("# für die Söhne \u00b9\nDISCORD_TOKEN=very-private\n", encoding=encoding)
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert "Save it as UTF-8" in told
    assert "very-private" not in told


def test_settings_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """The mark that some Windows programs put before UTF-8 is no part of the first name."""
    (tmp_path / ".env").write_text("DISCORD_TOKEN=from-file\n", encoding="utf-8-sig")
    assert Settings().token() == "from-file"


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_settings_that_may_not_be_read_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """A `.env` of somebody else's is named with the system's reason, and is no trouble with the network."""

    def refuse() -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("bot.Settings", refuse)
    assert main(arguments) == 2
    assert ".env cannot be read: Permission denied" in capsys.readouterr().err


def test_the_token_is_not_shown_when_another_setting_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pydantic would print of its input stays unprinted, and so does a token in the wrong line."""
    monkeypatch.setenv("DISCORD_TOKEN", "very-private")
    monkeypatch.setenv("LAUREL_SYNC_GUILD_ID", "very-private")
    monkeypatch.setenv("LAUREL_PREFIX", "very-private." * 5)
    assert main([]) == 2
    captured: Any = capsys.readouterr()
    assert "very-private" not in captured.err + captured.out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT of other processes")
def test_ctrl_c_at_the_very_start_ends_it_without_a_traceback(tmp_path: Path) -> None:
    """While the modules are still imported nobody listens to it yet: the process just ends."""
    (tmp_path / "discord.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    root = str(Path(__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, "-c", "import bot"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), root])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")
