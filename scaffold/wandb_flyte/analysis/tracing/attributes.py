"""What the attributes of a program's objects are."""

from __future__ import annotations

import ast
from functools import cached_property

from wandb_flyte.analysis.source.inherited import is_self
from wandb_flyte.analysis.source.kinds import NONE, Kinds
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes

# What may give an object the attributes of another.
_SHARES = frozenset({"__dict__", "__getattr__", "__getattribute__", "__new__", "vars"})
_ANY = 0


class Attributes:
    """Keeps what attributes are, by their names and the classes that set them on their objects.

    Args:
        scopes: The program's code.
    """

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        # By name, and by the id of the class; for what is set from outside of one, 0.
        self._known: dict[str, dict[int, Kinds]] = {}
        self._made: dict[tuple[int, str], ast.ClassDef | None] = {}

    def add(self, name: str, kinds: Kinds, target: ast.expr | None, scope: Scope) -> bool:
        """Notes what is put into an attribute, and tells whether that is new.

        Args:
            name: Its name.
            kinds: What is put there.
            target: The object; None for any.
            scope: The scope around it.
        """
        known = self._known.setdefault(name, {})
        owner = self._owner(target, scope)
        key = _ANY if owner is None else id(owner)
        if kinds <= known.get(key, NONE):
            return False
        known[key] = known.get(key, NONE) | kinds
        return True

    def of(self, node: ast.Attribute, scope: Scope) -> Kinds:
        """What an attribute may be: of `self`, what its own class may have set."""
        known = self._known.get(node.attr)
        if not known:
            return NONE
        owner = self._owner(node.value, scope)
        if owner is None:
            return frozenset().union(*known.values())
        related = self._scopes.related_to(owner) | {_ANY}
        return frozenset().union(*(known[one] for one in known.keys() & related))

    def _owner(self, node: ast.expr | None, scope: Scope) -> ast.ClassDef | None:
        """The class whose object a name surely stands for, where its scope says so itself."""
        if not isinstance(node, ast.Name) or self._are_shared:
            return None
        return scope.within if is_self(node) else self._class(node.id, scope)

    def _class(self, name: str, scope: Scope) -> ast.ClassDef | None:
        """The class that a scope calls for the one value of a name; None for any other name."""
        key = (id(scope), name)
        if key not in self._made:
            is_other = name in scope.takes or name in self._scopes.shared
            values = None if is_other else scope.every_value(name)
            value = values[0] if values and len(values) == 1 else None
            found = self._scopes.resolve(value.func, scope) if isinstance(value, ast.Call) else []
            made = found[0] if len(found) == 1 else None
            self._made[key] = made if isinstance(made, ast.ClassDef) else None
        return self._made[key]

    @cached_property
    def _are_shared(self) -> bool:
        """Whether objects may take over the attributes of others."""
        if not _SHARES.isdisjoint(self._scopes.methods):
            return True
        return any(
            (node.attr if isinstance(node, ast.Attribute) else node.id) in _SHARES
            for scope in self._scopes.everywhere
            for node in scope.each(ast.Attribute, ast.Name)
        )
