"""One server of workers for all tests, with the shim before it where it can be made."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import Server


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The shim, or None where it cannot be made."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
    return library


@pytest.fixture(scope="session")
def server(shim: Path | None) -> Iterator[Server]:
    """Makes workers."""
    started = Server(shim)
    yield started
    started.close()


@pytest.fixture
def shimmed(server: Server, shim: Path | None) -> Server:
    """Makes workers whose files are watched and can be made to fail."""
    if shim is None:
        pytest.skip("the shim needs Linux and a C compiler (cc)")
    return server
