"""What gets the arguments of a call of a class beside its `__init__`."""

from __future__ import annotations

import ast

from wandb_flyte.spec import dotted

from .scope import Scope
from .scopes import Scopes
from .syntax import Function


def chooses_by_arguments(target: ast.ClassDef | Scope, scopes: Scopes) -> bool:
    """Whether a `__new__` of a class, or of one that it derives from, looks at what a call gives.

    Args:
        target: What is called.
        scopes: The program's code.
    """
    line = [target] if isinstance(target, ast.ClassDef) else []
    for one in line:
        if any(_takes_some(method) for method in one.body):
            return True
        for base in one.bases:
            known = scopes.classes.get(dotted(base).rpartition(".")[2], [])
            line += [other for other in known if other not in line]
    return False


def _takes_some(method: ast.stmt) -> bool:
    if not isinstance(method, Function) or method.name != "__new__":
        return False
    args = method.args
    return len([*args.posonlyargs, *args.args, *args.kwonlyargs]) > 1  # The class is the first.
