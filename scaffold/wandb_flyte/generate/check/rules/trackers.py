"""What Hugging Face's trainers and accelerators are told to report to, and whether W&B is of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from wandb_flyte.analysis.source.kinds import full_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.loggers import SENDS
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

_ACCELERATOR = frozenset({"accelerate.Accelerator", "accelerate.accelerator.Accelerator"})
_OF_WANDB = frozenset({"all", "wandb"})
# What a trainer reports nothing for.
_NOWHERE: tuple[Any, ...] = ("none", None, [], [None], ["none"])


def report_elsewhere(case: Case, switches: Switches) -> bool:
    """Whether all of the program's trainers are told to report to something else than W&B."""
    told = [switches.known.value(*one) for one in case.program.logs.reports]
    return bool(told) and all(one in _NOWHERE or _is_elsewhere(one, case) for one in told)


def check_trackers(case: Case, switches: Switches) -> Iterator[Finding]:
    """An accelerator that logs to other trackers alone, where nothing else opens a run.

    Args:
        case: The sweep and its code.
        switches: What is known of the values.
    """
    program = case.program
    made = [
        (call, scope)
        for scope in program.flow.scopes.reached
        for call in scope.calls
        if full_name(call.func, scope.module.outside) in _ACCELERATOR
    ]
    # The one other opening that may be in it is `init_trackers`, its own.
    opens, _ = program.flow.openings
    others = program.logs.integrations or program.logs.handed or program.starts
    if not made or opens or others or not program.complete:
        return
    told = [_told(call, scope, switches) for call, scope in made]
    if not all(_is_elsewhere(one, case) for one in told):
        return
    name = told[0] if isinstance(told[0], str) else ", ".join(told[0])
    message = f"Accelerate is told to log to `{show(name)}`, so nothing of a trial reaches W&B."
    hint = 'Let `log_with` be `"wandb"`: in the command, the sweep, or the option\'s default.'
    call, scope = made[0]
    yield case.in_code(scope.place(call), message, hint, "WF109", "error")


def _told(call: ast.Call, scope: Scope, switches: Switches) -> Any:
    value = next((one.value for one in call.keywords if one.arg == "log_with"), None)
    return None if value is None else switches.known.value(value, scope)


def _is_elsewhere(told: Any, case: Case) -> bool:
    """Whether it names trackers, and none of W&B's, nor TensorBoard where that is sent there."""
    names = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    if not names or not all(isinstance(one, str) for one in names):
        return False
    return _OF_WANDB.isdisjoint(names) and not ("tensorboard" in names and _syncs(case))


def _syncs(case: Case) -> bool:
    """Whether what is written for TensorBoard may reach W&B."""
    return any(
        getattr(node, "arg", None) in SENDS or getattr(node, "attr", None) in SENDS
        for scope in case.program.flow.scopes.reached
        for node in scope.each(ast.Attribute, ast.keyword)
    )
