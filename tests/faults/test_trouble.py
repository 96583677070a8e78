"""Disks that fail for a while: it is told, what is acknowledged is there, and it goes on by itself."""

from __future__ import annotations

import errno
import resource
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.backends import BACKENDS, url_of
from tests.faults.disk import Disk, read_log
from tests.faults.load import FAILED, MESSAGE, Told, read_told
from tests.faults.processes import Control, Server, Worker, wait_until
from tests.faults.proof import prove_kept
from tests.faults.server import Order

IMPATIENT = {
    "storage.breaker:PROBE_AFTER_SECONDS": 0.2,
    "storage.outage:FIRST_PAUSE_SECONDS": 0.01,
    "storage.outage:LONGEST_PAUSE_SECONDS": 0.05,
}
"""Lets a storage that fails be tried again soon, so that tests need not wait for a minute."""

SOME = 300
"""Messages after which work is under way."""

ROOM_BYTES = 100_000
"""Room that is left to a file: enough for what a worker tells while its store finds none."""

FAULTS = {
    "the disk cannot be written": f"write {errno.EIO}",
    "the disk is full": f"write {errno.ENOSPC}",
    "a write breaks off, then the disk is full": "write torn",
    "a write breaks off, then nothing works": "change torn",
    "a flush fails": f"sync {errno.EIO}",
    "nothing can be changed": f"change {errno.EIO}",
    "the disk is gone": f"any {errno.EIO}",
}
HARMLESS = {
    "writes are short": "write half",
    "no file can be renamed": f"rename {errno.EIO}",
    "no file can be made": f"open {errno.ENOSPC}",
    "no file can be deleted": f"unlink {errno.EACCES}",
}
"""What concerns no award: files are written anew later."""


def messages(told: list[Told]) -> int:
    """Count the messages that were acknowledged."""
    return sum(one.kind == MESSAGE for one in told)


def failures(told: list[Told]) -> Counter[str]:
    """Count what was refused, by error."""
    return Counter(one.value for one in told if one.kind == FAILED)


class Scene:
    """A worker on a store, whose disk can be made to fail.

    Args:
        server: Makes the worker.
        backend: Of the store.
        folder: Where all of it lies.
        place: The store's own folder.
    """

    def __init__(self, server: Server, backend: str, folder: Path, place: Path | None = None) -> None:
        self._server = server
        self._folder = folder
        self.place = place or folder / "store"
        self.place.mkdir(exist_ok=True)
        self.url = url_of(backend, self.place)
        self.control = Control(folder / "control")
        self.told: list[Told] = []
        self._lives = 0

    def start(self, *, logs: bool = False, tidies: bool = True) -> Worker:
        """Start a worker, and wait until it is at work; ``logs`` and ``tidies`` as in ``Order``."""
        worker = self._server.order(
            Order(
                url=self.url,
                told=str(self._folder / f"told-{self._lives}"),
                folder=str(self.place),
                log=str(self._folder / "log") if logs else "",
                control=str(self.control.path),
                life=self._lives,
                seed=self._lives,
                tidies=tidies,
                settings=IMPATIENT,
            )
        )
        self._lives += 1
        worker.wait_until_told(lambda told: messages(told) > SOME, "it is at work")
        return worker

    def note(self, worker: Worker) -> None:
        """Keep what a worker has told, after its end."""
        self.told += worker.told

    def prove_kept(self) -> None:
        """Prove that the store holds what was told."""
        prove_kept(self.url, self.told, lives=self._lives)


def wait_for_outage(worker: Worker) -> None:
    """Wait until people are refused, then until the storage is left alone; awards wait meanwhile."""
    before = failures(worker.told).total()
    worker.wait_until_told(lambda told: failures(told).total() > before, "people are refused")
    acknowledged = messages(worker.told)
    wait_until(lambda: worker.ask_health().breaker == "open", "the storage is left alone")
    health = worker.ask_health()
    assert health.problem
    assert health.cure
    assert health.waiting > 0
    assert health.failing_since_at > 0
    assert messages(worker.told) == acknowledged


def wait_for_messages(worker: Worker, more: int) -> None:
    """Wait until more messages were acknowledged."""
    before = messages(worker.told)
    worker.wait_until_told(lambda told: messages(told) > before + more, "awards go on")


def wait_for_recovery(worker: Worker) -> None:
    """Wait until all is well again, without a restart."""
    wait_for_messages(worker, SOME)
    wait_until(lambda: worker.ask_health().breaker == "closed", "it is as before")
    health = worker.ask_health()
    assert (health.problem, health.failing_since_at, health.refused) == ("", 0, 0)


