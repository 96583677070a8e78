"""What is acknowledged was flushed before."""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from leveling_core.ids import first_snowflake_at
from tests.faults.backends import BACKENDS
from tests.faults.disk import Operation
from tests.faults.load import DAILY, MESSAGE, day_at, read_told
from tests.faults.logged import run_logged
from tests.faults.processes import Server

GROUPS = 150
WAL_HEADER_SIZE = 24
"""Bytes before each page in SQLite's write-ahead log (https://sqlite.org/fileformat2.html#walformat)."""

LAST_FRAME = slice(4, 8)
"""Where such a header says how many pages the database has; 0 in all frames but a transaction's last."""

ID_AS_TEXT = re.compile(rb"\d{18,19}")
ID_AS_NUMBER = re.compile(re.escape(struct.pack(">q", first_snowflake_at(day_at(0)))[:4]) + rb"[\0-\xff]{4}")
"""How ids of the load look in JSON and in SQLite's rows; those of one day share their first half."""


def list_ids(data: bytes) -> set[int]:
    """List the ids in what was written."""
    numbers = {struct.unpack(">q", found)[0] for found in ID_AS_NUMBER.findall(data)}
    return numbers | {int(found) for found in ID_AS_TEXT.findall(data)}


def ends_group(operation: Operation) -> bool:
    """Tell whether a write to a log of groups is the last of its group."""
    if operation.path.endswith("-wal"):
        return len(operation.data) == WAL_HEADER_SIZE and any(operation.data[LAST_FRAME])
    return operation.data.endswith(b"\n")


def find_unflushed(operations: Sequence[Operation]) -> tuple[list[int], int]:
    """Find ids that were acknowledged though no flush lay between the end of their group and that.

    Returns:
        These ids, and how many groups were acknowledged in all.
    """
    holders: dict[int, tuple[str, int]] = {}  # in which file an id was written first, and when
    ends: dict[str, list[int]] = defaultdict(list)
    begun: dict[str, int] = {}
    flushed: dict[str, int] = {}  # when the last flush of a file that has ended well had begun
    groups: set[tuple[str, int]] = set()
    unflushed: list[int] = []
    acknowledged: set[int] = set()
    for place, operation in enumerate(operations):
        path = operation.path
        if operation.kind == "w" and operation.result > 0:
            for id_ in list_ids(operation.data):
                holders.setdefault(id_, (path, place))
            if ends_group(operation):
                ends[path].append(place)
        elif operation.kind == "s":
            begun[path] = place
        elif operation.kind == "S" and operation.result == 0:
            flushed[path] = begun[path]
        elif operation.kind == "a":
            for told in read_told(operation.data):
                if told.kind not in {MESSAGE, DAILY} or told.id in acknowledged:
                    continue
                acknowledged.add(told.id)
                holder, written = holders.get(told.id, ("", 0))
                after = ends[holder][bisect_left(ends[holder], written) :]
                if not after or flushed.get(holder, -1) < after[0]:
                    unflushed.append(told.id)
                else:
                    groups.add((holder, after[0]))
    return unflushed, len(groups)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_group_is_flushed_before_it_is_acknowledged(
    shimmed: Server, tmp_path: Path, backend: str
) -> None:
    """Between the last write of each group of a loaded run and its first acknowledgement lies an fsync."""
    operations = run_logged(shimmed, backend, tmp_path, most_groups=GROUPS)
    unflushed, groups = find_unflushed(operations)
    assert unflushed == []
    assert groups > GROUPS / 2
    # Were one flush missing, it would be noticed: of five in a row that are left out, at least one is found
    # (some groups hold nothing that is looked for).
    flushes = [place for place, operation in enumerate(operations) if operation.kind == "S"]
    some = flushes[len(flushes) // 2 :][:5]
    assert any(find_unflushed([*operations[:one], *operations[one + 1 :]])[0] for one in some)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_flush_that_is_left_out_is_noticed(shimmed: Server, tmp_path: Path, backend: str) -> None:
    """Where the system may write when it likes, the check above finds every group at fault."""
    unflushed, groups = find_unflushed(
        run_logged(shimmed, backend, tmp_path, most_groups=GROUPS, flushes=False)
    )
    assert groups == 0
    assert len(unflushed) > GROUPS
