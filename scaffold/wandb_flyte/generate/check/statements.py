"""What statements do to those after them, and to names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from wandb_flyte.generate._syntax import walk

from .kinds import called_name


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements that a statement holds."""
    for name in ("body", "orelse", "finalbody"):
        if isinstance(statements := getattr(node, name, None), list):
            yield statements


def leaves(node: ast.If) -> bool:
    """Whether nothing after an `if` runs when its condition holds."""
    last = node.body[-1]
    ends = isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break)
    exits = isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)
    exits = exits and any(
        called_name(call) in ("exit", "_exit", "quit")
        for call in walk(last)
        if isinstance(call, ast.Call)
    )
    return ends or exits


def binds(node: ast.AST, name: str) -> bool:
    """Whether a node gives a name another meaning: assigned, deleted, imported, defined."""
    if isinstance(node, ast.Name):
        return node.id == name and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.alias):
        return name in (node.asname or node.name.partition(".")[0], "*")
    return getattr(node, "name", None) == name


def place_in(many: list[Any], one: object) -> int:
    """Where something itself stands in a list; at its start when it is not there."""
    return next((index for index, other in enumerate(many) if other is one), 0)
