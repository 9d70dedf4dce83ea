"""What comparisons and methods of texts give for values that are known."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any

from .kinds import called_name, text
from .unknown import UNKNOWN

COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda value, many: value in many,
    ast.NotIn: lambda value, many: value not in many,
}
# Methods that give a text in another form.
FORMS: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "strip": str.strip,
    "upper": str.upper,
}


def same(values: list[Any]) -> Any:
    """The one value that there is."""
    if not values or UNKNOWN in values:
        return UNKNOWN
    return values[0] if all(value == values[0] for value in values) else UNKNOWN


def texts_of(compared: ast.Compare) -> Iterator[str]:
    """The texts that a comparison finds equal: `flag.lower() == "true"` takes `True` too."""
    parts = [compared.left, *compared.comparators]
    is_lower = any(isinstance(one, ast.Call) and called_name(one) == "lower" for one in parts)
    for part in parts:
        for one in part.elts if isinstance(part, ast.List | ast.Set | ast.Tuple) else [part]:
            if (found := text(one)) is not None:
                yield found
                if is_lower:
                    yield found.capitalize()
