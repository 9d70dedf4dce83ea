"""Rows that W&B drops, because the run is at a later step already.

A run's step may not fall: what `log(..., step=...)` gives for an earlier one is ignored, and only
a warning in the console says so. A call without `step` takes the run one step on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple, TypeGuard

from wandb_flyte.analysis.metrics.logs import Logs
from wandb_flyte.analysis.source.kinds import argument, called_name, is_name, literal
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import is_none, walk
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.generate.check.trial.switches import Switches

Place = tuple[ast.Call, Scope]
_Loop = ast.For | ast.AsyncFor | ast.While
_NAMES = (ast.Name, ast.Attribute, ast.Subscript)
# What shows how far a loop is.
_BARS = frozenset({"tqdm", "track"})
# The arguments of `range(start, stop, stride)`.
_WITH_STRIDE = 3


class _Rounds(NamedTuple):
    """A loop whose rounds are the steps of a call.

    Attributes:
        loop: The loop.
        scope: Where it stands.
        here: What stands in it: the call, or the call of the function that logs.
        first: The first step, None where the source does not show it.
    """

    loop: ast.For
    scope: Scope
    here: ast.Call
    first: int | None


def find_behind(
    name: str, logs: Logs, flow: Flow, switches: Switches
) -> tuple[Place, Place] | None:
    """The metric that is logged by a loop's rounds, while another call counts faster.

    Args:
        name: The metric.
        logs: What the program logs.
        flow: The kinds of its expressions.
        switches: What is known of its conditions.

    Returns:
        A call that logs the metric, and the one that is ahead of it; None unless every call that
        logs the metric is behind.
    """
    found: list[tuple[Place, Place]] = []
    for node, _ in logs.places.get(name, []):
        place = next((one for one in logs.calls if one[0] is node), None)
        rounds = _rounds(*place, flow) if place is not None else None
        if place is None or rounds is None or _opens_run(rounds, flow):
            return None
        others = (one for one in logs.calls if one[0] is not node and not switches.closed(*one))
        ahead = next((one for one in others if _is_ahead(one, place, rounds, flow)), None)
        if ahead is None:
            return None
        found.append((place, ahead))
    return found[0] if found else None


def step_of(call: ast.Call) -> ast.expr | None:
    """The step that a call of `log` gives."""
    return argument(call, "step", 1)


def _rounds(call: ast.Call, scope: Scope, flow: Flow) -> _Rounds | None:
    """The loop that a call's step counts, around it or around the one call of its function."""
    counted = _counted(step_of(call))
    if counted is None:
        return None
    name, offset = counted
    here = call
    if all(arg.arg != name for arg in scope.parameters):
        loop = _loop_over(name, here, flow)
    else:
        calls = flow.calls_of(scope)
        handed = _counted(scope.arguments(calls[0][0]).get(name)) if len(calls) == 1 else None
        if handed is None:
            return None
        here, scope = calls[0]
        loop, offset = _loop_over(handed[0], here, flow), offset + handed[1]
    rounds = _without_bar(loop.iter) if loop is not None else None
    if loop is None or not _is_by_one(rounds):
        return None
    start = _start(rounds)
    return _Rounds(loop, scope, here, None if start is None else start + offset)


def _counted(step: ast.expr | None) -> tuple[str, int] | None:
    """The name that a step is, and what is added to it: `epoch`, `epoch + 1`."""
    if isinstance(step, ast.Name):
        return step.id, 0
    if isinstance(step, ast.BinOp) and isinstance(step.op, ast.Add):
        added = literal(step.right)
        if isinstance(step.left, ast.Name) and type(added) is int:
            return step.left.id, added
    return None


def _loop_over(name: str, node: ast.AST, flow: Flow) -> ast.For | None:
    """The loop around a place that has this name for its rounds."""
    for outer in flow.scopes.outwards(node):
        if isinstance(outer, ast.For):
            target = outer.target
            if isinstance(target, ast.Tuple) and _is_call(outer.iter, "enumerate"):
                target = target.elts[0]
            if is_name(target, name):
                return outer
    return None


def _without_bar(rounds: ast.expr) -> ast.Call | None:
    """The call that a loop counts with: `range(9)` of `tqdm(range(9))`; None without one."""
    if isinstance(rounds, ast.Call) and called_name(rounds) in _BARS and rounds.args:
        rounds = rounds.args[0]
    return rounds if isinstance(rounds, ast.Call) else None


