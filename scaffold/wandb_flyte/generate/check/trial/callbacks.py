"""Functions that a program gives to other packages, which call them."""

from __future__ import annotations

import ast
from functools import cached_property

from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import called_name, given
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.generate.names import show

# What keeps a function for later, and may never call it.
_KEEP = frozenset({"add_argument", "register", "set_defaults", "signal"})


class Callbacks:
    """Tells which calls of other packages get a function of the program.

    Args:
        program: The program.
    """

    def __init__(self, program: Program) -> None:
        self._scopes = program.flow.scopes

    def around(self, node: ast.AST, scope: Scope) -> tuple[str, ast.AST, ast.Call, Scope] | None:
        """The function around a place, where it is given to a call of another package.

        Returns:
            How it is named, the function itself, and the call with its scope.
        """
        current: ast.AST | None = node
        while current is not None:
            if id(current) in self._given and isinstance(current, ast.Lambda):
                return "this `lambda`", current, *self._given[id(current)]
            current = self._scopes.parents.get(id(current))
        if scope.node is None or id(scope.node) not in self._given:
            return None
        return f"`{show(scope.node.name)}`", scope.node, *self._given[id(scope.node)]

    @cached_property
    def _given(self) -> dict[int, tuple[ast.Call, Scope]]:
        found: dict[int, tuple[ast.Call, Scope]] = {}
        for scope in self._scopes.reached:
            for call in scope.calls:
                functions = [f for one in given(call) for f in self._functions(one, scope)]
                is_own = functions and self._scopes.resolve(call.func, scope)
                if functions and not is_own and called_name(call) not in _KEEP:
                    for function in functions:
                        found.setdefault(id(function), (call, scope))
        return found

    def _functions(self, node: ast.expr, scope: Scope) -> list[ast.AST]:
        if isinstance(node, ast.Lambda):
            return [node]
        if not isinstance(node, ast.Name):
            return []
        targets = self._scopes.resolve(node, scope)
        return [one.node for one in targets if isinstance(one, Scope) and one.node is not None]
