"""A disk that fails for a while: what it cannot take is told, nothing is there twice, then all goes on."""

from __future__ import annotations

import asyncio
import errno
import logging
import random
from contextlib import suppress
from itertools import count

import pytest

from leveling_core.errors import StoreError, StoreUnavailableError
from leveling_core.store import LedgerQuery
from storage.backend import Writes
from storage.json_files import Compacting, JsonBackend
from tests.storage.json_files.disk import PowerCutError, SimulatedFiles
from tests.storage.json_files.work import (
    EAGER,
    GROUPS,
    LAZY,
    Told,
    copy_of,
    group,
    look,
    states_after,
    work,
    written_anew,
)

pytestmark = pytest.mark.usefixtures("no_threads_left")

STATES = states_after(GROUPS)
TRIES = 30


async def until_it_works(files: SimulatedFiles) -> JsonBackend:
    """Open a store, again and again."""
    for _ in range(TRIES):
        try:
            return await JsonBackend.open_files(files, "test", compacting=EAGER)
        except StoreError:
            continue
    raise AssertionError(files.failed)


async def write_until_it_works(backend: JsonBackend, writes: Writes) -> None:
    """Write a group as a store does: after a failure it has the backend recover first."""
    has_failed = False
    for _ in range(TRIES):
        try:
            if has_failed:
                assert await backend.recover() == backend.current_head()
            await backend.write(writes)
        except StoreUnavailableError:
            has_failed = True
        else:
            return
    raise AssertionError(writes)


async def live_through(files: SimulatedFiles) -> None:
    """Live a whole life, whatever fails in it."""
    backend = await until_it_works(files)
    for number, one in enumerate(GROUPS):
        await write_until_it_works(backend, one)
        if number % 3:
            await written_anew()
        assert copy_of(backend.state) == STATES[number + 1]
    await backend.close()


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("length", [1, 6])
def test_every_step_fails_for_a_while(code: int, length: int) -> None:
    """Everything is there in the end, once; also when the power goes right after it."""
    for step in count():
        files = SimulatedFiles()
        files.fail_at = dict.fromkeys(range(step, step + length), code)
        asyncio.run(live_through(files))
        if not files.failed:
            assert step > 100
            break
        for left in (files.after_power_cut(), files.after_kill()):
            assert asyncio.run(look(left))[1] == STATES[-1]


def test_the_power_goes_after_a_failure() -> None:
    """What was acknowledged before the failure is there, and of what failed all or nothing."""
    dice = random.Random(3)  # noqa: S311 -- moments, no secret
    for step in count():
        files, told = SimulatedFiles(), Told()
        files.fail_at = dict.fromkeys(range(step, step + dice.randrange(1, 4)), errno.EIO)
        files.cut_at = step + dice.randrange(1, 6)
        with suppress(PowerCutError, StoreError):
            asyncio.run(work(files, told))
        if not files.failed:
            assert step > 100
            break
        for left in (files.after_power_cut(), files.after_power_cut(dice), files.after_kill()):
            state = asyncio.run(look(left))[1]
            assert state in STATES[told.groups : told.groups + 2]


async def opened(files: SimulatedFiles, compacting: Compacting = LAZY) -> JsonBackend:
    """Open a store and write the first group."""
    backend = await JsonBackend.open_files(files, "test", compacting=compacting)
    await backend.write(GROUPS[0])
    return backend


async def test_what_failed_does_not_come_back() -> None:
    """A line that was there in full when its flush failed is cut off before anybody hears of the failure."""
    files = SimulatedFiles()
    backend = await opened(files)
    files.fail_at = {files.steps + 1: errno.EIO}
    with pytest.raises(StoreUnavailableError, match="could not be read or written"):
        await backend.write(GROUPS[1])
    assert files.failed == ["fsync"]
    for left in (files.after_kill(), files.after_power_cut()):
        assert (await look(left))[1] == STATES[1]


async def test_nothing_is_appended_behind_half_a_line() -> None:
    """While what is left of a failed group cannot be cut off, nothing is taken; then all goes on."""
    files = SimulatedFiles()
    backend = await opened(files)
    before = files.contents()
    files.fail_at = dict.fromkeys(range(files.steps, files.steps + 4), errno.ENOSPC)
    for _ in range(3):
        with pytest.raises(StoreUnavailableError, match="the disk is full"):
            await backend.write(GROUPS[1])
    assert files.failed == ["write", "truncate", "truncate", "truncate"]
    (journal,) = [name for name in before if name.startswith("journal")]
    assert files.contents()[journal].startswith(before[journal])
    assert len(files.contents()[journal]) > len(before[journal])
    await backend.write(GROUPS[1])
    assert (await look(files.after_power_cut()))[1] == STATES[2]


async def test_a_flush_that_failed_is_not_tried_again() -> None:
    """The system takes for clean what a failed flush should have written, so it is written anew."""
    files = SimulatedFiles()
    backend = await opened(files)
    files.fail_at = {files.steps + 1: errno.EIO}
    with pytest.raises(StoreUnavailableError):
        await backend.write(GROUPS[1])
    await backend.write(GROUPS[1])
    assert files.log[-6:] == ["write", "fsync", "truncate", "fsync", "write", "fsync"]
    assert (await look(files.after_power_cut()))[1] == STATES[2]


