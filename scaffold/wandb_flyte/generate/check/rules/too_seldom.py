"""Metrics that a trial logs so seldom that early termination never acts.

Hyperband counts how often a trial has logged the metric, and judges it first at the lowest band.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.names import show

_LOOPS = (ast.AsyncFor, ast.For, ast.While, ast.comprehension, ast.GeneratorExp, ast.ListComp)
_LATER = (ast.ClassDef, ast.Lambda)


def check_too_seldom(case: Case, *, returned: bool) -> Iterator[Finding]:
    """`early_terminate` with `min_iter: 3`, where the metric is logged once behind all epochs.

    Args:
        case: The sweep and its code.
        returned: Whether the objective returns the metric, which logs it once more.
    """
    early, metric, flow = case.sweep.early_terminate, case.sweep.metric, case.program.flow
    if not case.whole or early is None or metric is None or not early.bands:
        return
    places = case.program.logs.places.get(metric.name, [])
    counts = [_times(node, scope, flow, set()) for node, scope in places]
    if None in counts or not (places or returned):
        return
    times, first = sum(one or 0 for one in counts) + returned, min(early.bands)
    if times < first:
        often = "once" if times == 1 else f"{times} times"
        message = (
            f"Early termination judges a trial when it has logged `{show(metric.name)}` {first}"
            f" times, and each logs it {often}: it stops none."
        )
        hint = "Log the metric in each epoch, or take `early_terminate` out."
        yield case.in_sweep(("early_terminate",), message, hint, "WF306")


def _times(node: ast.AST, scope: Scope, flow: Flow, seen: set[int]) -> int | None:
    """How often a trial comes to a place at most; None where the source does not show it."""
    around = list(flow.scopes.outwards(node))
    if any(isinstance(one, _LOOPS + _LATER) for one in around) or id(scope) in seen:
        return None
    if scope is flow.start or scope.node is None:
        return 1
    calls = flow.calls_of(scope)
    named = len(flow.scopes.names.get(scope.node.name, ()))
    # What is handed somewhere may be called from there, and so may a method.
    if scope.owner is not None or named != len(calls):
        return None
    counts = [_times(call, place, flow, seen | {id(scope)}) for call, place in calls]
    return None if None in counts else sum(one or 0 for one in counts)
