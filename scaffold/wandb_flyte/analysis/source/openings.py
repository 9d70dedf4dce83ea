"""Where a program opens its runs."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from wandb_flyte.spec import dotted

from .kinds import called_name, full_name
from .scope import Scope

if TYPE_CHECKING:
    from wandb_flyte.analysis.tracing.flow import Flow

# What of wandb logs to the run that is open, and opens none.
_NEEDS_RUN = re.compile(r"wandb\.[\w.]*(Callback|Checkpoint|Logger|_callback)$")


def find_openings(flow: Flow) -> tuple[list[tuple[ast.Call, Scope]], bool]:
    """The calls that open a run; and whether something else may open a run, unseen."""
    opens: list[tuple[ast.Call, Scope]] = []
    others = hands_init_on(flow)
    for scope in flow.scopes.reached:
        for call in scope.calls:
            name = called_name(call)
            if flow.is_of_wandb(call, "init", scope):
                opens.append((call, scope))
            elif name == "init_trackers":
                others = True
            elif "wandb" in name.lower() and not flow.scopes.resolve(call.func, scope):
                if name == "WandbLogger":
                    opens.append((call, scope))
                origin = full_name(call.func, scope.module.outside)
                others |= name != "WandbLogger" and not _NEEDS_RUN.match(origin)
    return opens, others


def hands_init_on(flow: Flow) -> bool:
    """Whether `wandb.init` goes elsewhere to be called."""
    return any(
        node.attr == "init" and dotted(node) == "wandb.init" and _is_handed_on(node, flow)
        for scope in flow.scopes.reached
        for node in scope.each(ast.Attribute)
    )


def _is_handed_on(node: ast.Attribute, flow: Flow) -> bool:
    """Whether a function goes elsewhere to be called, `partial(f)`, `lambda: f()`, `g = f`."""
    call = flow.scopes.parents.get(id(node))
    if not isinstance(call, ast.Call) or call.func is not node:
        return True
    around = flow.scopes.parents.get(id(call))
    return isinstance(around, ast.Lambda)
