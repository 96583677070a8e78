"""What the repository consists of, for the tests that hold it to its rules."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("leveling_core", "storage", "data", "pictures", "cogs", "console")
"""The packages that the rules for modules apply to."""


def list_modules(package: str) -> list[Path]:
    """List a package's Python files, by path; fail the test if the package has none."""
    paths = sorted(path for path in (ROOT / package).rglob("*.py") if "__pycache__" not in path.parts)
    assert paths, f"{package} has no module"
    return paths


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def relative(path: Path) -> str:
    """Return a path as the repository names it."""
    return path.relative_to(ROOT).as_posix()


def list_tracked_files() -> list[Path]:
    """List the files that git tracks and that are there, by path; skip the test outside a clone."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: git does not say which files are tracked")
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    output = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    return [path for name in output.split("\0") if name and (path := ROOT / name).is_file()]
