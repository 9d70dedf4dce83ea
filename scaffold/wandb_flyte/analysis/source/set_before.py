"""What a name, an object or a dict surely has when a program comes to one of its statements."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from .kinds import called_name, is_name, text
from .scope import Scope
from .statements import before
from .syntax import walk

_TAKES_AWAY = frozenset({"clear", "delattr", "pop", "popitem"})


def line_that_sets(
    name: str, target: ast.expr, node: ast.AST, scope: Scope, parents: Mapping[int, ast.AST]
) -> int | None:
    """The line that surely gives something an attribute or item of a name; None without one.

    Args:
        name: The attribute's, or the item's.
        target: What has it: `self`, or another name.
        node: The statement before which it does so, in the same function.
        scope: The scope around it.
        parents: What each node stands in.
    """
    if not isinstance(target, ast.Name):
        return None
    top = scope.node or scope.module.tree
    current = node
    while current is not top:
        block = parents.get(id(current), top)
        for statement in reversed(list(before(current, block))):
            if _may_take_away(statement, target.id):
                return None
            if _sets(statement, name, target.id):
                return statement.lineno
        if isinstance(block, ast.For | ast.While) and _may_take_away(block, target.id):
            return None
        current = block
    return None


def _sets(statement: ast.stmt, name: str, target: str) -> bool:
    """Whether a statement sets `target.name` or `target["name"]`, or makes a dict with it."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets = [statement.target]
    for one in targets:
        if is_name(one, target):
            made = getattr(statement, "value", None)
            return isinstance(made, ast.Dict) and name in map(text, made.keys)
        if isinstance(one, ast.Attribute) and is_name(one.value, target) and one.attr == name:
            return True
        is_item = isinstance(one, ast.Subscript) and is_name(one.value, target)
        if is_item and text(getattr(one, "slice", None)) == name:
            return True
    return False


def _may_take_away(statement: ast.stmt, target: str) -> bool:
    """Whether a statement may leave a name with less than it had, or bind it to something else."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    for node in walk(statement):
        if isinstance(node, ast.Name) and node.id == target and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.Delete):
            return True
        if isinstance(node, ast.Call) and called_name(node) in _TAKES_AWAY:
            return True
    return False
