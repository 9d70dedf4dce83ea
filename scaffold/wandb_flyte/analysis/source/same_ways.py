"""Conditions that decide nothing, as the code does the same either way."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from .syntax import walk

# What a condition makes of a value, up to the whole of it.
_TESTS = (ast.Attribute, ast.BoolOp, ast.Call, ast.Compare, ast.UnaryOp)
# Methods that give a text in another form.
_FORMS = frozenset({"casefold", "lower", "strip", "upper"})


def same_ways(node: ast.AST, parents: Mapping[int, ast.AST]) -> ast.If | ast.IfExp | None:
    """The choice that a value is only a part of the condition of, if its ways are all the same.

    A way that only raises an error is none.

    Args:
        node: The value.
        parents: What each node stands in.
    """
    parent = parents.get(id(node))
    while isinstance(parent, _TESTS) and _is_looked_at(node, parent):
        node, parent = parent, parents.get(id(parent))
    if not isinstance(parent, ast.If | ast.IfExp) or parent.test is not node:
        return None
    if isinstance(parent, ast.IfExp):
        return parent if _same(parent.body, parent.orelse) else None
    outer = parents.get(id(parent))
    while isinstance(outer, ast.If) and outer.orelse == [parent]:
        parent, outer = outer, parents.get(id(outer))
    ways = _ways(parent)
    if ways is None:
        return None
    first, *others = [way for way in ways if not _raises(way)] or [[]]
    is_same = all(_same_block(first, one) for one in others)
    return parent if others and is_same else None


def _is_looked_at(node: ast.AST, parent: ast.AST) -> bool:
    """Whether an expression says no more of a part than how it is, or compares."""
    if isinstance(parent, ast.Attribute):
        return parent.attr in _FORMS
    if isinstance(parent, ast.BoolOp):  # It decides whether the other parts are come to.
        others = (one for one in parent.values if one is not node)
        return not any(isinstance(part, ast.Call) for one in others for part in walk(one))
    return not isinstance(parent, ast.Call) or parent.func is node


def _ways(node: ast.If) -> list[Sequence[ast.stmt]] | None:
    """What a chain of conditions leads to; None where it may lead to nothing."""
    ways: list[Sequence[ast.stmt]] = [node.body]
    while len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        node = node.orelse[0]
        ways.append(node.body)
    return [*ways, node.orelse] if node.orelse else None


def _raises(way: Sequence[ast.stmt]) -> bool:
    return isinstance(way[0], ast.Raise)


def _same_block(one: Sequence[ast.stmt], other: Sequence[ast.stmt]) -> bool:
    return len(one) == len(other) and all(map(_same, one, other))


def _same(one: ast.AST, other: ast.AST) -> bool:
    return ast.dump(one) == ast.dump(other)
