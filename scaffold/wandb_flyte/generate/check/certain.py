"""What every run of a program comes to, as far as its calls and conditions show."""

from __future__ import annotations

import ast

from .flow import Flow
from .kinds import called_name, given
from .scopes import Scope


class Certain:
    """Tells what stands under no condition.

    Args:
        flow: The program.

    Attributes:
        entered_by: The scopes that every run enters, by calls that stand under no condition: each
            one's id, with such a call; None for those that a run starts with.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._scopes = flow.scopes
        self.entered_by = self._surely_entered()

    def _surely_entered(self) -> dict[int, tuple[ast.Call, Scope] | None]:
        todo = [scope for scope in self._scopes.reached if scope.node is None]
        todo += [self._flow.start] if self._flow.start else []
        sure: dict[int, tuple[ast.Call, Scope] | None] = {id(scope): None for scope in todo}
        while todo:
            scope = todo.pop()
            for node in scope.calls:
                if id(node) not in scope.certain:
                    continue
                # `wandb.agent(id, function=train)` calls what it is given.
                called = [node.func, *(given(node) if called_name(node) == "agent" else [])]
                targets = [t for one in called for t in self._scopes.resolve(one, scope)]
                for target in targets if len(targets) == 1 else []:
                    inner = self._scopes.entered_by(target)
                    if inner is not None and id(inner) not in sure:
                        sure[id(inner)] = (node, scope)
                        todo.append(inner)
        return sure

    def is_certain(self, node: ast.AST, scope: Scope) -> bool:
        """Whether every run comes to a node."""
        return id(scope) in self.entered_by and id(node) in scope.certain
