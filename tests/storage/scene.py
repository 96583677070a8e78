"""A store that has gone on since its backup, to restore that to."""

from __future__ import annotations

from pathlib import Path

from leveling_core.ids import MemberKey, OnceKey
from leveling_core.member import MemberRecord
from leveling_core.store import Head, LedgerQuery, LevelingStore
from storage import open_store
from storage.backups import make_backup
from storage.restore import Restored, restore
from tests.contract.support import GUILD, NOON, Clock, gain
from tests.storage.support import names_in

ANN = MemberKey(GUILD, 1)
BACKED_UP, LATER = 7, 100
"""Ann's XP in the backup, and what she has gained since."""

PAID = OnceKey("goal", "41:1:1", int)


class Scene:
    """A store that has gone on since a backup of it was made.

    Attributes:
        folder: Where all of it lies.
        url: The store.
        store_folder: Where its files lie.
        main: The file without which there is no store.
        backup: The backup.
        clock: The time of day.
    """

    def __init__(self, folder: Path, kind: str = "sqlite") -> None:
        self.folder = folder
        self.kind = kind
        self.path = folder / "laurel.db"
        self.url = f"sqlite:///{self.path}" if kind == "sqlite" else f"json:///{folder / 'files'}"
        self.store_folder = folder if kind == "sqlite" else folder / "files"
        self.main = self.path if kind == "sqlite" else self.store_folder / "manifest.json"
        self.backup = folder / "away" / "laurel-backup.db.gz"
        self.clock = Clock()
        self._opened: list[LevelingStore] = []

    def names(self) -> list[str]:
        """Return the names of all that belongs to the store, or to a restore of it."""
        return [name for name in names_in(self.store_folder, "*") if name not in {"away", "files"}]

    def url_of(self, aside: Path | None) -> str:
        """Return the URL of what was kept aside."""
        return f"{self.kind}:///{aside}"

    async def open(self, url: str | None = None) -> LevelingStore:
        """Open the store, or another; closed at the latest with the test."""
        store = await open_store(url or self.url, clock=self.clock)
        self._opened.append(store)
        return store

    async def close(self) -> None:
        """Close what is still open: a failed test must not hold up the end of all."""
        for store in self._opened:
            await store.close()

    async def play(self) -> None:
        """Gain some XP, make the backup, gain some more; then the process dies."""
        self.backup.parent.mkdir()
        store = await self.open()
        await store.commit((ANN,), gain(ANN, BACKED_UP), once=PAID)
        await make_backup(self.url, self.backup, at=NOON)
        await store.commit((ANN,), gain(ANN, LATER))
        # What was gained last is only in the log or journal, as a process leaves it that was killed.
        left = {path: path.read_bytes() for path in self.store_folder.iterdir() if path.is_file()}
        await store.close()
        for path in self.store_folder.iterdir():
            if path.is_file():
                path.unlink()
        for path, content in left.items():
            path.write_bytes(content)

    async def restore(self, *, replace: bool = True, file: Path | None = None) -> Restored:
        """Restore the backup."""
        return await restore(file or self.backup, self.url, at=self.clock.now, replace=replace)

    async def look(self, url: str | None = None) -> tuple[int, Head, int]:
        """Return Ann's XP, the end of the ledger, and the sum of its lines' XP."""
        store = await self.open(url)
        record, head = await store.read(ANN), await store.get_head()
        lines = await store.list_ledger(LedgerQuery())
        await store.close()
        assert isinstance(record, MemberRecord)
        return record.xp, head, sum(getattr(line.outcome, "xp", 0) for line in lines)
