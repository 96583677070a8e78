"""Lay the wheel out under one name.

In the repository Laurel's packages are top-level folders (`cogs`, `storage`, ...), which is what somebody
reading or changing it wants. Installed, names like these would collide with another bot's own `cogs/`, so a
wheel holds the same files below `laurel`, with their imports of each other renamed: `from storage import x`
becomes `from laurel.storage import x`. Line numbers stay as they are, so a traceback fits both.

What cannot be renamed safely stops the build and says how to write it instead: `import cogs.profile`, which
binds the name `cogs`, and module names held in strings, as in `load_extension("cogs.profile")`.
"""

from __future__ import annotations

import ast
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAMESPACE = "laurel"
PACKAGES = ("leveling_core", "storage", "cogs", "console", "data", "pictures")
MODULES = ("bot",)
NAMES = frozenset((*PACKAGES, *MODULES))

INIT = '''"""Laurel, a leveling bot for Discord: its packages, under one name."""
'''

# An editable install keeps the folders where they are: `laurel` is then a window on the repository, so that
# the `laurel` command works there too.
EDITABLE_INIT = '''"""Laurel, a leveling bot for Discord: a window on the repository it is developed in."""

__path__ = [{root!r}]
'''


class LayoutError(Exception):
    """A source file cannot be laid out under `laurel`: says where and what to write instead."""


def rename_imports(source: str, name: str, modules: frozenset[str]) -> str:
    """Return `source` with its imports of Laurel's packages renamed to live under `laurel`.

    Args:
        source: The text of a Python file.
        name: The file's name, for errors.
        modules: Dotted names of all of Laurel's modules, to recognise one that is held in a string.

    Raises:
        LayoutError: An import or a string names a module in a way that would break under `laurel`.
    """
    lines = source.splitlines(keepends=True)
    edits: list[tuple[int, int, str, str]] = []
    for node in ast.walk(ast.parse(source, filename=name)):
        match node:
            case ast.ImportFrom(module=str(module), level=0) if module.partition(".")[0] in NAMES:
                edits.append((node.lineno, node.col_offset, f"from {module}", f"from {NAMESPACE}.{module}"))
            case ast.Import(names=aliases):
                edits.extend(_edits_of_import(node, aliases, name))
            case ast.Constant(value=str(text)) if text in modules and "." in text:
                raise LayoutError(
                    f"{name}:{node.lineno}: the string {text!r} names a module and would break under "
                    f"`{NAMESPACE}`; write {'.' + text.partition('.')[2]!r} with package=__package__, or use "
                    "the module's __name__"
                )
    for line_number, column, old, new in sorted(edits, reverse=True):
        line = lines[line_number - 1].encode()  # ast counts columns in bytes
        head, tail = line[:column].decode(), line[column:].decode()
        if not tail.startswith(old):
            raise LayoutError(f"{name}:{line_number}: write this import with single spaces, as `{old} ...`")
        lines[line_number - 1] = head + new + tail.removeprefix(old)
    return "".join(lines)


def _edits_of_import(
    node: ast.Import, aliases: list[ast.alias], name: str
) -> Iterator[tuple[int, int, str, str]]:
    """Yield the edits that `import x` and `import x as y` need, for names of Laurel's own."""
    for alias in aliases:
        top, _, rest = alias.name.partition(".")
        if top not in NAMES:
            continue
        if len(aliases) > 1:
            raise LayoutError(f"{name}:{node.lineno}: import {alias.name} on a line of its own")
        if alias.asname is not None:
            new = f"import {NAMESPACE}.{alias.name}"
        elif not rest:
            new = f"from {NAMESPACE} import {top}"
        else:
            parent, _, leaf = alias.name.rpartition(".")
            raise LayoutError(
                f"{name}:{node.lineno}: `import {alias.name}` binds the name `{top}`, which is not there "
                f"under `{NAMESPACE}`; write `from {parent} import {leaf}`"
            )
        yield node.lineno, node.col_offset, f"import {alias.name}", new


def list_files(root: Path) -> list[Path]:
    """List the files that belong into the wheel, relative to `root`, in order of their names.

    Raises:
        LayoutError: A package or module is missing.
    """
    missing = [name for name in PACKAGES if not (root / name).is_dir()]
    missing += [f"{name}.py" for name in MODULES if not (root / f"{name}.py").is_file()]
    if missing:
        raise LayoutError(f"{root} lacks {', '.join(missing)}: the wheel would not be whole")
    found = [Path(f"{name}.py") for name in MODULES]
    for package in PACKAGES:
        for path in (root / package).rglob("*"):
            relative = path.relative_to(root)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in relative.parts)
            if path.is_file() and not hidden:
                found.append(relative)
    return sorted(found)


def _module_name(path: Path) -> str:
    """Return the dotted name of the module in `path`, or of the package whose `__init__.py` it is."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def lay_out(root: Path, target: Path) -> None:
    """Write Laurel's packages from `root` to `target` as they look under `laurel`.

    Raises:
        LayoutError: A file is missing, or cannot be renamed safely.
    """
    files = list_files(root)
    modules = frozenset(_module_name(path) for path in files if path.suffix == ".py")
    for path in files:
        goal = target / path
        goal.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".py":
            source = (root / path).read_text(encoding="utf-8")
            goal.write_text(rename_imports(source, path.as_posix(), modules), encoding="utf-8", newline="\n")
        else:
            shutil.copyfile(root / path, goal)
    (target / "__init__.py").write_text(INIT, encoding="utf-8")
    (target / "py.typed").touch()


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg] # hatchling asks for the bare class
    """Give hatchling the laid-out files when it builds a wheel, and the window when it installs editably."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Lay the packages out in a temporary folder and name it as the wheel's content."""
        self._folder = tempfile.TemporaryDirectory(prefix="laurel-wheel-")
        target = Path(self._folder.name)
        if version == "editable":
            (target / "__init__.py").write_text(EDITABLE_INIT.format(root=self.root), encoding="utf-8")
            build_data["force_include_editable"][str(target)] = NAMESPACE
        else:
            lay_out(Path(self.root), target)
            build_data["force_include"][str(target)] = NAMESPACE

    def finalize(self, version: str, build_data: Mapping[str, Any], artifact_path: str) -> None:  # noqa: ARG002 -- hatchling's signature
        """Remove the temporary folder."""
        self._folder.cleanup()
