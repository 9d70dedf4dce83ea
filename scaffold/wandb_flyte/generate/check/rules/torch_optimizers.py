"""Optimizers of PyTorch, and calls of them with arguments that they do not take."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from wandb_flyte.analysis.source.kinds import full_name, is_name, literal
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.swept import Swept
from wandb_flyte.generate.check.trial.switches import Switches

_MODULE = "torch.optim"
# The arguments of `getattr(torch.optim, name)`.
_WITH_NAME = 2
# Where the momentum of `SGD` stands among its arguments.
_MOMENTUM = 2
_COMMON = frozenset({"differentiable", "foreach", "lr", "maximize", "params", "weight_decay"})
# What each takes beside those, in any version.
_TAKES = {
    "ASGD": frozenset({"alpha", "capturable", "lambd", "t0"}),
    "Adadelta": frozenset({"capturable", "eps", "rho"}),
    "Adagrad": frozenset({"eps", "fused", "initial_accumulator_value", "lr_decay"}),
    "Adam": frozenset({"amsgrad", "betas", "capturable", "decoupled_weight_decay", "eps", "fused"}),
    "AdamW": frozenset({"amsgrad", "betas", "capturable", "eps", "fused"}),
    "Adamax": frozenset({"betas", "capturable", "eps"}),
    "NAdam": frozenset({"betas", "capturable", "decoupled_weight_decay", "eps", "momentum_decay"}),
    "RAdam": frozenset({"betas", "capturable", "decoupled_weight_decay", "eps"}),
    "RMSprop": frozenset({"alpha", "capturable", "centered", "eps", "momentum"}),
    "Rprop": frozenset({"capturable", "etas", "step_sizes"}),
    "SGD": frozenset({"dampening", "fused", "momentum", "nesterov"}),
}
_BY_LOWER = {name.lower(): name for name in _TAKES}


class Refusal(NamedTuple):
    """A call that stops.

    Attributes:
        call: The call.
        scope: Where it stands.
        path: The hyperparameter that names the optimizer; empty where the code does.
        name: The optimizer.
        lacks: What it does not take; empty where there is no such optimizer.
        needs: What it needs and does not get.
    """

    call: ast.Call
    scope: Scope
    path: tuple[str, ...]
    name: str
    lacks: str
    needs: str = ""

    @property
    def meant(self) -> str:
        """The optimizer that is meant, where there is none of this name."""
        return "" if self.lacks or self.needs else _BY_LOWER[self.name.lower()]


def find_refusals(case: Case, switches: Switches) -> Iterator[Refusal]:
    """The calls of optimizers that stop, at least for one value of a hyperparameter.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    swept, flow = Swept(case), case.program.flow
    for scope in flow.scopes.reached:
        for call in scope.calls:
            if full_name(call.func, scope.module.outside).startswith(f"{_MODULE}."):
                name = full_name(call.func, scope.module.outside).removeprefix(f"{_MODULE}.")
                lacks, needs = _lacks(name, call), _needs(name, call)
                if (lacks or needs) and not switches.closed(call, scope):
                    yield Refusal(call, scope, (), name, lacks, needs)
            elif (named := _picked(call, scope)) is not None:
                values = swept.values(named, scope) or []
                is_plain = bool(values) and swept.is_plain(named, scope)
                path = next(iter(flow.kinds(named, scope))).path if is_plain else ()
                for value in filter(lambda one: isinstance(one, str), values if is_plain else ()):
                    lacks = _lacks(value, call)
                    is_module = value not in _TAKES and value in _BY_LOWER
                    if (lacks or is_module) and not switches.closed(call, scope):
                        yield Refusal(call, scope, path, value, lacks)


def _picked(call: ast.Call, scope: Scope) -> ast.expr | None:
    """What names the optimizer in `getattr(torch.optim, name)(...)`."""
    inner = call.func
    if not isinstance(inner, ast.Call) or not is_name(inner.func, "getattr"):
        return None
    is_optim = len(inner.args) == _WITH_NAME
    is_optim = is_optim and full_name(inner.args[0], scope.module.outside) == _MODULE
    return inner.args[1] if is_optim else None


def _lacks(name: str, call: ast.Call) -> str:
    """The first argument of a call that an optimizer does not take; empty where it takes all."""
    takes = _TAKES.get(name)
    if takes is None:
        return ""
    return next((k.arg for k in call.keywords if k.arg and k.arg not in takes | _COMMON), "")


def _needs(name: str, call: ast.Call) -> str:
    """What an optimizer needs and does not get: `SGD` the momentum that `nesterov=True` is of."""
    given = {k.arg: k.value for k in call.keywords}
    is_nesterov = name == "SGD" and literal(given.get("nesterov")) is True
    has_momentum = len(call.args) > _MOMENTUM or None in given or "momentum" in given
    return "momentum" if is_nesterov and not has_momentum else ""
