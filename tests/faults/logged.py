"""A run under a load of which every operation on the store's files is known."""

from __future__ import annotations

from pathlib import Path

from tests.faults.backends import url_of
from tests.faults.disk import Operation, read_log
from tests.faults.processes import Control, Server
from tests.faults.server import Order


def run_logged(
    server: Server,
    backend: str,
    folder: Path,
    *,
    most_groups: int,
    follows: bool = False,
    tidies: bool = False,
    flushes: bool = True,
) -> list[Operation]:
    """Run a worker on a new store, ``store`` in a folder, until it has written its groups.

    Args:
        server: Makes the worker; with the shim.
        backend: Of the store.
        folder: Where everything goes.
        most_groups: As in ``Order``, like the next two.
        follows: As there.
        tidies: As there.
        flushes: Whether anything is flushed. If not, SQLite is told to leave it out, and where all else does
            it nothing happens.

    Returns:
        What it did to the store's files and told, in order.
    """
    place, control = folder / "store", Control(folder / "control")
    place.mkdir()
    if not flushes:
        control.begin("sync skip")
    order = Order(
        url=url_of(backend, place),
        told=str(folder / "told"),
        folder=str(place),
        log=str(folder / "log"),
        control=str(control.path),
        most_groups=most_groups,
        follows=follows,
        tidies=tidies,
        pragmas=() if flushes else ("synchronous = OFF",),
    )
    assert server.order(order).end() == 0
    return list(read_log(folder / "log"))
