"""Values that a Hydra config asks for, `???`, and that nobody gives where the code reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.hydra import ungiven
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

from .hydra_parts import is_sure_read


def check_ungiven(case: Case, switches: Switches) -> Iterator[Finding]:
    """The first place at which every trial stops for one such value."""
    if case.command is None or case.command.passes not in ("plain", "flags") or not case.whole:
        return
    for key in ungiven(case, switches.known.hydra_config):
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
