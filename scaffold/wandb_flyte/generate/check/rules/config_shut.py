"""Programs that take the trial's config only where no trial comes to."""

from __future__ import annotations

import ast
from dataclasses import replace

from wandb_flyte.analysis.config.reads import Reads
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import Switches

_HAVE_IT = frozenset({"run", "wandb"})


def without_shut_config(case: Case, switches: Switches) -> tuple[Case, str]:
    """The case as it is for a script that takes the trial's config in no trial.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.

    Returns:
        The case, and what would have to hold for the config to be taken; the same case and nothing
        where a trial may take it.
    """
    program = case.program
    unseen = program.starts or program.imports_by_name or not program.complete
    if program.function is not None or unseen or not program.config.used:
        return case, ""
    flow = program.flow
    places = [
        (node, scope)
        for scope in flow.scopes.reached
        for node in scope.each(ast.Attribute, ast.Name)
        if _is_config(node, scope, flow)
    ]
    condition = switches.all_closed([*places, *program.config.wholes]) if places else ""
    if not condition:
        return case, ""
    return replace(case, program=replace(program, config=Reads(), merged=Reads())), condition


def _is_config(node: ast.Attribute | ast.Name, scope: Scope, flow: Flow) -> bool:
    """Whether the trial's config is asked for: `wandb.config`, `run.config`."""
    if isinstance(node, ast.Name):
        return scope.module.outside.get(node.id) == "wandb.config"
    kinds = flow.kinds(node.value, scope) if node.attr == "config" else ()
    return any(kind.what in _HAVE_IT for kind in kinds)
