"""The backend itself: reads from memory, writes to the journal first, has files written anew beside that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import ParamSpec, TypeVar

from leveling_core.errors import StoreError
from leveling_core.store import Head
from storage.backend import Writes
from storage.json_files.compaction import Frozen, compact
from storage.json_files.content import Content, StoredRows, begin_content, read_content
from storage.json_files.errors import unavailable, when_opening
from storage.json_files.files import Files, RealFiles, write_file
from storage.json_files.journal import Journal, Replayed
from storage.json_files.manifest import file_number, journal_name, kept_aside_name
from storage.json_files.moment import FilesSnapshot
from storage.locking import lock_inside, locked

__all__ = ["Compacting", "JsonBackend"]

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Compacting:
    """When files are written anew while the store is open.

    Attributes:
        journal_bytes: When the journals are longer than this and than half of the snapshots: what is written
            stays in proportion to what changed, and a start has no endless journal to read.
        folded_seconds: So long after lines of the ledger were folded, with the group that comes then.
        retry_seconds: How long it is left alone after it failed.
    """

    journal_bytes: int = 4_000_000
    folded_seconds: float = 60.0
    retry_seconds: float = 60.0


_USUAL = Compacting()


class JsonBackend(StoredRows):
    """Keeps rows in a folder of JSON files. Made by :meth:`open`."""

    def __init__(self, files: Files, description: str, content: Content, compacting: Compacting) -> None:
        super().__init__(description, content)
        self._files = files
        self._compacting = compacting
        self._disk = ThreadPoolExecutor(1, "laurel-journal")
        self._background = ThreadPoolExecutor(1, "laurel-compaction")
        self._resources = ExitStack()
        self._writing: asyncio.Task[None] | None = None
        self._compaction: asyncio.Task[None] | None = None
        self._earlier_bytes = 0
        self._folded_at: float | None = None
        self._not_before = 0.0
        self._is_closed = False

    @classmethod
    async def open(
        cls, folder: Path, *, epoch: str | None = None, compacting: Compacting = _USUAL
    ) -> JsonBackend:
        """Open a folder for writing, alone; make it if there is none.

        Args:
            folder: Where.
            epoch: That of a store that is made now, None for a new one.
            compacting: When files are written anew.

        Raises:
            StoreError: It cannot be opened, it is damaged, it holds something else, or another Laurel has it.
        """
        files = RealFiles(folder)
        with ExitStack() as stack:
            with when_opening(folder):
                # A folder of somebody else's is refused before anything is put into it.
                await asyncio.to_thread(_check_folder, files, str(folder))
                stack.enter_context(locked(lock_inside(folder), path=folder))
            backend = await cls.open_files(files, str(folder), epoch=epoch, compacting=compacting)
            backend.release_at_close(stack.pop_all())
            return backend

    @classmethod
    async def open_files(
        cls, files: Files, description: str, *, epoch: str | None = None, compacting: Compacting = _USUAL
    ) -> JsonBackend:
        """Open files for writing. Nobody else may do so meanwhile.

        Raises:
            StoreError: They cannot be opened, are damaged, or something else.
        """
        with when_opening(description):
            return await asyncio.to_thread(cls._open, files, description, epoch, compacting)

    def release_at_close(self, resources: ExitStack) -> None:
        """Have more released when it is closed."""
        self._resources.push(resources)

    @classmethod
    def _open(cls, files: Files, description: str, epoch: str | None, compacting: Compacting) -> JsonBackend:
        content = begin_content(files, description, epoch)
        if content is not None:
            backend = cls(files, description, content, compacting)
            backend._begin(content.manifest.first_group)
            return backend
        backend = cls(files, description, read_content(files, description), compacting)
        replayed = backend.replay(files)
        if replayed.torn:
            _keep_aside(files, replayed)
        backend._begin(replayed.next_group)
        return backend

    def _begin(self, next_group: int) -> None:
        """Write what the journals told into snapshots, and begin a journal of one's own.

        The last line of a journal may be whole and yet not be on disk: its writer was killed before it was
        flushed, or its flush failed. Whoever sees it now must be able to rely on it, and flushing that file
        once more would prove nothing; so it is written anew.
        """
        self._numbers = count(1 + max(map(file_number, self._files.list_names()), default=0))
        self._journal = Journal.create(self._files, next(self._numbers), next_group)
        try:
            frozen = self.freeze(journal=self._journal.number, first_group=next_group)
            self.manifest = compact(self._files, frozen, self._numbers)
        except BaseException:
            self._journal.close()
            raise

    async def write(self, writes: Writes) -> None:
        """Write all into one line of the journal; it is on disk when this returns."""
        self._check(writes)
        # Whoever waits may be cancelled. What is on disk must be in memory all the same.
        self._writing = asyncio.create_task(self._write(writes), name="laurel-json-write")
        await asyncio.shield(self._writing)

    async def _write(self, writes: Writes) -> None:
        await self._on_disk(self._journal.append, writes)
        self._apply(writes)
        if writes.forgotten:
            self._folded_at = asyncio.get_running_loop().time()
        if self._is_compaction_due():
            await self._begin_compaction()

    async def _on_disk(self, action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in the journal's thread what blocks."""
        try:
            return await asyncio.wrap_future(self._disk.submit(action, *args, **kwargs))
        except OSError as error:
            raise unavailable(self.description, error) from error
        except (TypeError, ValueError) as error:
            cure = "Nothing was written; the value itself is wrong"
            raise StoreError(path=self.description, cause=f"a row is no JSON: {error}", cure=cure) from error

    def _is_compaction_due(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self._compaction is not None or now < self._not_before:
            return False
        if self._folded_at is not None and now - self._folded_at >= self._compacting.folded_seconds:
            return True
        size = self._earlier_bytes + self._journal.size
        return size >= max(self._compacting.journal_bytes, self.manifest.snapshot_bytes() // 2)

    async def _begin_compaction(self) -> None:
        """Have later groups go into another journal, and write beside them what there is by now."""
        number, former = next(self._numbers), self._journal
        try:
            self._journal = await self._on_disk(self._rotate, number)
        except StoreError as error:
            self._postpone(error)
            return
        self._earlier_bytes += former.size
        self._folded_at = None
        frozen = self.freeze(journal=number, first_group=self._journal.next_group)
        self._compaction = asyncio.create_task(self._compact(frozen), name="laurel-json-compaction")

    def _rotate(self, number: int) -> Journal:
        journal = Journal.create(self._files, number, self._journal.next_group)
        try:
            # The journal that is named must be found after a power cut: its name has to be on disk first.
            self._files.fsync_folder()
            self._journal.end(number)
        except BaseException:
            journal.close()
            raise
        self._journal.close()
        return journal

    async def _compact(self, frozen: Frozen) -> None:
        try:
            writing = self._background.submit(compact, self._files, frozen, self._numbers)
            self.manifest = await asyncio.wrap_future(writing)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the journals tell all, and commits go on
            self.changes.join(frozen.changes)
            self._postpone(error)
        else:
            self._earlier_bytes = 0
        finally:
            self._compaction = None

    def _postpone(self, error: Exception) -> None:
        seconds = self._compacting.retry_seconds
        self._not_before = asyncio.get_running_loop().time() + seconds
        log.warning(
            "%s: files could not be written anew, nothing is lost by that, it is tried again in %.0f s: %s",
            self.description,
            seconds,
            error,
        )

    async def recover(self) -> Head:
        """Cut off what a failed write left, and return the end of the ledger."""
        await self._on_disk(self._journal.mend)
        return self.current_head()

    async def open_snapshot(self) -> FilesSnapshot:
        """Fix a moment, and return all rows as of then."""
        return FilesSnapshot(self, self._files)

    async def close(self) -> None:
        """Write into snapshots what the journal has, and give up the lock. Closing once more does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            under_way = [task for task in (self._writing, self._compaction) if task is not None]
            await asyncio.gather(*under_way, return_exceptions=True)
            if self._earlier_bytes or self._journal.groups:
                await self._compact_finally()
            await self._on_disk(self._journal.close)
        finally:
            self._disk.shutdown()
            self._background.shutdown()
            self._resources.close()

    async def _compact_finally(self) -> None:
        number = next(self._numbers)
        frozen = self.freeze(journal=number, first_group=self._journal.next_group)
        try:
            await self._on_disk(self._write_finally, frozen, number)
        except StoreError as error:
            log.warning(
                "%s: what the journal has stays there until the next start: %s", self.description, error
            )

    def _write_finally(self, frozen: Frozen, number: int) -> None:
        """Write everything anew, with an empty journal behind it: none goes on from the one before."""
        Journal.create(self._files, number, frozen.first_group).close()
        compact(self._files, frozen, self._numbers)


def _check_folder(files: Files, description: str) -> None:
    files.make_folder()
    begin_content(files, description, None)


def _keep_aside(files: Files, replayed: Replayed) -> None:
    """Keep what is left of a line that was never written to its end: nobody was told that it counts."""
    name = kept_aside_name(replayed.newest, files.list_names())
    write_file(files, name, [replayed.torn])
    log.warning(
        "%s ends in the middle of a line, as after a power cut: its group was not acknowledged and is left"
        " out; its %d bytes are kept in %s",
        journal_name(replayed.newest),
        len(replayed.torn),
        name,
    )
