"""Expressions of a program that are plain numbers, whatever it runs on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.decorators import is_changed
from wandb_flyte.analysis.source.kinds import is_name
from wandb_flyte.analysis.source.scope import Scope

from .callees import Callees

_CALLS = frozenset({"float", "int", "len", "round"})
_STEPS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_Seen = frozenset[tuple[int, str]]


class Numbers:
    """Tells what is a number, and nothing that could be gone through.

    Args:
        callees: What the program's calls surely come to.
    """

    def __init__(self, callees: Callees) -> None:
        self._callees = callees

    def holds(self, node: ast.expr, scope: Scope, seen: _Seen = frozenset()) -> bool:
        """Whether an expression surely is a number.

        Args:
            node: The expression.
            scope: Where it stands.
            seen: The names that are looked at already: where one comes back, the others decide.
        """
        if isinstance(node, ast.Constant):
            return isinstance(node.value, int | float)
        if isinstance(node, ast.UnaryOp):
            return self.holds(node.operand, scope, seen)
        if isinstance(node, ast.BinOp):
            parts = (node.left, node.right)
            is_step = isinstance(node.op, _STEPS)
            return is_step and all(self.holds(one, scope, seen) for one in parts)
        if isinstance(node, ast.Name):
            return self._is_named(node.id, scope, seen)
        return isinstance(node, ast.Call) and self._is_called(node, scope, seen)

    def _is_called(self, call: ast.Call, scope: Scope, seen: _Seen) -> bool:
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr == "item":
            return not call.args and not call.keywords
        if isinstance(func, ast.Attribute) and func.attr == "size":
            return len(call.args) == 1 and not call.keywords  # `size(0)` of a tensor.
        if isinstance(func, ast.Name) and func.id in _CALLS:
            return not scope.module.find(func.id) and not scope.binding(func.id)
        return self._gives(call, None, scope, seen)

    def _gives(self, call: ast.Call, place: int | None, scope: Scope, seen: _Seen) -> bool:
        """Whether a function of the program gives back a number, or has one at a place."""
        inner = self._callees.of(call.func, scope)
        if not isinstance(inner, Scope) or not isinstance(inner.node, ast.FunctionDef):
            return False
        if is_changed(inner.node) or inner.each(ast.Yield, ast.YieldFrom):
            return False
        key = (id(inner), "")
        given = [one.value for one in inner.each(ast.Return)] if key not in seen else []
        parts = [one if place is None else _part(one, place) for one in given]
        return bool(parts) and all(
            one is not None and self.holds(one, inner, seen | {key}) for one in parts
        )

    def _is_named(self, name: str, scope: Scope, seen: _Seen) -> bool:
        """Whether a name of a scope is only ever bound to numbers."""
        key = (id(scope), name)
        if key in seen:
            return True
        found = list(_bound(name, scope))
        is_all = bool(found) and len(found) == len(scope.binding(name))
        if not is_all or name in scope.given_names or self._callees.is_shared(name):
            return False
        return all(
            self.holds(value, scope, seen | {key})
            if place is None
            else isinstance(value, ast.Call) and self._gives(value, place, scope, seen | {key})
            for value, place in found
        )


def _bound(name: str, scope: Scope) -> Iterator[tuple[ast.expr, int | None]]:
    """What is bound to a name: a value, or what a value has at a place."""
    for node in scope.each(ast.Assign, ast.AnnAssign, ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if (value := node.value) is None:
            continue
        for target in targets:
            if is_name(target, name):
                yield value, None
            elif isinstance(target, ast.Tuple):
                places = (i for i, one in enumerate(target.elts) if is_name(one, name))
                starred = any(isinstance(one, ast.Starred) for one in target.elts)
                yield from () if starred else ((value, place) for place in places)


def _part(node: ast.expr | None, place: int) -> ast.expr | None:
    """What a tuple that is written out has at a place."""
    parts = node.elts if isinstance(node, ast.Tuple) else []
    starred = any(isinstance(one, ast.Starred) for one in parts)
    return parts[place] if place < len(parts) and not starred else None
