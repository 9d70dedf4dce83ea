"""Options over which a program lays what a config file says, whatever the command line gives."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.config.reads import Place
from wandb_flyte.analysis.source.kinds import (
    PARSES,
    Kind,
    called_name,
    is_name,
    owner,
)
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.noted import noted_under
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.known_values import KnownValues
from wandb_flyte.generate.check.trial.switches import Switches

_ARGS = Kind("args")
_PAIR = 2
_SETS = 3


class LaidOver:
    """Tells which arguments a config file in sight has the last word on.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """

    def __init__(self, case: Case, switches: Switches) -> None:
        self._flow, self._switches = case.program.flow, switches
        self._known: KnownValues | None = None
        self.places: dict[str, Place] = {}
        for scope in self._flow.scopes.reached:
            for node in scope.each(ast.Call, ast.For):
                target, source = _laid(node)
                if not isinstance(target, ast.Name) or source is None:
                    continue
                if self._flow.kinds(target, scope) != {_ARGS} or not self._is_run(
                    node, target.id, scope
                ):
                    continue
                self._known = self._known or KnownValues(case)
                found = self._known.value(source, scope)
                for key in found if isinstance(found, dict) else ():
                    if isinstance(key, str) and not self._is_read_before(key, node, scope):
                        self.places.setdefault(key, scope.place(node))

    def _is_run(self, node: ast.AST, name: str, scope: Scope) -> bool:
        """Whether every run comes to a place behind the call that parses the command line."""
        values = scope.every_value(name) or []
        parses = [one for one in values if isinstance(one, ast.Call) and called_name(one) in PARSES]
        if len(values) != 1 or not parses or not self._switches.comes_to(parses[0], scope):
            return False
        return parses[0].lineno < getattr(node, "lineno", 0) and self._switches.comes_to(
            node, scope
        )

    def _is_read_before(self, key: str, node: ast.stmt | ast.expr, scope: Scope) -> bool:
        """Whether something may have read an argument before a file's value takes its place."""
        parents = self._flow.scopes.parents
        for other in scope.nodes:
            if not isinstance(other, ast.expr) or other.lineno >= node.lineno:
                continue
            kinds = self._flow.kinds(other, scope)
            handed = isinstance(parents.get(id(other)), ast.Call | ast.keyword) and _ARGS in kinds
            is_read = Kind("args", (key,)) in kinds or handed
            if is_read and noted_under(other, self._flow, scope) is None:
                return True
        return False


def _laid(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """What a loop or call lays something over, and what: `setattr(args, key, value)` of each."""
    if isinstance(node, ast.Call):
        target = node.func.value if isinstance(node.func, ast.Attribute) else None
        is_plain = called_name(node) == "update" and len(node.args) == 1 and not node.keywords
        inner = owner(target) if target is not None else None
        return (inner, node.args[0]) if is_plain and inner is not target else (None, None)
    if not isinstance(node, ast.For) or not isinstance(node.target, ast.Tuple):
        return None, None
    pair = [one.id for one in node.target.elts if isinstance(one, ast.Name)]
    call = node.iter if isinstance(node.iter, ast.Call) else None
    if call is None or called_name(call) != "items" or len(pair) != _PAIR or len(node.body) != 1:
        return None, None
    source = call.func.value if isinstance(call.func, ast.Attribute) else None
    return _filled(node.body[0], pair), source


def _filled(statement: ast.stmt, pair: list[str]) -> ast.expr | None:
    """What gets each item under its own key, and nothing else."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if not is_name(call.func, "setattr") or len(call.args) != _SETS:
            return None
        target, key, value = call.args
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        target, key = owner(statement.targets[0].value), statement.targets[0].slice
        value = statement.value
    else:
        return None
    return target if is_name(key, pair[0]) and is_name(value, pair[1]) else None
