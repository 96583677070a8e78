"""Installed as a wheel, Laurel lives under one name and leaves all others to their owners."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hatch_build
from tests.repo.sources import PACKAGES, ROOT

IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
target, repository = sys.argv[1:]
sys.path[:] = [target] + [entry for entry in sys.path if entry != repository]
import laurel
names = [module.name for module in pkgutil.walk_packages(laurel.__path__, "laurel.")]
for name in names:
    importlib.import_module(name)
mine = {"bot", "cogs", "console", "data", "leveling_core", "pictures", "storage"}
taken = sorted(mine & sys.modules.keys())
assert not taken, f"imported beside laurel: {taken}"
print(*names)
"""


def run(*command: str, cwd: Path) -> str:
    """Run a command and return what it prints; fail the test with its words if it fails."""
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def install_wheel(source: Path, tmp_path: Path) -> Path:
    """Build the wheel of a source tree and install it, without its dependencies, into a folder of its own."""
    target = tmp_path / "target"
    pip = (sys.executable, "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), str(source), cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    run(*pip, "install", "--no-deps", "--no-index", "--target", str(target), str(wheel), cwd=tmp_path)
    return target


def import_everything(target: Path) -> list[str]:
    """Import every module below `laurel` where the repository is out of reach; return their names."""
    return run(sys.executable, "-c", IMPORT_EVERYTHING, str(target), str(ROOT), cwd=target).split()


def write_tree(root: Path, files: dict[str, str]) -> None:
    """Write a small project with Laurel's layout and build files."""
    root.mkdir(exist_ok=True)
    for name in ("pyproject.toml", "hatch_build.py", "LICENSE", "README.md"):
        shutil.copyfile(ROOT / name, root / name)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


SMALL_TREE = {
    "bot.py": "import data\nfrom cogs import profile\n\n\ndef main() -> None:\n    import storage as kept\n",
    "cogs/__init__.py": "",
    "cogs/profile.py": "from importlib.resources import files\n\nimport data\n"
    "from leveling_core.ids import KEY\n\nTEXT = files(data).joinpath('en.ftl').read_text()\n",
    "console/__init__.py": "",
    "data/__init__.py": "",
    "data/en.ftl": "hello = Hello\n",
    "leveling_core/__init__.py": "",
    "leveling_core/ids.py": "KEY = 1\n",
    "pictures/__init__.py": "",
    "storage/__init__.py": "from leveling_core import (\n    ids,\n)\n",
    "storage/.hidden": "",
}


def test_a_wheel_holds_everything_under_one_name(tmp_path: Path) -> None:
    """A small project of the same shape is built, installed and imported, with its data, under `laurel`."""
    write_tree(tmp_path / "source", SMALL_TREE)
    target = install_wheel(tmp_path / "source", tmp_path)
    assert set(import_everything(target)) >= {"laurel.bot", "laurel.cogs.profile", "laurel.leveling_core.ids"}
    assert [path.name for path in target.iterdir() if path.suffix != ".dist-info" and path.name != "bin"] == [
        "laurel"
    ]
    assert (target / "laurel/data/en.ftl").read_text() == "hello = Hello\n"
    assert (target / "laurel/py.typed").exists()
    assert not (target / "laurel/storage/.hidden").exists()


def test_the_wheel_of_this_repository_imports(tmp_path: Path) -> None:
    """Every module of the repository imports from its wheel with the repository out of reach."""
    names = import_everything(install_wheel(ROOT, tmp_path))
    modules = {"laurel.bot"} | {
        f"laurel.{package}.{path.stem}"
        for package in PACKAGES
        for path in (ROOT / package).glob("*.py")
        if path.stem != "__init__"
    }
    assert modules <= set(names)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from storage import x", "from laurel.storage import x"),
        (
            "from leveling_core.ids import (\n    Key,\n)",
            "from laurel.leveling_core.ids import (\n    Key,\n)",
        ),
        ("import data", "from laurel import data"),
        ("import cogs.ui as ui", "import laurel.cogs.ui as ui"),
        ("é = 1; from data import x", "é = 1; from laurel.data import x"),
        ("from . import storage", "from . import storage"),
        ("import database, cogswheel", "import database, cogswheel"),
        ("'from storage import x'", "'from storage import x'"),
    ],
)
def test_imports_are_renamed_and_nothing_else(before: str, after: str) -> None:
    """Imports of Laurel's own packages are renamed, in place; relative and other imports and texts stay."""
    assert hatch_build.rename_imports(before, "a.py", frozenset()) == after


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("\nimport storage.feed", r"a\.py:2: .* write `from storage import feed`"),
        ("import data, os", r"a\.py:1: import data on a line of its own"),
        ("from  data import x", r"a\.py:1: .* single spaces"),
        ("bot.load_extension('cogs.profile')", r"a\.py:1: .* write '\.profile' with package=__package__"),
    ],
)
def test_what_cannot_be_renamed_stops_the_build(source: str, advice: str) -> None:
    """An import or a string that would break under `laurel` is refused, with its place and what to write."""
    with pytest.raises(hatch_build.LayoutError, match=advice):
        hatch_build.rename_imports(source, "a.py", frozenset({"cogs.profile"}))


def test_a_missing_package_stops_the_build(tmp_path: Path) -> None:
    """A tree without its cogs makes no wheel."""
    write_tree(tmp_path, {name: text for name, text in SMALL_TREE.items() if not name.startswith("cogs/")})
    with pytest.raises(hatch_build.LayoutError, match="lacks cogs"):
        hatch_build.lay_out(tmp_path, tmp_path / "target")
