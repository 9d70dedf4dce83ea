"""Names that only some branches bind, and that are asked for behind them whatever held."""

from __future__ import annotations

import ast
import builtins

from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import bound_by
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import Switches


def leaves_unbound(node: ast.If, scope: Scope, case: Case, switches: Switches) -> bool:
    """Whether a run stops behind an `if` when neither it nor an `elif` of it holds.

    Args:
        node: The statement. It has no `else`.
        scope: Where it stands.
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    is_open = case.program.flow.scopes.runs_text or case.program.names.of(scope).is_open
    if id(node) not in scope.certain or is_open:
        return False
    inside = {id(one): one for branch in _branches(node) for one in walk(branch)}
    if any(isinstance(one, ast.ClassDef) for one in inside.values()):
        return False  # What is bound in it is its own.
    bound = {name for one in inside.values() if (name := bound_by(one)) is not None}
    known = scope.takes if scope.node else set(dir(builtins))
    alone = {
        name
        for name in bound - known - case.program.flow.scopes.shared
        if (nodes := scope.binding(name)) and all(id(one) in inside for one in nodes)
    }
    end = node.end_lineno or node.lineno
    return any(
        load.id in alone
        and load.lineno > end
        and id(load) in scope.certain
        and switches.sure(load, scope)
        for load in (scope.each(ast.Name) if alone else ())
        if isinstance(load.ctx, ast.Load)
    )


def _branches(node: ast.If) -> list[ast.stmt]:
    """What runs in one of an `if`'s cases alone."""
    found = [*node.body]
    while len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        node = node.orelse[0]
        found += node.body
    return found
