"""Hyperparameters that name what a module of the program has to have: `getattr(models, name)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.kinds import is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.statements import is_decided
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, near, shown
from wandb_flyte.generate.check.trial.swept import Swept
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

# The arguments of a `getattr` that stops where there is no such name.
_WITHOUT_DEFAULT = 2


def check_looked_for(case: Case, switches: Switches) -> Iterator[Finding]:
    """Listed values that a module does not have under that name.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    swept, flow, names = Swept(case), case.program.flow, case.program.names
    for scope in flow.scopes.reached:
        for call in scope.calls:
            if not is_name(call.func, "getattr") or len(call.args) != _WITHOUT_DEFAULT:
                continue
            where, subject = call.args
            module = names.module_of(where.id, scope) if isinstance(where, ast.Name) else None
            values = swept.values(subject, scope) if module is not None else None
            if module is None or not values or not swept.is_plain(subject, scope):
                continue
            missing = [v for v in values if isinstance(v, str) and names.is_missing(v, module)]
            decided = is_decided(call, flow.scopes.parents)
            if missing and not decided and not switches.closed(call, scope):
                path = next(iter(flow.kinds(subject, scope))).path
                yield _not_there(".".join(path), missing[0], module, call, scope, case)


def _not_there(
    name: str, value: str, module: Module, call: ast.Call, scope: Scope, case: Case
) -> Finding:
    file = shown(module.file)
    message = (
        f"`{show(name)}` may be `{show(value)}`, and `{file}` has no such name: it would stop."
    )
    known = sorted(module.definitions)
    other = near(value, known)
    listed = ", ".join(f"`{show(one)}`" for one in known[:12])
    hint = f"Did you mean `{show(other)}`?" if other else f"It has {listed or 'nothing'}."
    is_certain = case.program.certain.is_certain(call, scope)
    return case.in_code(
        scope.place(call), message, hint, "WF106", "error" if is_certain else "warning"
    )
