"""The classes of a program that `super()` may stand for."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from wandb_flyte.spec import dotted

from .kinds import is_name


def is_super(node: ast.expr) -> bool:
    """Whether an expression is a call of `super`."""
    return isinstance(node, ast.Call) and is_name(node.func, "super")


def behind_super(owner: ast.ClassDef, classes: Mapping[str, list[ast.ClassDef]]) -> set[int]:
    """The ids of the classes whose methods `super()` may find in a method.

    Args:
        owner: The method's class.
        classes: The program's classes by their names.
    """
    every = [one for many in classes.values() for one in many]
    heirs = [one for one in every if one is owner or id(owner) in _above(one, classes)]
    # What an heir derives from beside it may come between.
    return {each for one in heirs for each in _above(one, classes)} - {id(owner)}


def _above(node: ast.ClassDef, classes: Mapping[str, list[ast.ClassDef]]) -> set[int]:
    """The ids of the classes that a class derives from, by their names."""
    found: set[int] = set()
    todo = [node]
    while todo:
        for base in todo.pop().bases:
            named = dotted(base.value if isinstance(base, ast.Subscript) else base)
            for one in classes.get(named.rpartition(".")[2], ()):
                if id(one) not in found:
                    found.add(id(one))
                    todo.append(one)
    return found
