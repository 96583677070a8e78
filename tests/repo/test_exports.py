"""`__all__` says what a module offers, no more and no less."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.repo.sources import PACKAGES, list_modules, parse, relative

PRIVATE_BY_CUSTOM = {"TypeVar", "ParamSpec", "getLogger"}
"""What these return is nobody else's business, even under a name without an underscore."""


def find_exports(tree: ast.Module) -> set[str] | None:
    """Return the names in a module's `__all__`, or None if it has none."""
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value)
            ):
                return set(ast.literal_eval(value))
            case _:
                pass
    return None


def list_definitions(tree: ast.Module) -> set[str]:
    """Return the public names that a module itself defines at its top level."""
    names: set[str] = set()
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.Assign(value=value) if not _is_private_by_custom(value):
                names.update(n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if not _is_private_by_custom(value):
                names.add(name)
            case _:
                pass
    return {name for name in names if not name.startswith("_")}


def list_imports(tree: ast.Module) -> set[str]:
    """Return the names that a module imports from elsewhere at its top level."""
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    return {alias.asname or alias.name for node in imports for alias in node.names} - {"annotations"}


def _is_private_by_custom(value: ast.expr | None) -> bool:
    """Tell whether an assigned value is a logger or a type variable."""
    match value:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in PRIVATE_BY_CUSTOM
        case _:
            return False


def describe_mismatch(path: Path, tree: ast.Module) -> list[str]:
    """Return what is wrong with a module's `__all__`, as texts; nothing if it has none.

    A constant (in capitals) that nobody else reads need not be listed.
    """
    exports = find_exports(tree)
    if exports is None:
        return []
    definitions = list_definitions(tree)
    unlisted = {name for name in definitions - exports if not name.isupper()}
    unknown = exports - definitions - list_imports(tree)
    return [f"{relative(path)}: {name} is public and not in __all__" for name in sorted(unlisted)] + [
        f"{relative(path)}: {name} is in __all__ and not in the module" for name in sorted(unknown)
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_exports_are_the_public_names(package: str) -> None:
    """Where a module has `__all__`, it holds every public name defined there and nothing unknown."""
    assert [line for path in list_modules(package) for line in describe_mismatch(path, parse(path))] == []


def test_both_kinds_of_mismatch_are_found() -> None:
    """A public name left out is found, and so is a listed one that does not exist; a re-export is fine."""
    source = (
        "from typing import TypeVar, Any\n"
        "__all__ = ['Any', 'gone', 'listed']\n"
        "T = TypeVar('T')\n"
        "listed, forgotten = 1, 2\n"
        "_private = 3\n"
    )
    path = Path(__file__).with_name("made_up.py")
    found = [line.partition(": ")[2] for line in describe_mismatch(path, ast.parse(source))]
    assert found == ["forgotten is public and not in __all__", "gone is in __all__ and not in the module"]
