"""Values for a parameter that is not given: `if config is None: config = load()`."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import is_none
from wandb_flyte.analysis.tracing.flow import Flow


def is_fallback(value: ast.expr, name: str, scope: Scope, flow: Flow) -> bool:
    """Whether a function only has a value for a parameter that each of its calls gives.

    Args:
        value: What the parameter's name is bound to in the function.
        name: The parameter.
        scope: The function.
        flow: The program.
    """
    given = flow.given(name, scope) if name in scope.takes else []
    if not given or any(one is None or is_none(one) for one, _ in given):
        return False
    inner: ast.AST = value
    for outer in flow.scopes.outwards(value):
        is_in_body = isinstance(outer, ast.If) and any(inner is one for one in outer.body)
        if is_in_body and _is_missing(outer.test, name):  # type: ignore[attr-defined]
            return True
        inner = outer
    return False


def _is_missing(test: ast.expr, name: str) -> bool:
    """Whether a condition is `name is None` or `not name`."""
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not) and is_name(test.operand, name)
    is_is = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is)
    return is_is and is_name(test.left, name) and is_none(test.comparators[0])  # type: ignore[attr-defined]