async def test_the_end_of_the_ledger_after_a_failure() -> None:
    """Recovering leaves nothing of the failed group, and says where the ledger ends."""
    files = SimulatedFiles()
    backend = await opened(files)
    files.fail_at = dict.fromkeys(range(files.steps, files.steps + 3), errno.EIO)
    with pytest.raises(StoreUnavailableError):
        await backend.write(GROUPS[1])
    with pytest.raises(StoreUnavailableError):
        await backend.recover()
    head = await backend.recover()
    assert (head.epoch, head.seq) == (backend.head.epoch, 3)
    assert (await look(files.after_power_cut()))[1] == STATES[1]


async def test_short_writes() -> None:
    """A system that takes a few bytes at a time gets all of them."""
    files = SimulatedFiles()
    files.most_bytes = 7
    await live_through(files)
    assert (await look(files.after_power_cut()))[1] == STATES[-1]


async def test_a_system_that_takes_nothing() -> None:
    """A write that is answered with nothing written fails, instead of being repeated for ever."""
    files = SimulatedFiles()
    backend = await opened(files)
    files.most_bytes = 0
    with pytest.raises(StoreUnavailableError, match="nothing was written"):
        await backend.write(GROUPS[1])


@pytest.mark.parametrize("what", ["create guild", "fsync", "rename manifest", "fsync folder", "unlink"])
async def test_files_that_cannot_be_written_anew(what: str, caplog: pytest.LogCaptureFixture) -> None:
    """Commits go on and nothing is lost; it is said in the log, and tried again."""
    files = SimulatedFiles()
    backend = await opened(files)
    await backend.close()
    rehearsal = files.after_kill()
    backend = await JsonBackend.open_files(rehearsal, "test", compacting=EAGER)
    begun = rehearsal.steps
    await backend.write(GROUPS[1])
    await written_anew()
    later = [place for place in range(begun, rehearsal.steps) if rehearsal.log[place].startswith(what)]

    files = files.after_kill()
    backend = await JsonBackend.open_files(files, "test", compacting=EAGER)
    files.fail_at = {later[-1]: errno.EIO}
    await backend.write(GROUPS[1])
    await written_anew()
    assert len(files.failed) == 1
    assert any(one.levelno == logging.WARNING for one in caplog.records)
    for left in (files.after_power_cut(), files.after_power_cut(random.Random(1)), files.after_kill()):  # noqa: S311 -- no secret
        assert (await look(left))[1] == STATES[2]
    for one in GROUPS[2:]:
        await backend.write(one)
        await written_anew()
    for left in (files.after_power_cut(), files.after_kill()):
        assert (await look(left))[1] == STATES[-1]
    await backend.close()
    assert len(files.contents()) == 6  # the manifest, two guilds, the others, one segment, one journal


async def test_a_full_disk_is_not_filled_further() -> None:
    """What was begun to be written anew and could not be goes away again."""
    rehearsal = SimulatedFiles()
    await opened(rehearsal, EAGER)
    await written_anew()
    (begun,) = [place for place, what in enumerate(rehearsal.log) if what.startswith("create others")]
    files = SimulatedFiles()
    files.fail_at = {begun + 1: errno.ENOSPC}
    backend = await opened(files, EAGER)
    await written_anew()
    assert files.failed == ["write"]
    assert {name.partition("-")[0] for name in files.contents()} == {"journal", "manifest.json"}
    await backend.close()
    assert len(files.contents()) == 5


async def test_a_full_disk_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    """Closing fails nobody: what the journal has stays there."""
    files = SimulatedFiles()
    backend = await opened(files)
    files.fail_at = dict.fromkeys(range(files.steps, files.steps + 100), errno.ENOSPC)
    await backend.close()
    assert "stays there until the next start" in caplog.text
    assert (await look(files.after_power_cut()))[1] == STATES[1]


async def test_a_value_that_is_no_json_fails_alone() -> None:
    """Such a group is refused for good, and the next is taken."""
    files = SimulatedFiles()
    backend = await opened(files)
    wrong = Writes([], [], [], [("once:\ud800", 1, "1")])
    with pytest.raises(StoreError, match="no JSON") as caught:
        await backend.write(wrong)
    assert not isinstance(caught.value, StoreUnavailableError)
    await backend.write(GROUPS[1])
    assert (await look(files.after_power_cut()))[1] == STATES[2]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (Writes([], [], [], [], folded=[group(7).ledger[0]]), "no line 22"),
        (Writes([], [], group(0).ledger, []), "line 1 does not come behind line 3"),
    ],
)
async def test_lines_that_do_not_fit_the_ledger(wrong: Writes, problem: str) -> None:
    """They are refused before anything is on disk."""
    files = SimulatedFiles()
    backend = await opened(files)
    steps = files.steps
    with pytest.raises(StoreError, match=problem):
        await backend.write(wrong)
    assert files.steps == steps
    await backend.write(GROUPS[1])
    assert (await look(files.after_power_cut()))[1] == STATES[2]


async def test_a_caller_that_went_away() -> None:
    """A group that is on its way when its caller is cancelled is in memory if it is on disk."""
    files = SimulatedFiles()
    backend = await opened(files)
    writing = asyncio.create_task(backend.write(GROUPS[1]))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await backend.close()
    assert copy_of(backend.state) == STATES[2]
    assert len(await backend.list_ledger(LedgerQuery())) == 6
    assert (await look(files.after_power_cut()))[1] == STATES[2]
