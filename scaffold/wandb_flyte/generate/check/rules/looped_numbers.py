"""Numbers that a program goes through as if they were lists."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.numbers import Numbers
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import EVERY, Switches
from wandb_flyte.generate.names import show

_FIRST = frozenset({"enumerate", "len", "list", "set", "sorted", "sum", "tuple"})


def check_looped_numbers(case: Case, switches: Switches) -> Iterator[Finding]:
    """`for loss in evaluate(net)`, where `evaluate` gives back one number.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    numbers = Numbers(case.program.callees)
    for scope in case.program.flow.scopes.reached:
        if not case.program.names.is_loaded(scope.module):
            continue
        for node, looped in _looped(scope):
            if not isinstance(looped, ast.Call | ast.Name) or not numbers.holds(looped, scope):
                continue
            if who := switches.stopped(node, scope):
                message = f"`{show(ast.unparse(looped))}` is one number here: {who} stops."
                severity: Severity = "error" if who == EVERY else "warning"
                hint = "Take it as it is, or collect the numbers in a list first."
                yield case.in_code(scope.place(looped), message, hint, "WF105", severity)


def _looped(scope: Scope) -> Iterator[tuple[ast.AST, ast.expr]]:
    """What loops and functions go through, each with what has to be come to."""
    for loop in scope.each(ast.For):
        yield loop.iter, loop.iter
    for part in scope.each(ast.comprehension):
        yield part.iter, part.iter
    for call in scope.calls:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        is_own = scope.module.find(name) is not None or bool(scope.binding(name))
        if name == "zip" and not is_own:
            yield from ((call, one) for one in call.args)
        elif name in _FIRST and not is_own and call.args:
            yield call, call.args[0]
