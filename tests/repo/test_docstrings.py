"""Everything public says what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.repo.sources import PACKAGES, list_modules, parse, relative

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _is_exempt(node: Definition) -> bool:
    """Tell whether a definition repeats another one: an overload, or the setter of a property."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return not names.isdisjoint({"overload", "setter", "deleter", "override"})


def list_undocumented(tree: ast.Module) -> list[str]:
    """List what is public in a module and has no docstring, in order of appearance."""
    missing = [] if ast.get_docstring(tree) else ["the module"]
    missing.extend(
        f"{name} (line {node.lineno})" for name, node in _walk(tree.body, "") if not ast.get_docstring(node)
    )
    return missing


def _walk(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Definition]]:
    """Yield the public definitions of a module or class, and those of its public classes."""
    for node in body:
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                if node.name.startswith("_") or _is_exempt(node):
                    continue
                yield prefix + node.name, node
                if isinstance(node, ast.ClassDef):
                    yield from _walk(node.body, f"{prefix}{node.name}.")
            case ast.If():
                yield from _walk([*node.body, *node.orelse], prefix)
            case _:
                pass


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_have_docstrings(package: str) -> None:
    """Every public module, class, method and function of a package has a docstring."""
    missing = [
        f"{relative(path)}: {name}"
        for path in list_modules(package)
        for name in list_undocumented(parse(path))
    ]
    assert missing == []


def test_each_kind_of_omission_is_found() -> None:
    """A missing docstring is found wherever a public name is defined; private names need none."""
    source = (
        "class A:\n"
        "    def m(self): ...\n"
        "    def _private(self): ...\n"
        "    @property\n    def p(self): '''Read p.'''\n"
        "    @p.setter\n    def p(self, value): ...\n"
        "async def f(): ...\n"
        "if True:\n    def g(): ...\n"
        "class _B:\n    def m(self): ...\n"
        "def documented(): '''Do it.'''\n"
    )
    found = [name.partition(" (")[0] for name in list_undocumented(ast.parse(source))]
    assert found == ["the module", "A", "A.m", "f", "g"]
