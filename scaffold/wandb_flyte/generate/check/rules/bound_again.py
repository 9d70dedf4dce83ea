"""Hyperparameters that get a name which is bound to something else before a program reads it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from wandb_flyte.analysis.config.reads import Keys, Place
from wandb_flyte.analysis.source.kinds import HOLDERS, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import before
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.noted import noted_under
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.known_values import KnownValues


class BoundAgain:
    """Tells which hyperparameters get lost so, and where.

    Args:
        case: The sweep and its code.
        known: What is known of the values in it.
    """

    def __init__(self, case: Case, known: KnownValues) -> None:
        self._case = case
        self._flow = case.program.flow
        self._parents = case.program.flow.scopes.parents
        self._known = known

    @cached_property
    def case(self) -> Case:
        """The case, as if those names had never got the values."""
        lost = {node for _, node, _ in self._lost}
        return (
            replace(self._case, program=self._case.program.without(lost=lost))
            if lost
            else self._case
        )

    def place(self, path: Keys) -> Place | None:
        """Where a hyperparameter is lost first; None where it is not."""
        return next((where for one, _, where in self._lost if one == path), None)

    @cached_property
    def _lost(self) -> list[tuple[Keys, ast.expr, Place]]:
        """The values that get lost: whose, the value, and where its name gets another."""
        return [
            (kind.path, value, (scope.module.file, line))
            for scope in self._flow.scopes.reached
            for name, values in scope.named_values.items()
            if len(scope.binding(name)) > 1
            for value in values
            for kind in self._flow.kinds(value, scope)
            if kind.what in HOLDERS and kind.path
            if (line := self._rebound(name, value, scope, kind.path))
        ]

    def _rebound(self, name: str, value: ast.expr, scope: Scope, path: Keys) -> int:
        """The line where a name loses a value before anything reads it; 0 where it may be read."""
        own = set(map(id, scope.nodes))
        statement = self._parents.get(id(value))
        lines: list[int] = []
        if not isinstance(statement, ast.Assign) or name in self._flow.scopes.shared:
            return 0
        for use in scope.loads.get(name, ()):
            if id(use) not in own:
                return 0
            again = next(self._between(use, name, statement, scope), 0)
            if not again and self._may_read(use, scope, path):
                return 0
            lines += [again] if again else []
        return min(lines, default=0)

    def _may_read(self, use: ast.expr, scope: Scope, path: Keys) -> bool:
        """Whether a value is not only written down, or is read where it is."""
        keys = noted_under(use, self._flow, scope)
        if keys is None:
            return True
        return bool(keys) and keys != path and self._case.program.config.may_read(keys)

    def _between(self, use: ast.expr, name: str, first: ast.Assign, scope: Scope) -> Iterator[int]:
        """The lines that surely bind a name again, before it is asked for."""
        top = scope.node or scope.module.tree
        current: ast.AST = use
        while current is not top:
            block = self._parents.get(id(current), top)
            for one in before(current, block):
                if one is not first and one.lineno > first.lineno and self._binds(one, name, scope):
                    yield one.lineno
            current = block

    def _binds(self, statement: ast.stmt, name: str, scope: Scope) -> bool:
        """Whether a statement binds a name whenever a run comes to it."""
        if isinstance(statement, ast.If):
            truth = self._known.truth(statement.test, scope)
            blocks = [
                b
                for b, way in ((statement.body, True), (statement.orelse, False))
                if truth in (way, UNKNOWN)
            ]
            return all(any(self._binds(one, name, scope) for one in block) for block in blocks)
        if not isinstance(statement, ast.Assign):
            return False
        parts = (getattr(one, "elts", [one]) for one in statement.targets)
        return any(is_name(part, name) for many in parts for part in many)
