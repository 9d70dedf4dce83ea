"""Whether an objective and a sweep config fit each other, before anything runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from wandb_flyte.errors import Finding
from wandb_flyte.spec import SweepConfig, SweepDocument

from ._imports import local_imports, missing
from .names import show, show_path
from .objective import Objective

# What workflow.py binds beside the objective.
WORKFLOW_NAMES = frozenset(
    {
        "AgentResult",
        "DEFAULTS",
        "Path",
        "SWEEP_FILE",
        "SweepResult",
        "agent_env",
        "env",
        "finish_sweep",
        "flyte",
        "get_wandb_sweep_id",
        "load_sweep_config",
        "run_agent",
        "run_agents",
        "run_parallel_sweep",
        "run_sweep",
        "settings",
        "sweep_agent",
        "wandb_config",
        "wandb_sweep",
    }
)


def check_fit(objective: Objective, sweep: SweepConfig, document: SweepDocument) -> list[Finding]:
    """What would go wrong in trials of this objective with this sweep config.

    An error is what would make every trial fail; everything else is a warning.
    """
    findings = list(_arguments(objective, sweep, document))
    findings += _config_reads(objective, sweep, document)
    findings += _metric(objective, sweep, document)
    return findings


def check_place(objective: Objective) -> list[Finding]:
    """What would go wrong with the objective's file in a project, whatever the sweep is."""
    return [*_name(objective), *_imports(objective)]


def _arguments(
    objective: Objective, sweep: SweepConfig, document: SweepDocument
) -> Iterable[Finding]:
    if objective.shape != "parameters":
        return
    taken = {argument.name for argument in objective.arguments}
    for name in sweep.names:
        if name not in taken and not objective.takes_any:
            yield _in_sweep(
                document,
                name,
                f"`{objective.ref.name}` has no parameter `{show(name)}`.",
                "Add it to the function, or take it out of the sweep.",
            )
    for argument in objective.arguments:
        if argument.required and argument.name not in sweep.names:
            yield _in_code(
                objective,
                objective.line,
                f"`{objective.ref.name}` needs `{argument.name}`, which the sweep does not give.",
                "Add it to the sweep's parameters, or give it a default.",
            )


def _config_reads(
    objective: Objective, sweep: SweepConfig, document: SweepDocument
) -> Iterable[Finding]:
    usage = objective.usage
    for key, line in usage.needs.items():
        if key not in sweep.names and key not in usage.supplies and not usage.reads_all:
            yield _in_code(
                objective,
                line,
                f"The objective reads `{show(key)}`, which the sweep does not give.",
                "Add it to the sweep's parameters.",
            )
    if objective.shape == "parameters" or usage.reads_all:
        return
    for name in sweep.names:
        if name not in usage.reads:
            yield _in_sweep(
                document,
                name,
                f"Nothing in `{show(objective.ref.file.name)}` reads `{show(name)}`.",
                "Trials will not depend on it.",
                warning=True,
            )


def _metric(objective: Objective, sweep: SweepConfig, document: SweepDocument) -> Iterable[Finding]:
    usage = objective.usage
    if sweep.metric is None or usage.logs_unseen or objective.returns_value:
        return
    name = sweep.metric.name
    if name not in usage.logs:
        logged = ", ".join(f"`{show(key)}`" for key in sorted(usage.logs)) or "nothing"
        yield Finding(
            f"The objective never logs or returns `{show(name)}`; it logs {logged}.",
            "Without it no trial is the best one.",
            show_path(document.path),
            document.line(("metric", "name")),
            "metric.name",
            "warning",
        )


def _name(objective: Objective) -> Iterable[Finding]:
    name = objective.ref.name
    if name in WORKFLOW_NAMES:
        yield _in_code(
            objective,
            objective.line,
            f"`{name}` is a name that the project's workflow.py has a use for.",
            "Call the function `objective`, for example.",
        )


def _imports(objective: Objective) -> Iterable[Finding]:
    file = objective.ref.file
    for imported in local_imports(objective.imports, file.parent):
        yield _in_code(
            objective,
            imported.line,
            f"`{imported.module}` is a file of yours, which the project would not have.",
            f"Move what you need from it into `{show(file.name)}`, or install it as a package.",
            warning=not imported.certain,
        )
    local = {imported.module for imported in local_imports(objective.imports, file.parent)}
    others = [imported for imported in objective.imports if imported.module not in local]
    absent = missing(others)
    if absent:
        names = ", ".join(f"`{name}`" for name in absent)
        yield _in_code(
            objective,
            None,
            f"It imports {names}, not installed here.",
            "The project will depend on it under that name: check that the name is right.",
            warning=True,
        )


def _in_sweep(
    document: SweepDocument, name: str, message: str, hint: str, *, warning: bool = False
) -> Finding:
    line = document.line(("parameters", name))
    path = f"parameters.{show(name)}"
    return Finding(message, hint, show_path(document.path), line, path, _severity(warning))


def _in_code(
    objective: Objective, line: int | None, message: str, hint: str, *, warning: bool = False
) -> Finding:
    return Finding(message, hint, show_path(objective.ref.file), line, "", _severity(warning))


def _severity(warning: bool) -> Literal["error", "warning"]:
    return "warning" if warning else "error"
