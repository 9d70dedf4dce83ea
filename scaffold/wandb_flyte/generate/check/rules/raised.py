"""Exceptions that every trial raises, as neither command nor sweep gives what leads elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.kinds import called_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import EXITS
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show
from wandb_flyte.spec import dotted

_LOOPS = (ast.AsyncFor, ast.For, ast.While)
# What ends a program, a loop or a trial in the ordinary way.
_ORDINARY = ("Exit", "Interrupt", "Iteration", "Pruned", "Stopped", "Stop")


def check_raised(case: Case, switches: Switches) -> Iterator[Finding]:
    """The first `raise` that every trial comes to, and that nothing catches where it stands.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    for scope in case.program.flow.scopes.reached:
        for node in scope.each(ast.Raise):
            name = _raised(node)
            if not name or name.endswith(_ORDINARY) or not switches.reached(node, scope):
                continue
            if _is_straight(node, scope, case, switches):
                message = f"Every trial comes to this `raise {show(name)}`, and stops."
                hint = "Give what leads elsewhere, in the command or in the sweep."
                yield case.in_code(scope.place(node), message, hint, "WF119", "error")
                return


def _raised(node: ast.Raise) -> str:
    """The name of what is raised; empty where it is raised again."""
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return dotted(raised).rpartition(".")[2] if raised is not None else ""


def _is_straight(node: ast.AST, scope: Scope, case: Case, switches: Switches) -> bool:
    """Whether nothing may leave before a place, there or where it is called, nor a loop skip it."""
    entered: tuple[ast.AST, Scope] | None = (node, scope)
    while entered is not None:
        node, scope = entered
        if _is_after_loop(node, switches) or _may_leave_before(node, scope, switches):
            return False
        if id(scope) not in case.program.certain.entered_by:
            return False
        entered = case.program.certain.entered_by[id(scope)]
    return True


def _may_leave_before(node: ast.AST, scope: Scope, switches: Switches) -> bool:
    """Whether a statement or call may end a function, or the program, before a place is come to."""
    if scope.each(ast.Yield, ast.YieldFrom):
        return True  # Who calls it does not run it yet.
    return any(
        one is not node
        and one.lineno < getattr(node, "lineno", 0)
        and (not isinstance(one, ast.Call) or called_name(one) in EXITS)
        and not switches.closed(one, scope)
        for one in scope.each(ast.Call, ast.Raise, ast.Return)
    )


def _is_after_loop(node: ast.AST, switches: Switches) -> bool:
    """Whether a place is in the `else` of a loop, which `break` leaves out."""
    parent = switches.parents.get(id(node))
    while parent is not None:
        if any(node is one for one in getattr(parent, "orelse", ())) and isinstance(parent, _LOOPS):
            return True
        node, parent = parent, switches.parents.get(id(parent))
    return False
