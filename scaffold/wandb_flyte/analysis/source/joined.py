"""Texts that a program puts together."""

from __future__ import annotations

import ast


def joined_parts(node: ast.JoinedStr | ast.BinOp) -> list[ast.expr]:
    """The parts of a text that is put together, in order; none where nothing is added."""
    if isinstance(node, ast.JoinedStr):
        return node.values
    parts: list[ast.expr] = []
    added: ast.expr = node
    while isinstance(added, ast.BinOp) and isinstance(added.op, ast.Add):
        parts.append(added.right)
        added = added.left
    return [added, *reversed(parts)] if parts else []
