"""The classes of a program that `super()` may stand for."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cached_property

from wandb_flyte.spec import dotted

from .kinds import is_name


def is_super(node: ast.expr) -> bool:
    """Whether an expression is a call of `super`."""
    return isinstance(node, ast.Call) and is_name(node.func, "super")


class Inherited:
    """Tells what classes derive from.

    Args:
        classes: The program's classes by their names.
    """

    def __init__(self, classes: Mapping[str, list[ast.ClassDef]]) -> None:
        self._classes = classes

    def behind_super(self, owner: ast.ClassDef) -> set[int]:
        """The ids of the classes whose methods `super()` may find in a method of a class."""
        # What an heir derives from beside it may come between.
        return self._behind.get(id(owner), set())

    @cached_property
    def _behind(self) -> dict[int, set[int]]:
        """For each class, by its id, what its heirs and it derive from."""
        found: dict[int, set[int]] = {}
        for one in (one for many in self._classes.values() for one in many):
            above = self._above(one)
            for each in (id(one), *above):
                found.setdefault(each, set()).update(above - {each})
        return found

    def _above(self, node: ast.ClassDef) -> set[int]:
        """The ids of the classes that a class derives from, by their names."""
        found: set[int] = set()
        todo = [node]
        while todo:
            for base in todo.pop().bases:
                named = dotted(base.value if isinstance(base, ast.Subscript) else base)
                for one in self._classes.get(named.rpartition(".")[2], ()):
                    if id(one) not in found:
                        found.add(id(one))
                        todo.append(one)
        return found
