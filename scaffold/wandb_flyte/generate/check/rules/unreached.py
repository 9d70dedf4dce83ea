"""Runs that no trial opens, and metrics that none logs, as a dry run of it shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.dry_run.run import Result
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.followed import Followed
from wandb_flyte.generate.names import show

from .metric import logged_in_sight

_NOWHERE = frozenset({"disabled", "dryrun", "offline"})


def check_unreached(case: Case, followed: Followed) -> Iterator[Finding]:
    """A run that no trial opens, or that reaches nobody; a metric that no trial logs.

    Args:
        case: The sweep and its code.
        followed: The dry run.
    """
    opens, others = case.program.flow.openings
    logs, metric = case.program.logs, case.sweep.metric
    name = metric.name if metric is not None else ""
    alone = bool(opens) and not others and not logs.opens_by_others and not case.program.starts
    places = logs.places.get(name, []) if logged_in_sight(case, name) else []
    if not (alone or places) or (result := followed.result) is None or result.stops_all:
        return
    if alone and (found := _opening(case, opens, result)) is not None:
        yield found
    elif places and not any(_may_come_to(*one, result, case) for one in places):
        message = f"No trial comes to where `{show(name)}` is logged."
        hint = "Change the command, the sweep, or what the code's conditions ask for."
        yield case.in_code(logs.names[name], message, hint, "WF301", "warning")


def _opening(case: Case, opens: list[tuple[ast.Call, Scope]], result: Result) -> Finding | None:
    """The run that is opened nowhere, or for nobody."""
    call, scope = opens[0]
    if not any(_may_come_to(*one, result, case) for one in opens):
        message = "No trial comes to where the run is opened, so nothing of it reaches W&B."
        hint = "Change the command, the sweep, or what the code's conditions ask for."
        return case.in_code(scope.place(call), message, hint, "WF109", "error")
    known = [mode for mode in result.modes if mode is not None]
    if not known or len(known) < len(result.modes):
        return None
    if all(set(mode) <= _NOWHERE for mode in known):
        message = (
            f"The run is opened with the mode `{show(str(known[0][0]))}`: W&B gets none of it."
        )
        hint = "Let the mode be `online`, or leave it out."
        return case.in_code(scope.place(call), message, hint, "WF109", "error")
    return None


def _may_come_to(node: ast.AST, scope: Scope, result: Result, case: Case) -> bool:
    """Whether a trial may come to a place.

    Who calls a function of which that is not seen, nobody knows.
    """
    body = scope.node.body if scope.node is not None else scope.module.tree.body
    if not body or isinstance(body, ast.expr) or id(body[0]) not in result.reached:
        return True
    parents = case.program.flow.scopes.parents
    current: ast.AST | None = node
    while current is not None and not isinstance(current, ast.stmt):
        current = parents.get(id(current))
    return current is None or id(current) in result.reached
