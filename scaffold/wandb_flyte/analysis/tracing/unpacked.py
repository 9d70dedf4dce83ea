"""What an assignment gives one of its names, also where it takes a tuple apart."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import PARSES, called_name, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes
from wandb_flyte.analysis.source.syntax import result_of
from wandb_flyte.analysis.source.unseen_calls import is_called_unseen

from .flow import Flow

Place = tuple[ast.expr, Scope]


def given_to(
    name: str, target: ast.expr, value: ast.expr, scope: Scope, scopes: Scopes
) -> list[Place]:
    """The expressions that an assignment may give a name; none where that is not seen.

    Args:
        name: The name.
        target: What the assignment binds.
        value: What it gives.
        scope: Where it stands.
        scopes: The program's functions: `args, parser = get_args()` gives what they return.
    """
    if is_name(target, name):
        return [(value, scope)]
    if not isinstance(target, ast.Tuple | ast.List):
        return []
    index = next((i for i, one in enumerate(target.elts) if is_name(one, name)), None)
    if index is None or any(isinstance(one, ast.Starred) for one in target.elts):
        return []
    if not isinstance(value, ast.Call):
        return _part(value, index, len(target.elts), scope)
    if called_name(value) in PARSES:
        return [(value, scope)] if index == 0 else []
    found: list[Place] = []
    for function in scopes.resolve(value.func, scope):
        if not isinstance(function, Scope):
            return []
        for node in function.each(ast.Return, ast.Yield):
            result = result_of(node, function.node)
            parts = _part(result, index, len(target.elts), function) if result else []
            if not parts:
                return []
            found += parts
    return found


def _part(value: ast.expr, index: int, count: int, scope: Scope) -> list[Place]:
    """One part of a tuple that is written out."""
    if not isinstance(value, ast.Tuple | ast.List) or len(value.elts) != count:
        return []
    return [(value.elts[index], scope)]


def is_taken_apart(held: ast.AST | None, scope: Scope, flow: Flow) -> bool:
    """Whether a tuple is what a function returns, and every call gives its parts names.

    Args:
        held: What may be such a tuple.
        scope: The function.
        flow: The program's calls.
    """
    parents = flow.scopes.parents
    if not isinstance(held, ast.Tuple) or not isinstance(parents.get(id(held)), ast.Return):
        return False
    if scope is flow.start or is_called_unseen(scope):
        return False
    taking = [parents.get(id(call)) for call, _ in flow.calls_of(scope)]
    return bool(taking) and all(_names_parts(one, len(held.elts)) for one in taking)


def _names_parts(statement: ast.AST | None, count: int) -> bool:
    if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
        return False
    target = statement.targets[0]
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    return len(parts) == count and all(isinstance(one, ast.Name | ast.Attribute) for one in parts)
