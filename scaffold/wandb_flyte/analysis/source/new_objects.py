"""What gets the arguments of a call of a class beside its `__init__`."""

from __future__ import annotations

import ast

from wandb_flyte.spec import dotted

from .kinds import called_name
from .scope import Scope
from .scopes import Scopes
from .syntax import Function

# Base classes that keep nothing of it.
_PLAIN_BASES = frozenset({"ABC", "Dataset", "LightningModule", "Module", "object"})
# What may give an object all names that its `__init__` has.
_TAKE_UP = frozenset({"exec", "locals", "save_hyperparameters", "setattr", "vars"})


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


def takes_up_all(init: Scope | None) -> bool:
    """Whether an object may keep whatever its `__init__` is given, or has none of its own."""
    if init is None or init.node is None or init.owner is None or init.node.decorator_list:
        return True
    if any(dotted(one).rpartition(".")[2] not in _PLAIN_BASES for one in init.owner.bases):
        return True
    rest = init.node.args.kwarg
    if rest is not None and rest.arg in init.loads:
        return True
    names = {called_name(call) for call in init.calls}
    looks = any(node.attr == "__dict__" for node in init.each(ast.Attribute))
    return looks or not names.isdisjoint(_TAKE_UP)
