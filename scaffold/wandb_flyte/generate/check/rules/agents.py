"""Agents that get what a function gives back, where they need the function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.config.starts import agent_calls
from wandb_flyte.analysis.source.kinds import argument, called_name
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.statements import is_main_guard
from wandb_flyte.analysis.source.syntax import is_none
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
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


def _agents(case: Case) -> Iterator[ast.Call]:
    """The calls of `wandb.agent` in the file that is started, or that the objective stands in."""
    flow = case.program.flow
    for scope in flow.scopes.reached:
        for call in scope.calls if scope.module is flow.sources.entry else ():
            if called_name(call) == "agent" and flow.is_of_wandb(call, "agent", scope):
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
