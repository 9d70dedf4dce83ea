"""Arguments that a program sets to something else, so that what was given has no effect."""

from __future__ import annotations

import ast

from wandb_flyte.generate._syntax import walk

from .flow import Flow
from .kinds import HOLDERS, Kind
from .noted import noted_under
from .scope import Scope


def is_overwritten(kind: Kind, node: ast.expr, scope: Scope, flow: Flow) -> bool:
    """Whether `args.name = ...` takes away what was given, before anything in sight has read it.

    Args:
        kind: The argument.
        node: The target of the assignment.
        scope: Where it stands.
        flow: The kinds of the program's expressions.
    """
    parents = flow.scopes.parents
    statement = parents.get(id(node))
    if kind.what != "args" or not isinstance(statement, ast.Assign):
        return False
    if any(_holds(part, flow, scope) for part in walk(statement.value)):
        return False  # It may be made of what was given.
    for other in scope.nodes:
        if not isinstance(other, ast.expr) or other.lineno >= node.lineno:
            continue
        kinds = flow.kinds(other, scope)
        is_read = not isinstance(getattr(other, "ctx", None), ast.Store)
        handed = (
            isinstance(parents.get(id(other)), ast.Call | ast.keyword) and Kind("args") in kinds
        )
        if is_read and (kind in kinds or handed) and noted_under(other, flow, scope) is None:
            return False
    return True


def _holds(node: ast.AST, flow: Flow, scope: Scope) -> bool:
    return any(kind.what in HOLDERS for kind in flow.kinds(node, scope))
