"""The process: settings, store, bot. The only module that reads the environment.

``python bot.py`` runs the bot, ``python bot.py --check`` says whether it could, ``python bot.py store`` looks
after what is stored. The exit code is 0 after an orderly end, 1 after a failure, 2 when the settings do not
allow a start.
"""

from __future__ import annotations

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # What is imported takes a second: Ctrl-C in it ends the process, instead of showing where it was.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import asyncio
import contextlib
import gc
import io
import logging
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import aiohttp
import discord
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cogs.context import wall_clock
from cogs.discord_address import DiscordAddress, read_loopback_origin
from cogs.host import GC_THRESHOLDS, LaurelBot
from console import add_store_arguments, run_store_command
from console.logs import set_up_logging
from data import Texts, load_catalogue, load_texts
from leveling_core.errors import ContentError, StoreError
from leveling_core.store import LevelingStore
from storage import Backups, open_store
from storage.opening import read_store_url
from storage.readiness import check_backup_folder, is_yet_to_be_made

if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
    signal.signal(signal.SIGINT, signal.default_int_handler)

__all__ = ["Settings", "check", "main", "run"]

log = logging.getLogger("laurel")

CLOSE_SECONDS = 3.0
"""How long leaving Discord may take before the store is closed regardless; all of the end takes under 5."""

FAILED, NOT_SET_UP = 1, 2

_LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


class Settings(BaseSettings):
    """What is set from outside: the environment, else ``.env`` in the working directory.

    Attributes:
        discord_token: The bot's token; shown by nothing.
        laurel_store: Where progress is kept.
        laurel_backup_hours: How often it is backed up; 0 for never.
        laurel_backup_dir: Where backups go; None for ``backups`` beside what is kept.
        laurel_prefix: What commands begin with, until a guild sets its own.
        laurel_pictures: Whether pictures are drawn.
        laurel_log_level: How much is logged.
        laurel_sync_guild_id: Synchronise slash commands to this guild alone, at once.
        laurel_discord_api: A Discord on this machine that takes the real one's place, None for the real one.
    """

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8-sig", env_ignore_empty=True, extra="ignore", frozen=True
    )

    discord_token: SecretStr | None = None
    laurel_store: str = "sqlite:///laurel.db"
    laurel_backup_hours: Annotated[int, Field(ge=0, le=168)] = 6
    laurel_backup_dir: Path | None = None
    laurel_prefix: Annotated[str, Field(pattern=r"^[^\s\x00-\x1f\x7f]{1,5}$")] = "!"
    laurel_pictures: bool = True
    laurel_log_level: Annotated[_LogLevel, BeforeValidator(lambda level: str(level).upper())] = "INFO"
    laurel_sync_guild_id: Annotated[int | None, Field(gt=0, lt=2**63)] = None
    laurel_discord_api: Annotated[str, AfterValidator(read_loopback_origin)] | None = None

    def token(self) -> str:
        """Return the token, without the blanks that copying leaves; "" for none."""
        return self.discord_token.get_secret_value().strip() if self.discord_token else ""


SHOWN_WRONG = frozenset({"laurel_backup_hours", "laurel_log_level", "laurel_prefix"})
"""The settings of which a wrong value is shown. An id or an address may be the token, in the wrong line."""

LONGEST_SHOWN_VALUE = 20
"""Up to how many characters it is; a token has about 70."""

EXPECTED = {
    "laurel_backup_hours": "process-backup-hours",
    "laurel_discord_api": "process-discord-api",
    "laurel_log_level": "process-log-level",
    "laurel_pictures": "process-pictures",
    "laurel_prefix": "process-prefix",
    "laurel_sync_guild_id": "process-guild-id",
}


