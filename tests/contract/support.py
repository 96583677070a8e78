"""Stores to hold to the contract, and small decisions to hold them with."""

from __future__ import annotations

import copy
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from leveling_core.decision import Decide, Decision, View
from leveling_core.errors import RuleError
from leveling_core.ids import MemberKey
from leveling_core.outcomes import LedgerLine, XpGained
from leveling_core.store import LevelingStore
from storage import open_store
from storage.backend import Backend
from storage.codec import LEDGER_COLUMNS, MEMBER_COLUMNS, Row
from storage.json_files import Compacting, JsonBackend
from storage.memory import MemoryBackend, MemoryState
from storage.sqlite import SqliteBackend
from storage.store import GroupedStore

GUILD = 41
NOBODY = 12_345
"""A user id that no member has."""

NOON = 1_750_000_000_000
DAMAGE = '{"half":'


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int = NOON) -> None:
        self.now = now

    def __call__(self) -> int:
        """Return the instant at which it stands, ms UTC."""
        return self.now


class Place(ABC):
    """A place that keeps data while stores on it come and go."""

    def __init__(self) -> None:
        self.clock = Clock()
        self._opened: list[LevelingStore] = []

    async def open(self) -> LevelingStore:
        """Open the data that is there; closed at the latest with the place."""
        store = await self._open()
        self._opened.append(store)
        return store

    @abstractmethod
    async def _open(self) -> LevelingStore: ...

    @abstractmethod
    async def open_backend(self) -> Backend:
        """Open the rows of the data that is there, while no store has it open; the caller closes it."""

    @abstractmethod
    def damage_member(self, key: MemberKey) -> None:
        """Write what no member has into a member's row."""

    @abstractmethod
    def damage_line(self, seq: int) -> None:
        """Write what no line has into a line's row."""

    async def reopen(self, store: LevelingStore) -> LevelingStore:
        """Close a store and open its data again."""
        await store.close()
        return await self.open()

    async def close(self) -> None:
        """Close every store that is still open."""
        for store in self._opened:
            await store.close()


class MemoryPlace(Place):
    """Keeps the state of memory backends."""

    def __init__(self) -> None:
        super().__init__()
        self._state = MemoryState()

    async def _open(self) -> LevelingStore:
        return GroupedStore(MemoryBackend(self._state), clock=self.clock)

    async def open_backend(self) -> Backend:
        """Open the rows."""
        return MemoryBackend(self._state)

    def damage_member(self, key: MemberKey) -> None:
        """Write what no member has into a member's row."""
        rows, name = self._state.members, (key.guild_id, key.user_id)
        rows[name] = damaged(rows[name], MEMBER_COLUMNS.index("refused"))

    def damage_line(self, seq: int) -> None:
        """Write what no line has into a line's row."""
        rows = self._state.ledger
        rows[seq - 1] = damaged(rows[seq - 1], LEDGER_COLUMNS.index("reasons"))


class SqlitePlace(Place):
    """Keeps an SQLite file."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.path = folder / "laurel.db"

    async def _open(self) -> LevelingStore:
        return await open_store(f"sqlite:///{self.path}", clock=self.clock)

    async def open_backend(self) -> Backend:
        """Open the rows."""
        return await SqliteBackend.open(self.path, clock=self.clock)

    def damage_member(self, key: MemberKey) -> None:
        """Write what no member has into a member's row."""
        self._change(
            "UPDATE members SET refused = ? WHERE guild_id = ? AND user_id = ?", key.guild_id, key.user_id
        )

    def damage_line(self, seq: int) -> None:
        """Write what no line has into a line's row."""
        self._change("UPDATE ledger SET reasons = ? WHERE seq = ?", seq)

    def _change(self, sql: str, *values: int) -> None:
        connection = sqlite3.connect(self.path)
        assert connection.execute(sql, (DAMAGE, *values)).rowcount == 1
        connection.commit()
        connection.close()


class JsonPlace(Place):
    """Keeps a folder of JSON files, which are written anew again and again."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder / "laurel"
        self._state = MemoryState()
        self._damaged: list[MemberKey] = []

    async def _open(self) -> LevelingStore:
        eagerly = Compacting(journal_bytes=1, folded_seconds=0.0, retry_seconds=0.0)
        backend = await JsonBackend.open(self._folder, compacting=eagerly)
        self._state = backend.state
        for key in self._damaged:
            self._damage(key)
        return GroupedStore(backend, clock=self.clock)

    async def open_backend(self) -> Backend:
        """Open the rows."""
        return await JsonBackend.open(self._folder)

    def damage_member(self, key: MemberKey) -> None:
        """Write what no member has into a member's row: in the memory that an open store reads it from."""
        self._damaged.append(key)
        self._damage(key)

    def _damage(self, key: MemberKey) -> None:
        rows, name = self._state.members, (key.guild_id, key.user_id)
        rows[name] = damaged(rows[name], MEMBER_COLUMNS.index("refused"))

    def damage_line(self, seq: int) -> None:
        """Write what no line has into a line's row."""
        rows = self._state.ledger
        rows[seq - 1] = damaged(rows[seq - 1], LEDGER_COLUMNS.index("reasons"))


def damaged(row: Row, column: int) -> Row:
    """Return a row that cannot be read."""
    return (*row[:column], DAMAGE, *row[column + 1 :])


PLACES: dict[str, Callable[[Path], Place]] = {
    "json": JsonPlace,
    "memory": lambda _: MemoryPlace(),
    "sqlite": SqlitePlace,
}
"""Every backend that the suite is run on."""


def line(user_id: int = 1, xp: int = 1, *, guild_id: int = GUILD, at: int = NOON) -> LedgerLine:
    """Make a ledger line that tells of some XP."""
    return LedgerLine(at=at, guild_id=guild_id, user_id=user_id, outcome=XpGained(xp=xp, source="message"))


def gain(key: MemberKey, xp: int = 1, *, at: int = NOON) -> Decide[int]:
    """Make a decision that adds XP to a member, tells of it, and answers the new total."""

    def decide(view: View) -> Decision[int]:
        draft = copy.copy(view.member(key))
        draft.xp += xp
        return Decision(draft.xp, {key: draft}, [line(key.user_id, xp, guild_id=key.guild_id, at=at)])

    return decide


def spend(key: MemberKey, xp: int = 1) -> Decide[int]:
    """Make a decision that takes XP from a member who has as much, and refuses otherwise."""

    def decide(view: View) -> Decision[int]:
        draft = copy.copy(view.member(key))
        if draft.xp < xp:
            raise RuleError("not enough")
        draft.xp -= xp
        return Decision(draft.xp, {key: draft}, [line(key.user_id, -xp, guild_id=key.guild_id)])

    return decide


def set_member(key: MemberKey, **fields: object) -> Decide[None]:
    """Make a decision that sets fields of a member's record."""

    def decide(view: View) -> Decision[None]:
        draft = copy.copy(view.member(key))
        for name, value in fields.items():
            setattr(draft, name, value)
        return Decision(None, {key: draft})

    return decide


def say(*lines: LedgerLine) -> Decide[None]:
    """Make a decision that only tells of something."""
    return lambda _: Decision(None, lines=[copy.copy(one) for one in lines])
