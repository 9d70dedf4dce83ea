"""Learning rates of optimizers that a scheduler of one cycle sets anew, whatever they are.

PyTorch's `OneCycleLR` starts at `max_lr / div_factor` and writes that into its optimizer.
"""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import argument, called_name, full_name, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import is_decided
from wandb_flyte.generate.check.trial.case import Case

_OPTIMIZERS = "torch.optim."


def find_one_cycle(
    places: list[tuple[ast.expr, Scope]], case: Case
) -> tuple[ast.Call, Scope] | None:
    """The scheduler that sets the rate anew, where a hyperparameter is read for such rates alone.

    Args:
        places: Where it is read.
        case: The sweep and its code.
    """
    found = [_scheduler(node, scope, case) for node, scope in places]
    return found[0] if found and None not in found else None


def _scheduler(node: ast.expr, scope: Scope, case: Case) -> tuple[ast.Call, Scope] | None:
    """The call of `OneCycleLR` that every run comes to, for the optimizer that gets a rate."""
    parents = case.program.flow.scopes.parents
    given = parents.get(id(node))
    call = parents.get(id(given)) if isinstance(given, ast.keyword) else given
    if not isinstance(call, ast.Call) or argument(call, "lr", 1) is not node:
        return None
    if not full_name(call.func, scope.module.outside).startswith(_OPTIMIZERS):
        return None
    bound = parents.get(id(call))
    target = bound.targets[0] if isinstance(bound, ast.Assign) else None
    if not isinstance(target, ast.Name):
        return None
    cycles = (
        one
        for one in scope.calls
        if called_name(one) == "OneCycleLR" and is_name(argument(one, "optimizer", 0), target.id)
    )
    found = [one for one in cycles if not is_decided(one, parents)]
    # What it makes of the rate that the optimizer has is made of the hyperparameter.
    of_rate = any(is_name(node, target.id) for one in found for node in ast.walk(_rate_of(one)))
    return (found[0], scope) if found and not of_rate else None


def _rate_of(call: ast.Call) -> ast.AST:
    return argument(call, "max_lr", 1) or call.func
