"""What every run of a program comes to, as far as its calls and conditions show."""

from __future__ import annotations

import ast

from wandb_flyte.generate._syntax import walk

from .flow import Flow
from .kinds import called_name, given
from .scopes import Scope


class Certain:
    """Tells what stands under no condition.

    Args:
        flow: The program.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._scopes = flow.scopes
        self._sure = self._surely_called()

    def _surely_called(self) -> set[int]:
        """The scopes that every run enters, by calls that stand under no condition."""
        todo = [scope for scope in self._scopes.reached if scope.node is None]
        todo += [self._flow.start] if self._flow.start else []
        sure = {id(scope) for scope in todo}
        while todo:
            scope = todo.pop()
            for node in scope.calls:
                if id(node) not in scope.certain and not self._in_main_guard(node, scope):
                    continue
                # `wandb.agent(id, function=train)` calls what it is given.
                called = [node.func, *(given(node) if called_name(node) == "agent" else [])]
                targets = [t for one in called for t in self._scopes.resolve(one, scope)]
                for target in targets if len(targets) == 1 else []:
                    inner = self._scopes.entered_by(target)
                    if inner is not None and id(inner) not in sure:
                        sure.add(id(inner))
                        todo.append(inner)
        return sure

    def _in_main_guard(self, node: ast.AST, scope: Scope) -> bool:
        if scope.node is not None:
            return False
        parents, depth = self._scopes.parents, 0
        current: ast.AST | None = node
        while current is not None:
            if isinstance(current, ast.If | ast.Try | ast.While):
                named = {n.id for n in walk(current) if isinstance(n, ast.Name)}
                is_guard = isinstance(current, ast.If) and "__name__" in named
                if not is_guard:
                    return False
                depth += 1
            current = parents.get(id(current))
        return depth == 1

    def is_certain(self, node: ast.AST, scope: Scope) -> bool:
        """Whether every run comes to a node."""
        if id(scope) not in self._sure:
            return False
        return id(node) in scope.certain or self._in_main_guard(node, scope)