def _is_by_one(rounds: ast.Call | None) -> TypeGuard[ast.Call]:
    """Whether each round counts one more than the one before."""
    if rounds is None:
        return False
    name = called_name(rounds)
    return name in ("enumerate", "trange") or (name == "range" and len(rounds.args) < _WITH_STRIDE)


def _start(rounds: ast.Call) -> int | None:
    """The first number that a loop counts from, None where the source does not show it."""
    if called_name(rounds) == "enumerate":
        return 0 if len(rounds.args) == 1 and not rounds.keywords else None
    start = literal(rounds.args[0]) if len(rounds.args) > 1 else 0
    return start if isinstance(start, int) else None


def _is_call(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and called_name(node) == name


def _is_ahead(other: Place, place: Place, rounds: _Rounds, flow: Flow) -> bool:
    """Whether a call takes the run further in each round than the metric's."""
    call, scope = other
    if literal(argument(call, "commit", 2)) is False:
        return False
    asked = {*_tests(*place, rounds, flow), *_tests(rounds.here, rounds.scope, rounds, flow)}
    for here in _entered(other, rounds, flow):
        path = [*_within(here, rounds.scope, rounds, flow)]
        path += _within(call, scope, rounds, flow) if here is not call else []
        if any(isinstance(node, ast.ExceptHandler) for node in path):
            continue
        tests = {*_tests(here, rounds.scope, rounds, flow), *_tests(call, scope, rounds, flow)}
        loops = [node for node in path if isinstance(node, _Loop)]
        if loops:
            rises = _is_counted_by_itself(call) or _rises(other, loops, rounds, flow)
            if rises and all(map(_is_now_and_then, tests - asked)):
                return True
            continue
        before = tests <= asked and here.lineno < rounds.here.lineno
        if before and rounds.first == 0 and _is_counted_by_itself(call):
            return True
    return False


def _is_counted_by_itself(call: ast.Call) -> bool:
    step = step_of(call)
    return step is None or is_none(step)


def _rises(other: Place, loops: Sequence[ast.AST], rounds: _Rounds, flow: Flow) -> bool:
    """Whether a call's step rises within each round: `step`, `epoch * size + batch`."""
    call, scope = other
    parts = [*walk(step_of(call) or call)]
    counters = {
        ast.unparse(node.target)
        for node in scope.nodes
        if isinstance(node, ast.AugAssign)
        and any(isinstance(outer, _Loop) for outer in _within(node, scope, rounds, flow))
    }
    if any(ast.unparse(part) in counters for part in parts if isinstance(part, _NAMES)):
        return True
    targets = [loop.target for loop in loops if isinstance(loop, ast.For)]
    inner = {node.id for target in targets for node in walk(target) if isinstance(node, ast.Name)}
    named = {node.id for node in parts if isinstance(node, ast.Name)}
    products = [node for node in parts if isinstance(node, ast.BinOp)]
    return bool(inner & named) and any(isinstance(node.op, ast.Mult) for node in products)


def _entered(other: Place, rounds: _Rounds, flow: Flow) -> Iterator[ast.Call]:
    """What stands in the loop of a call: itself, or the calls of its function."""
    scope = other[1]
    calls = [other] if scope is rounds.scope else flow.calls_of(scope)
    for here, place in calls:
        if place is rounds.scope and any(
            node is rounds.loop for node in flow.scopes.outwards(here)
        ):
            yield here


def _opens_run(rounds: _Rounds, flow: Flow) -> bool:
    """Whether each round has a run of its own."""
    return any(any(_entered(opened, rounds, flow)) for opened in flow.openings[0])


def _tests(node: ast.AST, scope: Scope, rounds: _Rounds, flow: Flow) -> Iterator[str]:
    """The conditions around a place, as its code has them."""
    for outer in _within(node, scope, rounds, flow):
        if isinstance(outer, ast.If):
            holds = any(node is part for part in outer.body)
            yield ast.unparse(outer.test if holds else ast.UnaryOp(ast.Not(), outer.test))
        node = outer


def _is_now_and_then(test: str) -> bool:
    """Whether a condition holds again and again: `batch % 100 == 0`."""
    return " % " in test


def _within(node: ast.AST, scope: Scope, rounds: _Rounds, flow: Flow) -> Iterator[ast.AST]:
    """What stands around a place, in the loop or in all of another function."""
    if scope is not rounds.scope:
        return flow.scopes.outwards(node)
    return takewhile(lambda outer: outer is not rounds.loop, flow.scopes.outwards(node))
