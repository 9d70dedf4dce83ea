"""What gets the arguments of a call of a class beside its `__init__`."""

from __future__ import annotations

import ast

from .scope import Scope
from .scopes import Scopes
from .syntax import Function


def chooses_by_arguments(target: ast.ClassDef | Scope, scopes: Scopes) -> bool:
    """Whether a `__new__` of a class, or of one that it derives from, looks at what a call gives.

    Args:
        target: What is called.
        scopes: The program's code.
    """
    line = scopes.line_of(target) if isinstance(target, ast.ClassDef) else []
    return any(_takes_some(method) for one in line for method in one.body)


def _takes_some(method: ast.stmt) -> bool:
    if not isinstance(method, Function) or method.name != "__new__":
        return False
    args = method.args
    return len([*args.posonlyargs, *args.args, *args.kwonlyargs]) > 1  # The class is the first.
