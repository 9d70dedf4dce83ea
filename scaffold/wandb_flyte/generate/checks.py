"""Whether an objective and a sweep config fit each other, before anything runs."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from wandb_flyte.analysis.program import Program, read_program
from wandb_flyte.analysis.source.sources import Unreadable
from wandb_flyte.errors import Finding, InvalidInput, Severity
from wandb_flyte.spec import SweepConfig, SweepDocument

from .check.launchers import find_launcher
from .check.rules.code import check_code
from .check.rules.metric import RETURNED, is_returned
from .check.trial.case import Case, all_names, in_document, near, shown, too_deep
from .check.trial.values import annotation_misfit
from .names import show, show_path
from .user_code._imports import import_roots, local_imports, missing
from .user_code._on_import import acting, acts_on_import
from .user_code.objective import (
    Objective,
    ObjectiveRef,
    OutOfReach,
    find_own_agent,
    is_called_for,
    read_objective,
)

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


def check_objective(
    text: str, sweep: SweepConfig, document: SweepDocument, *, whole: bool
) -> tuple[list[Finding], Program | None]:
    """Everything about the objective `FILE:NAME` and a sweep config.

    Args:
        text: The objective.
        sweep: The sweep config, as far as it can be read.
        document: Its file.
        whole: Whether all of it could be read.

    Returns:
        What would go wrong; and the objective's code, None when it can't be read.

    Raises:
        OutOfReach: Only the objective's own program can call it.
    """
    try:
        ref = ObjectiveRef.parse(text)
        objective = read_objective(ref)
    except OutOfReach:
        raise
    except InvalidInput as error:
        return [replace(one, code=one.code or "WF110") for one in error.findings], None
    missing = list(check_arguments(objective, sweep, document))
    if missing and _gets_none(objective, sweep):
        launcher = ref.file if is_called_for(ref) else find_launcher(ref.file, ref.name)
        if launcher is not None:
            needed = [one for one in missing if one.code == "WF104"]
            raise OutOfReach(needed or missing[:1], launcher)
    found, program = _fit(objective, sweep, document, whole)
    if (line := find_own_agent(ref)) is not None:
        found = [*_by_own_agent(objective, sweep, document, line), *_to_agent(found)]
        return found, program
    return [one for one in found if not is_returned(one)], program


def _by_own_agent(
    objective: Objective, sweep: SweepConfig, document: SweepDocument, line: int
) -> Iterable[Finding]:
    """What an objective lacks where the agent of its own file calls it, without arguments."""
    names = [one.name for one in objective.arguments if one.name in sweep.names]
    by_name = objective.shape == "parameters" and not objective.reads_config
    needed = [one.name for one in objective.arguments if one.required]
    called = f"`wandb.agent` calls `{objective.ref.name}` without arguments"
    hint = "Read it from `wandb.config`, or leave it to a project, whose trials give it."
    if needed:
        message = f"{called}, and it needs `{show(needed[0])}`: with that agent every trial stops."
        yield _in_code(objective, line, message, hint, code="WF118", severity="warning")
    for name in names if by_name and not needed else ():
        message = f"{called}: with that agent `{show(name)}` keeps its default."
        yield in_document(document, ("parameters", name), message, hint, "WF118", "warning")


def _to_agent(findings: list[Finding]) -> list[Finding]:
    """The findings where an agent of W&B's calls the objective, and takes nothing it returns."""
    return [replace(one, severity="warning") if one.hint == RETURNED else one for one in findings]


def check_fit(
    objective: Objective, sweep: SweepConfig, document: SweepDocument, *, whole: bool = True
) -> list[Finding]:
    """What would go wrong in trials of this objective with this sweep config.

    An error is what would make every trial fail; everything else is a warning.
    """
    return _fit(objective, sweep, document, whole)[0]


def _fit(
    objective: Objective, sweep: SweepConfig, document: SweepDocument, whole: bool
) -> tuple[list[Finding], Program | None]:
    objective = _as_called(objective, sweep)
    config = objective.arguments[0].name if objective.shape == "config" else None
    try:
        file = objective.ref.file
        roots = import_roots(file.resolve(), objective.imports)
        program = read_program(file, objective.ref.name, roots, config_argument=config)
    except RecursionError:
        return [too_deep(objective.ref.file)], None
    except Unreadable as error:
        return [_in_code(objective, error.line, str(error), error.hint, code="WF110")], None
    bare = objective.shape != "parameters"
    case = Case(document, sweep, program, whole=whole, bare=bare)
    findings = list(check_arguments(objective, sweep, document))
    findings += _types(objective, case)
    try:
        findings += check_code(
            case,
            by_name=objective.shape == "parameters" and not _reads_config_alone(objective, sweep),
            returned=objective.returned,
            returns_value=objective.returns_value,
        )
    except RecursionError:
        findings.append(too_deep(file))
    return findings, program


