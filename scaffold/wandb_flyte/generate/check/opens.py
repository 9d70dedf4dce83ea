"""The calls by which a program opens runs."""

from __future__ import annotations

import ast

from .flow import Flow
from .kinds import called_name
from .scopes import Scope


def openings(flow: Flow) -> tuple[list[tuple[ast.Call, Scope]], bool]:
    """The calls of `wandb.init`; and whether something else may open a run, unseen."""
    opens: list[tuple[ast.Call, Scope]] = []
    others = False
    for scope in flow.scopes.reached:
        for call in scope.calls:
            if is_of_wandb(call, "init", flow, scope):
                opens.append((call, scope))
            elif "wandb" in called_name(call).lower():
                others |= not flow.scopes.resolve(call.func, scope)
    return opens, others


def is_of_wandb(call: ast.Call, name: str, flow: Flow, scope: Scope) -> bool:
    """Whether a function of wandb's is called, however it was imported."""
    if called_name(call) == name and isinstance(call.func, ast.Attribute):
        return any(kind.what == "wandb" for kind in flow.kinds(call.func.value, scope))
    return scope.module.outside.get(called_name(call)) == f"wandb.{name}"
