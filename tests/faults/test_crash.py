"""A process that is killed in the middle: whatever it said was committed is there, once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.backends import BACKENDS, CRASHES, url_of
from tests.faults.load import Told
from tests.faults.processes import Server
from tests.faults.proof import prove_kept
from tests.faults.server import Order

LIVES = 5
"""Processes one after another on one store, each killed: what is mended must bear the next crash too. As many
days of the load, so few that answers of once-keys are still kept."""

MOST_SECONDS = 0.3
"""How long a process lives at most, opening the store included."""

CHAINS = range(max(1, CRASHES // (2 * LIVES)))


@pytest.fixture(scope="module")
def servers(server: Server) -> Iterator[tuple[Server, Server]]:
    """Two, so that two processes are killed at the same time."""
    other = Server(None)
    yield server, other
    other.close()


def live_and_die(server: Server, backend: str, folder: Path, seed: int) -> tuple[str, list[Told]]:
    """Let processes work on a store, one after another, and kill each.

    Returns:
        The store's URL, and what was told.
    """
    dice = random.Random(seed)  # noqa: S311 -- moments, no secret
    place = folder / f"store-{seed}"
    place.mkdir()
    url = url_of(backend, place)
    told: list[Told] = []
    for life in range(LIVES):
        file = folder / f"told-{seed}-{life}"
        order = Order(
            url=url, told=str(file), life=life, seed=seed * LIVES + life, follows=True, tidies=seed % 2 == 1
        )
        worker = server.order(order)
        time.sleep(dice.uniform(0, MOST_SECONDS))  # how long it lives is the point, not a wait for luck
        worker.kill()
        told += worker.told
    return url, told


@pytest.mark.parametrize("pair", CHAINS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_killed_again_and_again(
    servers: tuple[Server, Server], tmp_path: Path, backend: str, pair: int
) -> None:
    """Every acknowledged award is there once, the sums agree, and whoever asks again is answered alike."""
    seeds = (2 * pair, 2 * pair + 1)
    with ThreadPoolExecutor() as pool:
        chains = list(pool.map(lambda n: live_and_die(servers[n], backend, tmp_path, seeds[n]), range(2)))
    for url, told in chains:
        assert told
        prove_kept(url, told, lives=LIVES)