def _as_called(objective: Objective, sweep: SweepConfig) -> Objective:
    """The objective as a trial calls it.

    One that reads `wandb.config` itself is called without arguments where none of its parameters
    is in the sweep, and all have defaults.
    """
    names = {argument.name for argument in objective.arguments}
    needs = any(argument.required for argument in objective.arguments)
    by_name = objective.takes_any or needs or not names.isdisjoint(sweep.names)
    if objective.shape != "parameters" or by_name or not objective.reads_config:
        return objective
    return replace(objective, shape="none", arguments=(), unused=())


def _reads_config_alone(objective: Objective, sweep: SweepConfig) -> bool:
    """Whether an objective gets no hyperparameter as an argument, and looks them up itself."""
    return objective.reads_config and _gets_none(objective, sweep)


def _gets_none(objective: Objective, sweep: SweepConfig) -> bool:
    names = {argument.name for argument in objective.arguments}
    return names.isdisjoint(sweep.names) and not objective.takes_any


def check_place(objective: Objective) -> list[Finding]:
    """What would go wrong with the objective's file in a project, whatever the sweep is."""
    return [*_name(objective), *_imports(objective), *_acts(objective)]


def check_arguments(
    objective: Objective, sweep: SweepConfig, document: SweepDocument
) -> Iterable[Finding]:
    """Hyperparameters that the objective's function does not take, or needs and does not get."""
    objective, names = _as_called(objective, sweep), all_names(document)
    if objective.shape != "parameters" or names is None:
        return
    taken = {argument.name for argument in objective.arguments}
    function, alone = objective.ref.name, _reads_config_alone(objective, sweep)
    for name in names:
        if name not in taken and not objective.takes_any and not alone:
            other = near(name, taken - set(names))
            message = f"`{function}` has no parameter `{show(name)}`."
            hint = "Add it to the function, or take it out of the sweep."
            hint = f"Did you mean `{show(other)}`?" if other else hint
            yield in_document(document, ("parameters", name), message, hint, "WF103", "error")
    file = shown(objective.ref.file)
    for argument in objective.arguments:
        if argument.required and argument.name not in names:
            message = f"`{function}` needs `{argument.name}`, which the sweep does not give."
            hint = "Add it to the sweep's parameters, or give it a default."
            yield Finding(message, hint, file, objective.line, "", "error", "WF104")


def _types(objective: Objective, case: Case) -> Iterable[Finding]:
    """Values that do not fit the annotations, and parameters that change nothing."""
    annotations = dict(objective.annotations)
    for parameter in case.sweep.parameters if objective.shape == "parameters" else ():
        name = parameter.path[0]
        annotation = annotations.get(name)
        if annotation is None or len(parameter.path) > 1:
            continue
        module = case.program.flow.sources.entry
        wrong, code = annotation_misfit(parameter.distribution, annotation, module)
        if wrong:
            what = show(ast.unparse(annotation))
            message = f"`{name}` is annotated as `{what}`, and {wrong} is none."
            hint = "Change the values, or the annotation."
            yield case.in_sweep(("parameters", name), message, hint, code)
    for name, line in objective.unused:
        if name in case.sweep.names:
            message = f"`{objective.ref.name}` never uses its parameter `{name}`."
            hint = "Trials will not depend on it."
            yield case.in_code((objective.ref.file, line), message, hint, "WF111", "warning")


def _name(objective: Objective) -> Iterable[Finding]:
    name = objective.ref.name
    if name in WORKFLOW_NAMES:
        yield _in_code(
            objective,
            objective.line,
            f"`{name}` is a name that the project's workflow.py has a use for.",
            "Call the function `objective`, for example.",
            code="WF402",
        )


def _imports(objective: Objective) -> Iterable[Finding]:
    roots = import_roots(objective.ref.file.resolve(), objective.imports)
    local = {one for root in roots for one in local_imports(objective.imports, root)}
    absent = missing(imported for imported in objective.imports if imported not in local)
    if absent:
        names = ", ".join(f"`{name}`" for name in absent)
        yield _in_code(
            objective,
            None,
            f"It imports {names}, not installed here.",
            "The project will depend on it under that name: check that the name is right.",
            code="WF404",
            severity="warning",
        )


def _acts(objective: Objective) -> Iterable[Finding]:
    """What the file does to W&B whenever a trial imports it."""
    for line, called in acts_on_import(objective.source):
        yield acting(objective.ref.file, line, called)


def _in_code(
    objective: Objective,
    line: int | None,
    message: str,
    hint: str,
    *,
    code: str,
    severity: Severity = "error",
) -> Finding:
    return Finding(message, hint, show_path(objective.ref.file), line, "", severity, code)
