"""Imports run one way, and the core takes time from nobody but its caller."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.sources import PACKAGES, ROOT, list_modules, parse, relative

CLOCK_CALLS = {"now", "utcnow", "today", "fromtimestamp"}
"""Of `datetime` and `date`: they read the wall clock, or the machine's time zone when given no other."""


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of `root`'s pyproject.toml, in a process of its own."""
    command = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
    arguments = ["--no-cache", "--no-logo", "--config", str(root / "pyproject.toml")]
    return subprocess.run(
        [sys.executable, "-P", "-c", command, *arguments],
        cwd=root,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_imports_run_one_way() -> None:
    """leveling_core <- storage, data <- pictures <- cogs, console <- bot; the core imports no I/O."""
    for package in PACKAGES:
        assert list_modules(package)  # what is not there breaks no contract
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_package_that_is_gone_is_found() -> None:
    """A check that would find nothing to look at fails, instead of passing."""
    with pytest.raises(AssertionError, match="no_such_package has no module"):
        list_modules("no_such_package")


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("leveling_core/rule.py", "import storage"),
        ("leveling_core/rule.py", "import random"),
        ("leveling_core/rule.py", "import asyncio"),
        ("leveling_core/rule.py", "from discord import Member"),
        ("leveling_core/rule.py", "def f() -> float:\n    import time\n    return time.time()"),
        ("storage/sqlite.py", "import cogs"),
        ("storage/sqlite.py", "import discord"),
        ("storage/sqlite.py", "import data"),
        ("data/texts.py", "import storage"),
        ("data/texts.py", "import discord"),
        ("pictures/artist.py", "import storage"),
        ("pictures/artist.py", "import asyncio"),
        ("pictures/studio.py", "import discord"),
        ("pictures/studio.py", "import cogs"),
        ("cogs/profile.py", "import bot"),
        ("cogs/profile.py", "from storage.feed import Feed"),
        ("cogs/profile.py", "import console"),
        ("console/commands.py", "import cogs"),
        ("console/commands.py", "import discord"),
        ("console/commands.py", "import bot"),
        ("storage/sqlite.py", "import console"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, module: str, statement: str) -> None:
    """Each contract is broken by an import against it."""
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "leveling_core/service.py").write_text("import asyncio\n")
    (tmp_path / "storage/feed.py").write_text("from leveling_core import service\n")
    (tmp_path / "cogs/activity.py").write_text("import storage\n")
    assert lint_imports(tmp_path).returncode == 0
    (tmp_path / module).write_text(statement + "\n")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert "BROKEN" in result.stdout


def list_clock_calls(tree: ast.Module) -> list[int]:
    """List the lines of a module that read the wall clock."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCK_CALLS
        and ast.unparse(node.func.value).rpartition(".")[2] in {"datetime", "date"}
        and not (node.func.attr == "fromtimestamp" and len(node.args) + len(node.keywords) > 1)
    ]


def test_core_reads_no_clock() -> None:
    """No module of the core asks datetime for the present."""
    found = [
        f"{relative(p)}:{line}" for p in list_modules("leveling_core") for line in list_clock_calls(parse(p))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("expression", "is_found"),
    [
        ("dt.datetime.now(dt.UTC)", True),
        ("date.today()", True),
        ("datetime.fromtimestamp(0)", True),
        ("datetime.fromtimestamp(0, tz=UTC)", False),
        ("clock.now()", False),
    ],
)
def test_reading_the_clock_is_found(expression: str, is_found: bool) -> None:
    """The present is found however it is asked for; the injected clock is not."""
    assert bool(list_clock_calls(ast.parse(expression))) is is_found
