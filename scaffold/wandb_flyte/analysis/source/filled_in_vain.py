"""Lists that a function fills, and nothing asks for."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from .kinds import is_name
from .scope import Scope

_FILLS = frozenset({"add", "append", "extend", "insert"})


def fills_in_vain(call: ast.Call, scope: Scope, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a call puts something into a list of its own function that is only filled.

    Args:
        call: The call.
        scope: The function that it stands in.
        parents: What each node stands in.
    """
    called = call.func
    if not isinstance(called, ast.Attribute) or called.attr not in _FILLS or scope.node is None:
        return False
    held = called.value
    values = scope.every_value(held.id) if isinstance(held, ast.Name) else None
    if not values or not isinstance(held, ast.Name) or held.id in scope.takes:
        return False
    if not all(_is_own(one, parents) for one in values):
        return False
    return all(_is_filled(one, parents) for one in scope.loads.get(held.id, ()))


def _is_own(value: ast.expr, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a value is a list that gets one name."""
    is_set = isinstance(value, ast.Call) and is_name(value.func, "set")
    statement = parents.get(id(value))
    alone = isinstance(statement, ast.Assign) and len(statement.targets) == 1
    return alone and (is_set or isinstance(value, ast.List | ast.Set))


def _is_filled(use: ast.Name, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a name only stands where its list gets more, and nothing is made of that."""
    method = parents.get(id(use))
    call = parents.get(id(method))
    is_call = isinstance(call, ast.Call) and call.func is method
    fills = isinstance(method, ast.Attribute) and method.attr in _FILLS
    return fills and is_call and isinstance(parents.get(id(call)), ast.Expr)
