"""Hyperparameters that get a name which is bound to something else before a program reads it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from wandb_flyte.analysis.config.reads import Keys, Place
from wandb_flyte.analysis.source.kinds import HOLDERS, Kind, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import before
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.noted import noted_under
from wandb_flyte.analysis.tracing.swallowed import takes_all
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.known_values import KnownValues

_WHOLES = frozenset({Kind("config"), Kind("merged")})
_LOOPS = (ast.AsyncFor, ast.For, ast.While)


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
        return next((where for one, _, where in self._lost if one in (path, ())), None)

    def comes_late(self, path: Keys) -> bool:
        """Whether it is lost with the whole config, which gets a name when all is read."""
        return path not in {one for one, _, _ in self._lost}

    @cached_property
    def _lost(self) -> list[tuple[Keys, ast.AST, Place]]:
        """The values that get lost: whose, the value, and where its name gets another."""
        found = [
            (kind.path, value, (scope.module.file, line))
            for scope in self._flow.scopes.reached
            for name, values in scope.named_values.items()
            if len(scope.binding(name)) > 1
            for value in values
            for kind in self._flow.kinds(value, scope)
            if kind.what in HOLDERS and kind.path
            if (line := self._rebound(name, value, scope, kind.path))
        ]
        return [*found, *self._lost_parameters(), *self._lost_wholes()]

    def _lost_wholes(self) -> Iterator[tuple[Keys, ast.AST, Place]]:
        """The whole config under a name that nothing asks for from then on."""
        for scope in self._flow.scopes.reached:
            if scope.node is None:
                continue
            for name, values in scope.named_values.items():
                for value in values if len(scope.binding(name)) > 1 else ():
                    kinds = self._flow.kinds(value, scope)
                    if kinds and kinds <= _WHOLES and self._is_last(name, value, scope):
                        yield (), value, (scope.module.file, value.lineno)

    def _is_last(self, name: str, value: ast.expr, scope: Scope) -> bool:
        """Whether a function asks for a name only before it gets a value, and in no loop."""
        own, end = set(map(id, scope.nodes)), value.end_lineno or value.lineno
        if not isinstance(self._parents.get(id(value)), ast.Assign):
            return False
        if any(isinstance(one, _LOOPS) for one in self._flow.scopes.outwards(value)):
            return False
        loads = scope.loads.get(name, ())
        is_own = name not in self._flow.scopes.shared and all(id(use) in own for use in loads)
        is_own = is_own and not any(map(takes_all, scope.calls))
        return is_own and all(use.lineno <= end for use in loads)

    def _lost_parameters(self) -> Iterator[tuple[Keys, ast.AST, Place]]:
        """The same of parameters that a function binds to values of its own first."""
        for scope in self._flow.scopes.reached:
            for arg in scope.parameters:
                values = scope.named_values.get(arg.arg, [])
                if not values or len(values) != len(scope.binding(arg.arg)):
                    continue
                kinds = [k for k in self._flow.named(arg.arg, scope) if k.what in HOLDERS]
                if not kinds or any(self._flow.kinds(value, scope) for value in values):
                    continue
                if line := self._rebound_first(arg.arg, scope):
                    place = (scope.module.file, line)
                    yield from ((kind.path, arg, place) for kind in kinds if kind.path)

    def _rebound_first(self, name: str, scope: Scope) -> int:
        """The line where a parameter gets another value before anything asks for it; 0 for none."""
        own, loads = set(map(id, scope.nodes)), scope.loads.get(name, ())
        if scope.node is None or any(id(use) not in own for use in loads):
            return 0
        lines = [next(self._between(use, name, scope.node, scope), 0) for use in loads]
        return min(lines, default=0)

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

    def _between(self, use: ast.expr, name: str, first: ast.stmt, scope: Scope) -> Iterator[int]:
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
