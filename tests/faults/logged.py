"""A run under a load of which every operation on the store's files is known."""

from __future__ import annotations

from pathlib import Path

from tests.faults.backends import url_of
from tests.faults.disk import Operation, read_log
from tests.faults.processes import Server
from tests.faults.server import Order


def run_logged(
    server: Server,
    backend: str,
    folder: Path,
    *,
    most_groups: int,
    flushes: bool = True,
    follows: bool = False,
    pragmas: tuple[str, ...] = (),
) -> list[Operation]:
    """Run a worker on a new store, ``store`` in a folder, until it has written its groups.

    Args:
        server: Makes the worker; with the shim.
        backend: Of the store.
        folder: Where everything goes.
        most_groups: See ``Order``, also for the others.
        flushes: See there.
        follows: See there.
        pragmas: See there.

    Returns:
        What it did to the store's files and told, in order.
    """
    place = folder / "store"
    place.mkdir()
    order = Order(
        url=url_of(backend, place),
        told=str(folder / "told"),
        folder=str(place),
        log=str(folder / "log"),
        most_groups=most_groups,
        flushes=flushes,
        follows=follows,
        pragmas=pragmas,
    )
    assert server.order(order).end() == 0
    return list(read_log(folder / "log"))
