"""The attributes of a program's own objects, and what its classes set them to."""

from __future__ import annotations

import ast
from functools import cached_property

from wandb_flyte.generate._syntax import walk
from wandb_flyte.spec import dotted

from .kinds import is_name
from .scopes import Scope, Scopes


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
        return found if len(found) == len(own) and not self._has_relatives(owner) else []

    @cached_property
    def _stores(self) -> dict[str, list[tuple[ast.Attribute, Scope]]]:
        """Where the program sets or deletes attributes, by their names."""
        found: dict[str, list[tuple[ast.Attribute, Scope]]] = {}
        for scope in self._scopes.reached:
            for node in scope.nodes:
                if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                    found.setdefault(node.attr, []).append((node, scope))
        return found

    def _has_relatives(self, owner: ast.ClassDef) -> bool:
        """Whether other classes of the program, or names that it makes, set attributes too."""
        classes = self._scopes.classes
        bases = {dotted(base) for base in owner.bases} & classes.keys()
        heirs = (base for many in classes.values() for one in many for base in one.bases)
        made = any(is_name(node, "setattr") for node in walk(owner))
        return bool(bases) or made or any(dotted(base) == owner.name for base in heirs)
