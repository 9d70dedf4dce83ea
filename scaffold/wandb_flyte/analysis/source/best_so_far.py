"""Conditions that surely hold once: what is compared with the best so far."""

from __future__ import annotations

import ast
import math

from .kinds import literal
from .scope import Scope

_LESS, _MORE = (ast.Lt, ast.LtE), (ast.Gt, ast.GtE)
_INFINITE = frozenset({"math.inf", "np.inf", "np.Inf", "numpy.inf", "torch.inf"})


def holds_at_first(node: ast.If, scope: Scope) -> bool:
    """Whether a condition holds when it is first met: `if loss < best:` with `best = loss` in it.

    The best has to begin at the worst there is, such as `float("inf")`, or 0 for what is to rise.
    """
    test = node.test
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    left, op, right = test.left, test.ops[0], test.comparators[0]
    for best, new, ops in ((right, left, _LESS), (left, right, _MORE)):
        if isinstance(op, ops) and _begins_at(best, new, node, scope, worst=math.inf):
            return True
    for best, new, ops in ((right, left, _MORE), (left, right, _LESS)):
        if isinstance(op, ops) and _begins_at(best, new, node, scope, worst=-math.inf):
            return True
    return False


def _begins_at(best: ast.expr, new: ast.expr, node: ast.If, scope: Scope, worst: float) -> bool:
    """Whether a condition's body makes a value the best, which else is the worst there is."""
    values = scope.every_value(best.id) if isinstance(best, ast.Name) else None
    updates = [one.value for one in node.body if isinstance(one, ast.Assign)]
    update = next((one for one in updates if ast.unparse(one) == ast.unparse(new)), None)
    others = [one for one in values or () if one is not update]
    if values is None or update is None or len(others) != 1:
        return False
    first = _number(others[0])
    return first == worst or (worst < 0 and first is not None and first <= 0)


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "float" and len(node.args) == 1:
        inner = literal(node.args[0])
        return math.inf if str(inner).lower() in ("inf", "infinity") else None
    if ast.unparse(node) in _INFINITE:
        return math.inf
    value = literal(node)
    return float(value) if isinstance(value, int | float) else None
