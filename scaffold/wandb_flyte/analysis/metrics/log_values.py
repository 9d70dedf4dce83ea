"""`run.log` as a value, which whoever gets it may call: `log = run.log`."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import argument, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow

_LOGS = frozenset({"run", "wandb"})


def is_log(node: ast.AST, scope: Scope, flow: Flow) -> bool:
    """Whether an expression is the `log` of W&B or of a run, and no call of it.

    Args:
        node: The expression.
        scope: The scope around it.
        flow: The program.
    """
    parent = flow.scopes.parents.get(id(node))
    if isinstance(parent, ast.Call) and parent.func is node:
        return False
    if isinstance(node, ast.Name):
        return scope.module.outside.get(node.id) == "wandb.log"
    base: ast.expr | None = None
    if isinstance(node, ast.Attribute) and node.attr == "log":
        base = node.value
    elif isinstance(node, ast.Constant) and node.value == "log":
        base = _looked_up(node, parent)
    return any(kind.what in _LOGS for kind in flow.kinds(base, scope))


def _looked_up(name: ast.Constant, parent: ast.AST | None) -> ast.expr | None:
    """What is asked for an attribute: `run` of `getattr(run, "log")`."""
    if not isinstance(parent, ast.Call) or not is_name(parent.func, "getattr"):
        return None
    return parent.args[0] if argument(parent, "name", 1) is name else None
