"""Values that a Hydra config asks for, `???`, and that nobody gives where the code reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.kinds import called_name, full_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.hydra import ungiven
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

from .hydra_parts import is_sure_read

# Calls that leave a config that they get as it is.
_LEAVES = frozenset(
    {
        *("deepcopy", "dict", "dumps", "debug", "info", "init", "instantiate", "is_missing", "len"),
        *("list", "log_hyperparams", "pformat", "pprint", "print", "resolve", "save", "str"),
        *("save_hyperparameters", "seed_everything", "to_container", "to_object", "to_yaml"),
        *("isinstance", "warning", "wandb.init"),
    }
)


def check_ungiven(case: Case, switches: Switches) -> Iterator[Finding]:
    """The first place at which every trial stops for one such value."""
    if case.command is None or case.command.passes not in ("plain", "flags") or not case.whole:
        return
    known = switches.known.hydra_config
    keys = ungiven(case, known)
    parts = {"", *(outer for key in known or () for outer in _outer(key))}
    if not keys or not case.program.complete or _is_changed(parts, case.program.flow):
        return
    for key in keys:
        path = tuple(key.split("."))
        places = [
            (scope.module.file, node.lineno)
            for keys, found in case.program.hydra.places.items()
            for node, scope in found
            if keys[: len(path)] == path
            if isinstance(node, ast.Attribute | ast.Subscript)
            if is_sure_read(node, scope, case, switches)
        ]
        if places:
            message = f"`{show(key)}` is `???` in the Hydra config: every trial stops here."
            hint = "Give it in the command or in the sweep, or write a value into the config."
            yield case.in_code(min(places), message, hint, "WF206", "error")
            return  # No trial comes to the others.


def _outer(key: str) -> Iterator[str]:
    """The dotted keys around one."""
    while "." in key:
        key = key.rpartition(".")[0]
        yield key


def _is_changed(parts: set[str], flow: Flow) -> bool:
    """Whether a call may put values into the config, or make another one of it.

    Args:
        parts: The keys of the config that have keys below.
        flow: The program.
    """
    return any(
        any(
            kind.what == "hydra" and ".".join(kind.path) in parts
            for node in _changed(call, scope, flow)
            for kind in flow.kinds(node, scope)
        )
        for scope in flow.scopes.reached
        for call in scope.calls
    )


def _changed(call: ast.Call, scope: Scope, flow: Flow) -> list[ast.expr]:
    """What a call may put values into."""
    name = called_name(call)
    if name in ("update", "merge_with") and isinstance(call.func, ast.Attribute):
        if not full_name(call.func, scope.module.outside).startswith("omegaconf."):
            return [call.func.value]
    elif name in _LEAVES or flow.scopes.resolve(call.func, scope):
        return []
    named = (keyword.value for keyword in call.keywords if keyword.arg is not None)
    return [*call.args, *named]
