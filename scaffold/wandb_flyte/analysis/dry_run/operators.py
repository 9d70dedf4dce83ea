"""What operators make of two alternatives, and what comparisons of them give."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from .objects import Foreign, Method, Outside
from .tables import Row, Table
from .values import ANY, PLAIN, Some, Value

ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}

COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}

# What stands for any value of a type.
_TYPICAL: dict[type, Any] = {int: 1, float: 1.5, str: "", bool: True}

_LARGEST = 10**9

_LONGEST = 2000


def may_be_array(value: Value, op: ast.cmpop) -> bool:
    """Whether a comparison of a value may give an array."""
    plain = (*PLAIN, Table, Row)
    is_plain = isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn)
    return not is_plain and any(
        one is ANY or not isinstance(one, (*plain, Some)) for one in value.options
    )


def is_refused(a: Any, b: Any, compute: Callable[[Any, Any], Any]) -> bool:
    """Whether Python refuses an operator for two constants, or for their types."""
    values = [_TYPICAL.get(one.kind) if isinstance(one, Some) else one for one in (a, b)]
    if not all(isinstance(one, str | int | float | None) for one in values):
        return False
    if ANY in (a, b) or any(isinstance(one, Some) and one.kind not in _TYPICAL for one in (a, b)):
        return False
    if any(isinstance(one, str) and "%" in one for one in values):
        return False
    if any(isinstance(one, int | float) and abs(one) > _LARGEST for one in values):
        return False
    try:
        compute(*values)
    except TypeError:
        return True
    except (ArithmeticError, ValueError):
        return False
    return False


def named(option: Any) -> str:
    """An alternative, as people are told of it."""
    if isinstance(option, Some):
        return "a text" if option.kind is str else f"a `{option.kind.__name__}`"
    return f"`{option!r}`"


def is_text(option: Any) -> bool:
    """Whether an alternative is a text."""
    return isinstance(option, str) or (isinstance(option, Some) and option.kind is str)


def blank(option: Any) -> Any:
    """What a sign makes of a number: another one."""
    return Some(type(option)) if isinstance(option, int | float) else ANY


def computed(a: Any, b: Any, op: ast.operator, compute: Callable[[Any, Any], Any]) -> Any:
    """The result of an operator on constants, where it stays small."""
    for one in (a, b):
        if isinstance(one, int | float) and abs(one) > _LARGEST:
            return ANY
        if isinstance(one, str | bytes) and len(one) > _LONGEST:
            return ANY
    is_power = isinstance(op, ast.Pow)
    if is_power and not (isinstance(b, int | float) and abs(b) < 64):
        return ANY
    many = isinstance(op, ast.Mult) and (isinstance(a, str | bytes) or isinstance(b, str | bytes))
    if many or (isinstance(a, str | bytes) and isinstance(op, ast.Mod)):
        return Some(str)
    try:
        return compute(a, b)
    except (ArithmeticError, TypeError, ValueError):
        return ANY


def compared(a: Any, b: Any, op: ast.cmpop) -> bool | None:
    """What a comparison of two alternatives gives."""
    if isinstance(op, ast.Is | ast.IsNot):
        same = _same(a, b)
        return None if same is None else same is isinstance(op, ast.Is)
    if isinstance(op, ast.In | ast.NotIn):
        found = _contains(b, a)
        return None if found is None else found is isinstance(op, ast.In)
    if isinstance(a, PLAIN) and isinstance(b, PLAIN):
        try:
            return bool(COMPARE[type(op)](a, b))
        except TypeError:
            return None
    if isinstance(a, Outside) and isinstance(b, Outside) and isinstance(op, ast.Eq | ast.NotEq):
        same = _same(a, b)
        return None if same is None else same is isinstance(op, ast.Eq)
    if isinstance(op, ast.Eq | ast.NotEq) and _same(a, b) is False and None in (a, b):
        return isinstance(op, ast.NotEq)
    return None


def _same(a: Any, b: Any) -> bool | None:
    """Whether two alternatives are the same thing."""
    if isinstance(a, PLAIN) and isinstance(b, PLAIN):
        return a is b or (type(a) is type(b) and a == b)
    if isinstance(a, Outside) and isinstance(b, Outside):
        builtin = all(one.name.startswith("builtins.") for one in (a, b))
        return a.name == b.name if builtin or a.name == b.name else None
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Some):
            plain = isinstance(other, PLAIN) and one.kind is not object
            return False if plain and not isinstance(other, one.kind) else None
        if isinstance(one, PLAIN) and not isinstance(other, Outside | Method | Foreign):
            return False
        if isinstance(one, PLAIN):
            return None
    return a is b


def _contains(many: Any, one: Any) -> bool | None:
    if isinstance(many, str):
        return one in many if isinstance(one, str) else None
    if isinstance(many, Table):
        if not isinstance(one, PLAIN):
            return None
        if one in many.items:
            return None if one in many.perhaps else True
        return False if many.rest is None and not many.is_loose else None
    if isinstance(many, Row) and many.items is not None and isinstance(one, PLAIN):
        found = [_same_value(item, one) for item in many.items]
        return True if True in found else None if None in found else False
    return None


def _same_value(item: Value, one: Any) -> bool | None:
    constants = item.constants
    if constants is None:
        return None
    found = {constant == one for constant in constants}
    return found.pop() if len(found) == 1 else None
