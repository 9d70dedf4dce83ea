"""The texts that a loop gives a name, one after another."""

from __future__ import annotations

import ast
from collections.abc import Callable

from wandb_flyte.analysis.source.kinds import called_name, is_name, text
from wandb_flyte.analysis.source.scope import Scope

from .flow import Flow
from .looped_elements import LoopedElements

# The texts that an expression may be, or the keys of a dict, as regular expressions.
Read = Callable[[ast.expr | None, Scope, int], set[str] | None]
_Loop = ast.For | ast.AsyncFor | ast.comprehension

_WRITTEN = (ast.List, ast.Set, ast.Tuple)
# Calls that give the items of what they are given.
_SAME = frozenset({"list", "reversed", "set", "sorted", "tqdm", "tuple"})


class Looped:
    """Reads what loops go over.

    Args:
        flow: The program.
        keys: Reads the keys of a dict.
        texts: Reads the texts of an expression.
    """

    def __init__(self, flow: Flow, keys: Read, texts: Read) -> None:
        self._scopes = flow.scopes
        self._elements = LoopedElements(flow)
        self._keys = keys
        self._texts = texts

    def name(self, node: ast.Name, scope: Scope, depth: int) -> set[str] | None:
        """What a name is in the loop around it, or behind the only loops that bind it."""
        every = scope.each(ast.For, ast.AsyncFor, ast.comprehension)
        binding = [one for one in every if _binds(one.target, node.id)]
        if not binding or len(binding) != len(scope.binding(node.id)):
            return None
        outer: ast.AST = node
        for around in self._scopes.outwards(node):
            loops = getattr(around, "generators", [around])
            for loop in reversed(loops):
                is_in = isinstance(loop, _Loop) and outer is not loop.iter
                if is_in and _binds(loop.target, node.id):
                    return self.items_of(loop, node.id, scope, depth)
            outer = around
        return joined([self.items_of(loop, node.id, scope, depth) for loop in binding])

    def binds(self, name: str, scope: Scope) -> bool:
        """Whether a loop of a function gives a name values."""
        return any(_binds(one.target, name) for one in scope.each(ast.For, ast.AsyncFor))

    def items_of(self, loop: _Loop, name: str, scope: Scope, depth: int) -> set[str] | None:
        """What a loop gives one of the names that it binds."""
        target, source = loop.target, loop.iter
        if is_name(target, name):
            return self._items(source, scope, depth)
        if not isinstance(target, ast.Tuple) or not isinstance(source, ast.Call):
            return None
        index = next((i for i, one in enumerate(target.elts) if is_name(one, name)), None)
        called = called_name(source)
        if index == 0 and called == "items" and isinstance(source.func, ast.Attribute):
            return self._keys(source.func.value, scope, depth + 1)
        if index == 1 and called == "enumerate" and source.args:
            return self._items(source.args[0], scope, depth)
        if index is not None and called == "zip" and index < len(source.args):
            return self._items(source.args[index], scope, depth)
        return None

    def _items(self, node: ast.expr, scope: Scope, depth: int) -> set[str] | None:
        """The texts in a collection; of a dict its keys."""
        if isinstance(node, _WRITTEN):
            return joined([self._texts(one, scope, depth + 1) for one in node.elts])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "keys" and not node.args:
                return self._keys(node.func.value, scope, depth + 1)
            return None
        if isinstance(node, ast.Call) and called_name(node) in _SAME and node.args:
            return self._items(node.args[0], scope, depth)
        elements = self._elements.of(node, scope)
        if elements is not None and all(text(one) is not None for one in elements):
            return joined([self._texts(one, scope, depth + 1) for one in elements])
        return self._keys(node, scope, depth + 1)


def _binds(target: ast.expr, name: str) -> bool:
    return any(is_name(part, name) for part in ast.walk(target))


def joined(parts: list[set[str] | None]) -> set[str] | None:
    """All texts of several sets; None where one of those is not known."""
    found: set[str] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return found
