"""`wandb.config = {...}`: a name of wandb's that a program binds to something of its own."""

from __future__ import annotations

import ast

from .kinds import called_name
from .scope import Scope
from .scopes import Scopes


def find_rebound(scopes: Scopes) -> tuple[Scope, int] | None:
    """Where a program binds `wandb.config` after its only `wandb.init()`, and so loses the sweep's.

    A binding before it does no harm: `wandb.init()` binds the name again.
    """
    starts = [
        (scope, node) for scope in scopes.reached for node in scope.calls if _is_init(node, scope)
    ]
    if len(starts) != 1:
        return None
    scope, start = starts[0]
    for node in scope.each(ast.Assign):
        if node.lineno <= start.lineno:
            continue
        parts = ast.walk(node.value)
        keeps = any(getattr(part, "attr", "") == "config" for part in parts)
        if not keeps and any(_is_config(target, scope) for target in node.targets):
            return scope, node.lineno
    return None


def _is_init(node: ast.Call, scope: Scope) -> bool:
    origin = scope.module.outside.get(called_name(node), "")
    return origin == "wandb.init" or (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "init"
        and _is_wandb(node.func.value, scope)
    )


def _is_config(node: ast.expr, scope: Scope) -> bool:
    return (
        isinstance(node, ast.Attribute) and node.attr == "config" and _is_wandb(node.value, scope)
    )


def _is_wandb(node: ast.expr, scope: Scope) -> bool:
    return isinstance(node, ast.Name) and scope.module.outside.get(node.id) == "wandb"
