"""Agents that a program starts itself, and what they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from wandb_flyte.analysis.command_line.interface import option_for
from wandb_flyte.analysis.config.starts import agent_calls
from wandb_flyte.analysis.source.kinds import argument, called_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.statements import is_main_guard
from wandb_flyte.analysis.source.syntax import is_none
from wandb_flyte.analysis.tracing.agents import agents_of
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

_GIVES = (ast.Return, ast.Yield, ast.YieldFrom)


def check_agents(case: Case) -> Iterator[Finding]:
    """`wandb.agent(sweep_id, function=train())`, where `train` gives nothing back.

    Args:
        case: The sweep and its code.
    """
    entry = case.program.flow.sources.entry
    for call in _agents(case):
        made = argument(call, "function", 1)
        name = (
            made.func.id if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) else ""
        )
        if name and _gives_nothing(name, entry, case):
            message = (
                f"`wandb.agent` gets what `{show(name)}` gives back, and that is nothing: it has no"
                " function to call."
            )
            hint = f"Leave the call to it: `function={show(name)}`, or a `lambda` that calls it."
            place = (entry.file, call.lineno)
            yield case.in_code(place, message, hint, "WF118", "error")


def own_agent(case: Case, switches: Switches) -> ast.Call | None:
    """The first `wandb.agent` with a function that a trial comes to.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    return _first(call for call, scope in _with_function(case) if not switches.closed(call, scope))


def agent_by_hand(case: Case) -> ast.Call | None:
    """The first that who starts the program by hand comes to: none of its options is swept.

    Not where the program says itself that `wandb agent` starts it.

    Args:
        case: The sweep and its code.
    """
    interface = case.program.interface
    told = ast.get_docstring(case.program.flow.sources.entry.tree) or ""
    if "wandb agent" in told or any(option_for(interface, name) for name in case.sweep.names):
        return None
    return _first(call for call, _ in _with_function(case))


def _first(agents: Iterable[ast.Call]) -> ast.Call | None:
    return min(agents, key=lambda call: call.lineno, default=None)


def _with_function(case: Case) -> list[tuple[ast.Call, Scope]]:
    """The agents of the file that is started that call a function."""
    flow = case.program.flow
    return [
        (call, scope)
        for call, scope in agents_of(flow)
        if scope.module is flow.sources.entry and argument(call, "function", 1) is not None
    ]


def _agents(case: Case) -> Iterator[ast.Call]:
    """The calls of `wandb.agent` in the file that is started, or that the objective stands in."""
    flow = case.program.flow
    for call, scope in agents_of(flow):
        if scope.module is flow.sources.entry and called_name(call) == "agent":
            yield call
    if case.program.function is not None:
        for node in flow.sources.entry.tree.body:
            yield from agent_calls(node) if is_main_guard(node) else ()


def _gives_nothing(name: str, module: Module, case: Case) -> bool:
    """Whether a call of a function gives back None, whatever it gets."""
    found = module.find(name)
    function = found[1] if found is not None else None
    if not isinstance(function, ast.FunctionDef) or function.decorator_list:
        return False
    scope = case.program.flow.scopes.by_node.get(id(function))
    gives = scope.each(*_GIVES) if scope is not None else [function]
    return all(isinstance(one, ast.Return) and _is_nothing(one.value) for one in gives)


def _is_nothing(node: ast.expr | None) -> bool:
    return node is None or is_none(node)
