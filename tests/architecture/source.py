"""Our own source as trees, for the tests that read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from upguide.config import ROOT
from upguide.extensions import Base

PACKAGE = ROOT / "upguide"


@cache
def trees(folder: str = "upguide") -> tuple[tuple[str, ast.Module], ...]:
    """Return path and tree of each module below `folder`."""
    files = sorted((ROOT / folder).rglob("*.py"))
    return tuple((file.relative_to(ROOT).as_posix(), ast.parse(file.read_text())) for file in files)


def tree_of(source: str) -> ast.Module:
    return ast.parse(source)


@cache
def personal_columns() -> dict[str, frozenset[str]]:
    """Return the personal columns of each model, by the names of both."""
    return {
        mapper.class_.__name__: frozenset(c.name for c in mapper.local_table.columns if c.info.get("items"))
        for mapper in Base.registry.mappers
    }


def personal_names() -> frozenset[str]:
    """Return the names of all personal columns."""
    return frozenset().union(*personal_columns().values())


def mentions(tree: ast.AST) -> Iterator[str]:
    """Yield `Model.column` for each personal column that a tree names."""
    columns = personal_columns()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            model = node.value.id
            if node.attr in columns.get(model, ()):
                yield f"{model}.{node.attr}"


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())
