"""Numbers that Python code computes of numbers."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from ._values import Unknown, Value

MOST_BITS = 4_096
ARITHMETIC: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_MATH = {"exp", "floor", "ceil", "log", "log10", "log1p", "log2", "sqrt"}
NUMBERS: dict[str, Callable[..., Any]] = {
    **{f"{module}.{name}": getattr(math, name) for name in _MATH for module in ("math", "np")},
    **{f"numpy.{name}": getattr(math, name) for name in _MATH},
    **{f.__name__: f for f in (abs, float, int, max, min, round)},
}
CONSTANTS = {f"{module}.{n}": getattr(math, n) for n in ("pi", "e") for module in ("math", "np")}


def is_huge(left: float, op: ast.operator, right: float) -> bool:
    """Whether an integer may come out that takes for ever to make."""
    if not (isinstance(left, int) and isinstance(right, int)):
        return False
    if isinstance(op, ast.Pow):
        return right > MOST_BITS or left.bit_length() * max(right, 1) > MOST_BITS
    return left.bit_length() + right.bit_length() > MOST_BITS


def computed(node: ast.AST, act: Callable[..., Any], *given: Any) -> Value:
    """What a function gives, `Unknown` where it gives nothing that is real."""
    try:
        found = act(*given)
    except (ArithmeticError, TypeError, ValueError):
        return Unknown(node)
    return Unknown(node) if isinstance(found, complex) else found
