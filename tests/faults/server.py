"""Makes processes that work on a store, quickly: it imports everything once and forks.

Run as ``python -m tests.faults.server``. It reads an :class:`Order` (a line of JSON) from its input, forks,
and says ``started <pid>``; the child works on the store as ordered, and when it has ended, however it ends,
the server says ``ended <status>`` and reads the next order. While a child lives it is the child that reads
the input: ``stop`` ends its work, ``health`` is answered by ``health <json>``. The end of the input ends
both.
"""

from __future__ import annotations

import asyncio
import ctypes
import importlib
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from data import load_catalogue
from leveling_core.achievements import Catalogue
from leveling_core.service import Leveling
from leveling_core.store import LevelingStore
from leveling_core.subscribers import GoalBonusSubscriber
from storage import Feed, open_store, sqlite
from storage.json_files import Compacting, JsonBackend
from storage.store import GroupedStore
from tests.faults.load import Load, day_at

ROOM = 1 << 20

TIDY = Compacting(journal_bytes=50_000, folded_seconds=0, retry_seconds=0.02)


class Order(msgspec.Struct, kw_only=True):
    """What a process is to do.

    Attributes:
        url: The store.
        told: The file that is told of all that was committed.
        folder: Whose files are watched by the shim, "" for none.
        log: Where the shim logs, "" for nowhere.
        control: The file that says what the shim makes fail, "" for nothing.
        life: How many processes worked on the store before.
        seed: Makes two loads differ.
        most_groups: After so many groups with lines it ends by itself; 0 for never.
        follows: Whether the feed runs too, and pays the goals of large guilds.
        tidies: Whether what was committed is brought to where it stays every few groups: SQLite's log into
            the database, journals of JSON into files. Else it happens more seldom than a test lasts.
        pragmas: More of them for SQLite's connection that writes.
        settings: Values of modules' constants, by ``module:NAME``.
    """

    url: str
    told: str
    folder: str = ""
    log: str = ""
    control: str = ""
    life: int = 0
    seed: int = 0
    most_groups: int = 0
    follows: bool = False
    tidies: bool = False
    pragmas: tuple[str, ...] = ()
    settings: dict[str, Any] = {}


def say(text: str) -> None:
    """Say a line to whoever gave the order."""
    os.write(1, text.encode() + b"\n")


def _set(name: str, value: object) -> None:
    """Set a module's constant, which must be there."""
    module, _, constant = name.partition(":")
    getattr(importlib.import_module(module), constant)
    setattr(importlib.import_module(module), constant, value)


def _prepare(order: Order) -> None:
    if order.folder:
        watch = ctypes.CDLL(None).shim_watch
        paths = (order.folder, order.log, order.told, order.control)
        if watch(*(path.encode() for path in paths)) != 0:
            raise OSError(f"the shim cannot log to {order.log}")
    for name, value in order.settings.items():
        _set(name, value)
    tidy = ("wal_autocheckpoint = 100",) if order.tidies else ()
    _set("storage.sqlite:WRITER_PRAGMAS", (*sqlite.WRITER_PRAGMAS, *tidy, *order.pragmas))


async def _open(order: Order, clock: Callable[[], int]) -> LevelingStore:
    folder = order.url.removeprefix("json:///")
    if order.tidies and folder != order.url:
        backend = await JsonBackend.open(Path(folder), compacting=TIDY)
        return GroupedStore(backend, clock=clock)
    return await open_store(order.url, clock=clock)


async def work(order: Order, catalogue: Catalogue) -> None:
    """Work on a store until told to stop, or until the order's groups are written."""
    at = day_at(order.life)
    store = await _open(order, lambda: at)
    leveling = Leveling(store, catalogue)
    feed = Feed(store, clock=lambda: at)
    feed.subscribe(GoalBonusSubscriber(leveling), from_beginning=True)
    told = os.open(order.told, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    load = Load(leveling, told, life=order.life, seed=order.seed, most_groups=order.most_groups)

    def listen() -> None:
        text = os.read(0, 4096).decode()
        if not text:
            os._exit(3)  # nobody is there any more
        for word in text.split():
            if word == "stop":
                load.stop()
            elif word == "health":
                say(f"health {msgspec.json.encode(store.health).decode()}")

    asyncio.get_running_loop().add_reader(0, listen)
    say("opened")
    if order.follows:
        await feed.start()
    await load.run()
    if order.follows:
        await feed.stop()
    await store.close()


def _be_child(order: Order, catalogue: Catalogue) -> None:
    status = 1
    try:
        _prepare(order)
        asyncio.run(work(order, catalogue))
        status = 0
    except BaseException:  # noqa: BLE001 -- a child must end here, whatever happened
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def main() -> None:
    """Fork for every order until the input ends."""
    catalogue = load_catalogue()
    say("ready")
    while text := os.read(0, ROOM):
        order = msgspec.json.decode(text, type=Order)
        pid = os.fork()
        if not pid:
            _be_child(order, catalogue)
        say(f"started {pid}")
        _, status = os.waitpid(pid, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
