"""What comparisons and methods of texts give for values that are known."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
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
