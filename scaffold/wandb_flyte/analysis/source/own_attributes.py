"""The attributes of a program's own objects, and what its classes set them to."""

from __future__ import annotations

import ast
from functools import cached_property

from wandb_flyte.spec import dotted

from .kinds import bindings, is_name
from .scope import Scope
from .scopes import Scopes
from .syntax import walk


class OwnAttributes:
    """Finds what the methods of a class set an attribute to.

    Args:
        scopes: The program.
    """

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes

    def given(self, name: str, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """Every value that a class gives an attribute, each with its scope.

        Args:
            name: The attribute's.
            scope: A method of the class.

        Returns:
            None of them where something else may set it: another class, or a name that is made.
        """
        owner = scope.owner
        stores = self._stores.get(name, [])
        own = [inner for _, inner in stores if inner.owner is owner]
        if owner is None or not all(is_name(one.value, "self") for one, _ in stores):
            return []
        found = [
            (value, inner)
            for inner in {id(inner): inner for inner in own}.values()
            for target, value in inner.bindings
            if isinstance(target, ast.Attribute) and target.attr == name
        ]
        is_all = len(found) == len(own) and not _has_default(owner, name)
        return found if is_all and not self._has_relatives(owner) else []

    @cached_property
    def _stores(self) -> dict[str, list[tuple[ast.Attribute, Scope]]]:
        """Where the program sets or deletes attributes, by their names."""
        found: dict[str, list[tuple[ast.Attribute, Scope]]] = {}
        for scope in self._scopes.reached:
            for node in scope.each(ast.Attribute):
                if not isinstance(node.ctx, ast.Load):
                    found.setdefault(node.attr, []).append((node, scope))
        return found

    def _has_relatives(self, owner: ast.ClassDef) -> bool:
        """Whether other classes of the program, or names that it makes, set attributes too."""
        classes = self._scopes.classes
        bases = {dotted(base) for base in owner.bases} & classes.keys()
        heirs = (base for many in classes.values() for one in many for base in one.bases)
        made = any(_makes_names(node) for node in walk(owner))
        return bool(bases) or made or any(dotted(base) == owner.name for base in heirs)


def _has_default(owner: ast.ClassDef, name: str) -> bool:
    """Whether a class itself has the attribute, before an object sets its own."""
    return any(is_name(target, name) for target, _ in bindings(owner.body))


def _makes_names(node: ast.AST) -> bool:
    is_dict = isinstance(node, ast.Attribute) and node.attr == "__dict__"
    return is_dict or is_name(node, "setattr") or is_name(node, "vars")
