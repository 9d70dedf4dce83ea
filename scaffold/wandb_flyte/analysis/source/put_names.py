"""The names under which a program puts something into objects and dicts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from .kinds import called_name, is_name, owner, text
from .scope import Scope
from .scopes import Scopes

_GROWS = frozenset({"merge", "merge_with", "setdefault", "update"})
_SETS = frozenset({"__setattr__", "setattr"})


class PutNames:
    """Collects them from all of a program's code.

    Args:
        scopes: The program.
        apart: The ids of nodes that are left out.
    """

    def __init__(self, scopes: Scopes, apart: set[int]) -> None:
        self._scopes = scopes
        self._apart = apart

    @cached_property
    def written(self) -> frozenset[str]:
        """The names that it writes out."""
        return frozenset(name for node, _ in self._nodes() for name in _names(node) if name)

    @cached_property
    def items(self) -> frozenset[str]:
        """Those of them that may be keys of a dict."""
        nodes = (node for node, _ in self._nodes() if not isinstance(node, ast.Attribute))
        return frozenset(name for node in nodes for name in _names(node) if name)

    @cached_property
    def by_text(self) -> frozenset[str]:
        """Those of them that it gives objects as texts: by `setattr`, or in their `__dict__`."""
        named = (name for node, _ in self._nodes() if _sets_by_text(node) for name in _names(node))
        return frozenset(filter(None, named))

    @cached_property
    def shared(self) -> frozenset[str]:
        """The names of modules that functions bind."""
        return frozenset(
            name for node, _ in self._nodes() if isinstance(node, ast.Global) for name in node.names
        )

    @cached_property
    def into_objects(self) -> list[ast.ClassDef | None]:
        """Where attributes get names that it makes: the class of `self`, None for other objects."""
        return [
            scope.owner if target is not None and is_name(target, "self") else None
            for node, scope in self._nodes()
            # Whose names are those of the assignments that come to it.
            if scope.node is None or scope.node.name != "__setattr__"
            for target in _objects(node)
        ]

    @cached_property
    def into_dicts(self) -> list[tuple[ast.expr, Scope]]:
        """What gets keys that it makes."""
        return [
            (base, scope) for node, scope in self._nodes() if (base := _filled(node)) is not None
        ]

    def _nodes(self) -> Iterator[tuple[ast.AST, Scope]]:
        for scope in self._scopes.everywhere:
            for node in scope.nodes:
                if id(node) not in self._apart:
                    yield node, scope


def _names(node: ast.AST) -> Iterator[str | None]:
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
        yield node.attr if isinstance(node, ast.Attribute) else text(node.slice)
    elif isinstance(node, ast.Call) and called_name(node) in _GROWS | _SETS:
        yield from (keyword.arg for keyword in node.keywords)
        for one in node.args:
            yield from map(text, one.keys if isinstance(one, ast.Dict) else [one])


def _sets_by_text(node: ast.AST) -> bool:
    """Whether a node may give an object an attribute whose name is a text."""
    if isinstance(node, ast.Subscript):
        return owner(node.value) is not node.value
    return isinstance(node, ast.Call) and called_name(node) in _SETS


def _objects(node: ast.AST) -> list[ast.expr | None]:
    """What gets attributes under names that are made."""
    if isinstance(node, ast.Attribute):
        all_at_once = node.attr == "__dict__" and isinstance(node.ctx, ast.Store)
        return [node.value] if all_at_once else []
    if isinstance(node, ast.Subscript):
        made = isinstance(node.ctx, ast.Store) and text(node.slice) is None
        return [owner(node.value)] if made and owner(node.value) is not node.value else []
    if not isinstance(node, ast.Call):
        return []
    if called_name(node) in _SETS:
        plain = len(node.args) == 3 and text(node.args[1]) is not None
        return [] if plain else [node.args[0] if node.args else None]
    grown = node.func.value if isinstance(node.func, ast.Attribute) else None
    grows = grown is not None and called_name(node) in _GROWS and owner(grown) is not grown
    return [owner(grown)] if grown is not None and grows else []


def _filled(node: ast.AST) -> ast.expr | None:
    """What gets an item under a key that is made."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        return node.value if not isinstance(node.slice, ast.Constant | ast.Tuple) else None
    if isinstance(node, ast.AugAssign):
        return node.target if isinstance(node.op, ast.BitOr) else None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if node.func.attr not in _GROWS or not node.args:
        return None
    first = node.args[0]
    written = isinstance(first, ast.Dict) and None not in map(text, first.keys)
    return None if written or text(first) is not None else node.func.value
