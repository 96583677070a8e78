"""The plug is pulled: what was acknowledged is there, whatever the disk had not got round to."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.backends import BACKENDS, CRASHES, url_of
from tests.faults.disk import Disk, Operation
from tests.faults.load import read_told
from tests.faults.logged import run_logged
from tests.faults.processes import Server
from tests.faults.proof import prove_kept

GROUPS = 60
CUTS = max(4, CRASHES // 4)
"""In each part of a run; each time once with all lost that can be, and once with some of it."""


def choose_cuts(operations: Sequence[Operation], dice: random.Random) -> list[int]:
    """Choose moments: while the store is opened, while it works, and while it is closed."""
    telling = [place for place, operation in enumerate(operations) if operation.kind == "a"]
    changing = [place for place, operation in enumerate(operations) if operation.kind not in "ao"]
    opening = [place for place in changing if place < telling[0]]
    working = [place for place in changing if telling[0] < place < telling[-1]]
    closing = [place for place in changing if place > telling[-1]]
    parts = (opening, working, telling, closing)
    cuts = {place for part in parts for place in dice.sample(part, min(CUTS, len(part)))}
    return [*sorted(cuts), len(operations)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_plug_is_pulled_anywhere(shimmed: Server, tmp_path: Path, backend: str) -> None:
    """At any moment, with only what was flushed on the disk, or with any of the rest in any order too."""
    operations = run_logged(shimmed, backend, tmp_path, most_groups=GROUPS, follows=True, tidies=True)
    dice = random.Random(backend)  # noqa: S311 -- moments, no secret
    disk, before = Disk(tmp_path / "store"), 0
    for cut in choose_cuts(operations, dice):
        disk.play(operations[before:cut])
        before = cut
        for name, luck in (("lost", None), ("mixed", dice)):
            left = tmp_path / f"{name}-{cut}"
            disk.pull_plug(left, luck)
            prove_kept(url_of(backend, left), read_told(disk.told), lives=1)
    assert len(read_told(disk.told)) > 1000


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_disk_that_is_not_made_to_flush(shimmed: Server, tmp_path: Path, backend: str) -> None:
    """Without flushes the same check finds what is lost: it can fail."""
    operations = run_logged(shimmed, backend, tmp_path, most_groups=GROUPS, flushes=False)
    disk = Disk(tmp_path / "store")
    disk.play(operations[: len(operations) // 2])
    disk.pull_plug(tmp_path / "left")
    with pytest.raises(AssertionError, match="lost"):
        prove_kept(url_of(backend, tmp_path / "left"), read_told(disk.told), lives=1)
