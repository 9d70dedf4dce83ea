"""The classes of a program that `self` and `super()` may stand for."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cached_property

from wandb_flyte.spec import dotted

from .kinds import is_name

# Methods of Python's own containers: a call of one says nothing about a class of the program.
COMMON = frozenset(
    {
        *("add", "append", "clear", "close", "copy", "count", "extend", "format", "get", "index"),
        *("insert", "items", "join", "keys", "log", "pop", "read", "remove", "setdefault", "sort"),
        *("split", "update", "values", "write"),
    }
)


def is_super(node: ast.expr) -> bool:
    """Whether an expression is a call of `super`."""
    return isinstance(node, ast.Call) and is_name(node.func, "super")


def only_tells(node: ast.Name, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a name only says of which class something is, as in `super(Class, self)`."""
    parent = parents.get(id(node))
    if isinstance(parent, ast.AnnAssign):
        return parent.annotation is node
    part: ast.AST = node
    if isinstance(parent, ast.Tuple):
        part, parent = parent, parents.get(id(parent))
    if not isinstance(parent, ast.Call) or not isinstance(parent.func, ast.Name):
        return False
    if is_super(parent):
        return parent.args[:1] == [part]
    return parent.func.id in ("isinstance", "issubclass") and parent.args[1:] == [part]


def is_self(node: ast.expr) -> bool:
    """Whether an expression is the object or the class that a method belongs to."""
    return is_name(node, "self") or is_name(node, "cls")


class Inherited:
    """Tells what classes derive from.

    Args:
        classes: The program's classes by their names.
    """

    def __init__(self, classes: Mapping[str, list[ast.ClassDef]]) -> None:
        self._classes = classes

    def owners(self, called: ast.Attribute, within: ast.ClassDef | None) -> set[int] | None:
        """The ids of the classes that a called method may be of; None when it may be any.

        Args:
            called: What is called.
            within: The class that the call stands in.
        """
        if within is not None and is_super(called.value):
            return self.behind_super(within)
        is_own = within is not None and called.attr in COMMON and is_self(called.value)
        return self.related_to(within) if within is not None and is_own else None

    def behind_super(self, owner: ast.ClassDef) -> set[int]:
        """The ids of the classes whose methods `super()` may find in a method of a class."""
        # What an heir derives from beside it may come between.
        return self._behind.get(id(owner), set())

    def related_to(self, owner: ast.ClassDef) -> set[int]:
        """The ids of the classes that an object may be of or derive from, in a method of a class.

        Those are its heirs, and what they and it derive from.
        """
        return {id(owner)} | self.behind_super(owner) | self._heirs.get(id(owner), set())

    @cached_property
    def _heirs(self) -> dict[int, set[int]]:
        """The classes that derive from each class, by the ids."""
        found: dict[int, set[int]] = {}
        for one in (one for many in self._classes.values() for one in many):
            for each in self._above(one):
                found.setdefault(each, set()).add(id(one))
        return found

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