def end(scene: Scene, worker: Worker) -> None:
    """Let a worker finish; what it told of failures is only of people who were told so."""
    assert worker.stop() == 0
    scene.note(worker)
    assert set(failures(scene.told)) <= {"StoreUnavailableError"}
    ids = {one.id for one in scene.told if one.kind == FAILED}
    assert not ids & {one.id for one in scene.told if one.kind == MESSAGE}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_disk_that_fails(shimmed: Server, tmp_path: Path, backend: str, fault: str) -> None:
    """People are told, awards wait and are written in order, once; and a power cut later loses none of it."""
    scene = Scene(shimmed, backend, tmp_path)
    worker = scene.start(logs=True)
    scene.control.begin(FAULTS[fault])
    wait_for_outage(worker)
    scene.control.end()
    wait_for_recovery(worker)
    end(scene, worker)
    scene.prove_kept()
    disk = Disk(scene.place)
    disk.play(read_log(tmp_path / "log"))
    disk.pull_plug(tmp_path / "left")
    prove_kept(url_of(backend, tmp_path / "left"), read_told(disk.told), lives=1)


@pytest.mark.parametrize("fault", ["a flush fails", "the disk cannot be written"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_disk_that_fails_now_and_then(shimmed: Server, tmp_path: Path, backend: str, fault: str) -> None:
    """One operation that fails costs nobody more than another try."""
    scene = Scene(shimmed, backend, tmp_path)
    worker = scene.start()
    for after in range(4):
        scene.control.begin(FAULTS[fault], after=after, times=1)
        scene.control.wait_until_through()
        wait_for_recovery(worker)
    end(scene, worker)
    scene.prove_kept()


@pytest.mark.parametrize("fault", HARMLESS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_what_concerns_no_award(shimmed: Server, tmp_path: Path, backend: str, fault: str) -> None:
    """Awards and answers go on where only tidying up fails, and nothing is lost when it goes on too."""
    scene = Scene(shimmed, backend, tmp_path)
    worker = scene.start()
    for _ in range(2):
        scene.control.begin(HARMLESS[fault])
        wait_for_messages(worker, 3 * SOME)
        assert worker.ask_health().breaker == "closed"
        scene.control.end()
        wait_for_recovery(worker)
    end(scene, worker)
    assert not failures(scene.told)
    scene.prove_kept()


@pytest.mark.parametrize("backend", BACKENDS)
def test_killed_while_the_disk_fails(shimmed: Server, tmp_path: Path, backend: str) -> None:
    """Whatever a failing disk left behind, the next start finds all that was acknowledged, once."""
    scene = Scene(shimmed, backend, tmp_path)
    for fault in ("a flush fails", "a write breaks off, then nothing works"):
        worker = scene.start()
        scene.control.begin(FAULTS[fault])
        wait_for_outage(worker)
        worker.kill()
        scene.control.end()
        scene.note(worker)
    worker = scene.start()
    assert worker.stop() == 0
    scene.note(worker)
    # A flush that failed may have done its work: then a start finds what had been told to have failed.
    scene.told = [one for one in scene.told if one.kind != FAILED]
    scene.prove_kept()


@pytest.mark.parametrize("backend", BACKENDS)
def test_files_that_may_not_grow(server: Server, tmp_path: Path, backend: str) -> None:
    """A limit of the system on the size of files (ulimit -f) is like a full disk, and may be raised."""
    scene = Scene(server, backend, tmp_path)
    worker = scene.start(tidies=False)
    _, most = resource.prlimit(worker.pid, resource.RLIMIT_FSIZE)
    for _ in range(2):
        largest = max(path.stat().st_size for path in scene.place.iterdir())
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (largest + ROOM_BYTES, most))
        wait_for_outage(worker)
        resource.prlimit(worker.pid, resource.RLIMIT_FSIZE, (most, most))
        wait_for_recovery(worker)
    end(scene, worker)
    scene.prove_kept()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounting.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounting.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_small_disk(server: Server, tmp_path: Path, small_disk: Path, backend: str) -> None:
    """When the disk is full awards wait; when there is room again they are written."""
    scene = Scene(server, backend, tmp_path, small_disk)
    ballast = small_disk / "ballast"
    worker = scene.start()
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(ROOM_BYTES))
    wait_for_outage(worker)
    subprocess.run(["mount", "-o", "remount,size=500m", str(small_disk)], check=True)
    ballast.unlink()
    wait_for_recovery(worker)
    end(scene, worker)
    scene.prove_kept()