class _Refused(Exception):  # noqa: N818 -- it ends the process with a message; that is no error of its own
    """The process cannot go on; holds the message that says why, and the exit code."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _read_settings(texts: Texts) -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_url=False):
            field, value = str(problem["loc"][0]), str(problem["input"])
            what = texts(EXPECTED[field]) if field in EXPECTED else problem["msg"]
            is_shown = field in SHOWN_WRONG and len(value) <= LONGEST_SHOWN_VALUE
            text = "process-setting-value" if is_shown else "process-setting"
            lines.append(texts(text, name=field.upper(), value=value, problem=what))
        lines.append(texts("process-settings-wrong", count=len(lines)))
        raise _Refused("\n".join(lines), NOT_SET_UP) from None  # pydantic's own text would show the input
    except UnicodeError:
        raise _Refused(texts("process-env-not-utf8"), NOT_SET_UP) from None  # its text would show the file
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise _Refused(texts("process-env-unreadable", problem=why), NOT_SET_UP) from error


@contextlib.contextmanager
def _stop_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set ``stop`` at SIGTERM or Ctrl-C."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows: the event loop knows no signals
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    try:
        yield
    finally:
        for number, handler in before.items():
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, handler)


async def run(settings: Settings, texts: Texts) -> None:
    """Run the bot until it is told to stop.

    Raises:
        ContentError: The bundled content is broken.
        StoreError: The store cannot be opened.
        discord.DiscordException: Discord does not let it in.
        OSError: Discord cannot be reached.
    """
    catalogue = load_catalogue()
    store = await _open_store(settings)
    try:
        bot = LaurelBot(
            store,
            texts=texts,
            catalogue=catalogue,
            default_prefix=settings.laurel_prefix,
            sync_guild_id=settings.laurel_sync_guild_id,
            backups=_backups_of(settings),
            pictures=settings.laurel_pictures,
        )
        await _run_until_stopped(bot, settings.token())
    finally:
        await store.close()


async def _open_store(settings: Settings) -> LevelingStore:
    url, backup_dir = settings.laurel_store, settings.laurel_backup_dir
    return await open_store(url, clock=wall_clock, backup_dir=backup_dir)


def _backups_of(settings: Settings) -> Backups:
    return Backups(
        settings.laurel_store,
        clock=wall_clock,
        folder=settings.laurel_backup_dir,
        every_hours=settings.laurel_backup_hours,
    )


async def _run_until_stopped(bot: LaurelBot, token: str) -> None:
    stop = asyncio.Event()
    with _stop_signals(stop):
        running = asyncio.create_task(bot.start(token))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                log.info("Told to stop")
        finally:
            stopping.cancel()
            await _close(bot)
            if not running.done():
                running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def _close(bot: LaurelBot) -> None:
    try:
        await asyncio.wait_for(bot.close(), CLOSE_SECONDS)
    except TimeoutError:
        log.warning(
            "Discord did not say goodbye within %.0f s; the store is closed all the same", CLOSE_SECONDS
        )


async def check(settings: Settings, texts: Texts) -> bool:
    """Say line by line whether the bot could start with these settings; tell whether all is right."""
    _say(texts("process-check-settings"))
    token = bool(settings.token())
    _say(texts("process-check-token" if token else "process-check-no-token"))
    return all([token, _check_content(texts), await _check_store(settings, texts)])


def _check_content(texts: Texts) -> bool:
    try:
        achievements = len(load_catalogue().definitions)
    except ContentError as error:
        _say(_explain(error, texts))
        return False
    _say(texts("process-check-content", texts=len(texts.names), achievements=achievements))
    return True


async def _check_store(settings: Settings, texts: Texts) -> bool:
    try:
        place, backups = read_store_url(settings.laurel_store), _backups_of(settings)
        if is_new := is_yet_to_be_made(place):
            _say(texts("process-check-store-new", place=str(place.path)))
        else:
            store = await _open_store(settings)
            _say(texts("process-check-store", place=store.description))
            await store.close()
        if backups.are_on and not (is_new and settings.laurel_backup_dir is None):
            check_backup_folder(backups.folder)
    except (StoreError, ContentError) as error:
        _say(_explain(error, texts))
        return False
    hours, folder = settings.laurel_backup_hours, str(backups.folder)
    _say(
        texts(
            "process-check-backups" if backups.are_on else "process-check-no-backups",
            hours=hours,
            folder=folder,
        )
    )
    return True


def _explain(error: Exception, texts: Texts) -> str:
    """Return how to mend what kept the bot from starting."""
    match error:
        case discord.LoginFailure():
            return texts("process-bad-token")
        case discord.PrivilegedIntentsRequired():
            return texts("process-missing-intents")
        case discord.DiscordException():
            return texts("process-discord-refused", problem=str(error))
        case StoreError():
            return texts("process-store", problem=str(error))
        case ContentError(file="settings"):
            return texts("process-setting", name=error.field, problem=f"{error.problem}. {error.expected}")
        case ContentError():
            return texts("process-content", problem=str(error))
        case _:
            return texts("process-no-network", problem=str(error) or type(error).__name__)


def _start(arguments: argparse.Namespace, texts: Texts) -> int:
    settings = _read_settings(texts)
    set_up_logging(settings.laurel_log_level, settings.token())
    if arguments.command == "store":
        if settings.laurel_log_level == "INFO":
            logging.getLogger().setLevel(logging.WARNING)  # what it does, the command itself says
        return run_store_command(
            arguments,
            texts,
            store_url=settings.laurel_store,
            clock=wall_clock,
            backup_dir=settings.laurel_backup_dir,
        )
    if arguments.check:
        passed = asyncio.run(check(settings, texts))
        _say(texts("process-check-passed" if passed else "process-check-failed"))
        return 0 if passed else NOT_SET_UP
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # Laurel never joins voice
    if not settings.token():
        return _open_playground(settings, texts)
    if settings.laurel_discord_api:
        DiscordAddress.at(settings.laurel_discord_api).use()
    gc.set_threshold(*GC_THRESHOLDS)
    asyncio.run(run(settings, texts))
    return 0


def _open_playground(settings: Settings, texts: Texts) -> int:
    """Let somebody try the bot without a token, where there is somebody and a playground to do it in.

    A service that has lost its token has neither: it is told what it lacks.
    """
    here = Path(__file__).parent / "playground"
    if settings.laurel_discord_api or not here.is_dir() or not _has_input():
        raise _Refused(texts("process-no-token"), NOT_SET_UP)
    from playground.terminal import open_playground  # noqa: PLC0415 -- a bot with a token knows nothing of it

    catalogue = load_catalogue()

    def new_bot(store: LevelingStore, clock: Callable[[], int], dice: Callable[[], int]) -> LaurelBot:
        return LaurelBot(
            store,
            texts=texts,
            catalogue=catalogue,
            default_prefix=settings.laurel_prefix,
            clock=clock,
            dice=dice,
            pictures=settings.laurel_pictures,
            guild_ready_timeout=0.02,
        )

    if "laurel_log_level" not in settings.model_fields_set:
        for name in ("", "discord.gateway", "discord.http"):
            logging.getLogger(name).setLevel(logging.WARNING)
    chosen = settings.laurel_store != Settings.model_fields["laurel_store"].default
    return open_playground(new_bot, store_url=settings.laurel_store if chosen else None)


def _has_input() -> bool:
    """Tell whether somebody types, or a script is given: a terminal, or a pipe or file that is not empty."""
    try:
        kind = os.fstat(sys.stdin.fileno()).st_mode
    except (AttributeError, OSError, ValueError):
        return False
    if sys.stdin.isatty() or stat.S_ISCHR(kind):
        return sys.stdin.isatty()
    script = sys.stdin.buffer
    return isinstance(script, io.BufferedReader) and bool(script.peek(1))


def _make_parser(texts: Texts) -> argparse.ArgumentParser:
    program = "laurel" if Path(sys.argv[0]).stem == "laurel" else "python bot.py"
    parser = argparse.ArgumentParser(prog=program, description=texts("process-help"))
    parser.add_argument("--check", action="store_true", help=texts("process-help-check"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title=texts("process-help-commands"))
    add_store_arguments(commands.add_parser("store", help=texts("store-help")), texts)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    try:
        return _main(argv)
    except KeyboardInterrupt:  # pressed before the loop listened to it
        return FAILED


def _main(argv: Sequence[str] | None) -> int:
    try:
        texts = load_texts()
    except ContentError as error:
        _say(str(error))
        return FAILED
    arguments = _make_parser(texts).parse_args(argv)
    try:
        return _start(arguments, texts)
    except _Refused as refusal:
        _say(str(refusal))
        return refusal.code
    except (discord.DiscordException, StoreError, ContentError, aiohttp.ClientError, OSError) as error:
        _say(_explain(error, texts))
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
