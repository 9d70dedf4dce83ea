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
        for node in scope.nodes:
            if not isinstance(node, ast.Call):
                continue
            name, called = called_name(node), node.func
            base = flow.kinds(called.value, scope) if isinstance(called, ast.Attribute) else ()
            if any(kind.what == "wandb" for kind in base):
                if name == "init":
                    opens.append((node, scope))
            elif scope.module.outside.get(name) == "wandb.init":
                opens.append((node, scope))
            elif "wandb" in name.lower():
                others |= not flow.scopes.resolve(called, scope)
    return opens, others
