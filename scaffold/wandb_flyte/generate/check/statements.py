"""What statements do to those after them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

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
