"""One trial in this process."""

from __future__ import annotations

import inspect
import json
import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wandb_flyte.cli._project import Project
from wandb_flyte.cli._run.local import PATIENCE_S, sweep_home, use_backend
from wandb_flyte.cli._run.preflight import read_sweep
from wandb_flyte.cli._run.request import RunRequest
from wandb_flyte.cli._values import parse_assignments
from wandb_flyte.errors import Finding, InvalidInput, UserError
from wandb_flyte.spec import assemble

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.backends import BackendName
    from wandb_flyte.runtime.backend.wire import WireClient
    from wandb_flyte.runtime.trials.trial import Trial, TrialEnd
    from wandb_flyte.spec import Distribution, SweepConfig


# Distributions whose values stand in the sweep config, of whatever kind they are.
_LISTED = frozenset({"constant", "categorical", "categorical_w_probabilities"})

_UNWRITABLE = object()


@dataclass(frozen=True)
class Setting:
    """One hyperparameter of the trial, and where its value comes from."""

    name: str
    value: Any
    source: str


@dataclass(frozen=True)
class TrialPlan:
    """A trial that can be run.

    Attributes:
        project: The project it belongs to.
        objective: The function.
        settings: Its hyperparameters, one by one.
        config: The same as the objective sees them.
        metric: The sweep's metric, empty when it has none.
        goal: `minimize` or `maximize`.
        backend: The backend to use, None to leave it to the environment and the settings.
    """

    project: Project
    objective: Callable[..., Any]
    settings: tuple[Setting, ...]
    config: dict[str, Any]
    metric: str = ""
    goal: str = "minimize"
    backend: BackendName | None = None


@dataclass(frozen=True)
class TrialOutcome:
    """How the trial ended.

    Attributes:
        exit_code: 0 when all is well, as for a process.
        url: The run's page.
        metric: The metric's last value.
        error: Why it failed, empty when it did not.
        where: Where it failed, as `FILE:LINE`.
        exception: What the objective raised, for a debugger.
    """

    exit_code: int
    url: str
    metric: float | None = None
    error: str = ""
    where: str = ""
    exception: BaseException | None = field(default=None, compare=False)


def plan_trial(
    project: Project, words: Sequence[str], backend: BackendName | None = None
) -> TrialPlan:
    """Decide every hyperparameter of a trial.

    A value is the one given, else the sweep config's constant, which wins in a sweep too, else the
    objective's own default, else the middle of the parameter's range.

    Args:
        project: The project whose objective runs.
        words: What the user wrote, `NAME=VALUE` each.
        backend: The backend, None to leave it to the environment and the settings.

    Raises:
        InvalidInput: A word or the sweep config is wrong.
    """
    sweep = read_sweep(project)
    objective = _load_objective(project)
    defaults = _defaults(objective)
    searched = [parameter.name for parameter in sweep.parameters]
    known = dict.fromkeys([*searched, *defaults])
    given = parse_assignments(words, list(known))
    if findings := _misfits(sweep, given):
        raise InvalidInput(findings)
    settled = _settle(sweep, given, defaults)
    extra = {name: value for name, value in given.items() if name not in searched}
    return TrialPlan(
        project=project,
        objective=objective,
        settings=(*settled, *(Setting(name, value, "given") for name, value in extra.items())),
        config=assemble(sweep, [setting.value for setting in settled]) | extra,
        metric=sweep.metric.name if sweep.metric else "",
        goal=sweep.metric.goal if sweep.metric else "minimize",
        backend=backend,
    )


def run_planned(plan: TrialPlan) -> TrialOutcome:
    """Run a trial in this process, through the code that the agents' workers use."""
    import os

    from wandb_flyte.runtime.backend.backends import activate
    from wandb_flyte.runtime.backend.wire import WireClient
    from wandb_flyte.runtime.trials.objective import caller_of
    from wandb_flyte.runtime.trials.trial import Trial, run_trial

    request = RunRequest(plan.project, backend=plan.backend)
    backend = use_backend(request)
    activate(backend)
    client = WireClient(backend.api_url, backend.key, patience_s=PATIENCE_S)
    entity, project = sweep_home(request, backend, client)
    os.environ |= {"WANDB_ENTITY": entity, "WANDB_PROJECT": project}
    if not {"WANDB_SILENT", "WANDB_QUIET"} & os.environ.keys():
        # wandb's banners would say again what is said here; its warnings are for the user.
        os.environ.setdefault("WANDB_SHOW_INFO", "false")
    trial = Trial(
        run_id=secrets.token_hex(4),
        sweep_id="",
        entity=entity,
        project=project,
        config=plan.config,
        metric_name=plan.metric,
        goal=plan.goal,
    )
    raised: list[BaseException] = []
    objective = _noting(caller_of(plan.objective), raised)
    with tempfile.TemporaryDirectory(prefix="wandb-flyte-") as folder:
        end = run_trial(objective, trial, folder=Path(folder), stop_fn=lambda: None)
    if not end.opened:
        end = _opened_elsewhere(client, trial, end)
    return TrialOutcome(
        exit_code=end.exit_code,
        url=f"{backend.app_url}/{entity}/{project}/runs/{trial.run_id}" if end.opened else "",
        metric=end.metric,
        error=end.error,
        where=end.where,
        exception=raised[0] if raised else None,
    )


def _opened_elsewhere(client: WireClient, trial: Trial, end: TrialEnd) -> TrialEnd:
    """The end with what the backend knows of a run that the objective's program has opened."""
    from wandb_flyte.runtime.backend.wire_errors import WireError

    try:
        run = client.run(trial.entity, trial.project, trial.run_id)
    except WireError:
        if not end.exit_code:
            raise
        return end
    if run is None:
        return end
    return replace(end, opened=True, metric=trial.metric_in(run.summary))


def _load_objective(project: Project) -> Callable[..., Any]:
    from wandb_flyte.runtime.trials.objective import as_program

    with as_program(str(project.objective_file)):
        module = project.load_module(project.objective_module)
    objective = getattr(module, project.objective, None)
    if not callable(objective):
        file = project.objective_file.relative_to(project.root)
        raise UserError(f"There is no function `{project.objective}` in `{file}`.")
    found: Callable[..., Any] = objective
    return found


def _defaults(objective: Callable[..., Any]) -> dict[str, Any]:
    return {
        parameter.name: parameter.default
        for parameter in inspect.signature(objective).parameters.values()
        if parameter.default is not parameter.empty
    }


def _settle(
    sweep: SweepConfig, given: Mapping[str, Any], defaults: Mapping[str, Any]
) -> list[Setting]:
    """One for each of the sweep's parameters, in their order."""
    settings = []
    for parameter in sweep.parameters:
        name, distribution = parameter.name, parameter.distribution
        if name in given:
            settings.append(Setting(name, given[name], "given"))
        elif distribution.name == "constant":
            settings.append(Setting(name, distribution.quantile(0.5), "sweep.yaml"))
        elif name in defaults and (default := _written(defaults[name])) is not _UNWRITABLE:
            settings.append(Setting(name, default, "the objective's default"))
        else:
            settings.append(_middle(name, distribution))
    return settings


def _written(default: Any) -> Any:
    """An objective's default as a sweep config has it, an enum's member as its value."""
    value = default.value if isinstance(default, Enum) else default
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return _UNWRITABLE
    return value


def _middle(name: str, distribution: Distribution) -> Setting:
    value = distribution.quantile(0.5)
    if distribution.name in _LISTED:
        return Setting(name, value, "one of its values")
    if isinstance(value, float) and "q" not in distribution.args:
        # Few digits to read and to type; a narrow range needs them all.
        short = float(f"{value:.4g}")
        value = short if distribution.unit(short) is not None else value
    return Setting(name, value, "the middle of its range")


def _misfits(sweep: SweepConfig, given: Mapping[str, Any]) -> list[Finding]:
    """The values that are none of the kind that the sweep hands out; any number is in order."""
    findings = []
    for parameter in sweep.parameters:
        name, middle = parameter.name, parameter.distribution.quantile(0.5)
        listed = parameter.distribution.name in _LISTED
        if name not in given or listed or _fits(given[name], middle):
            continue
        kind = "a whole number" if isinstance(middle, int) else "a number"
        hint = f"Write it as in `{name}={_middle(name, parameter.distribution).value}`."
        findings.append(Finding(f"`{name}` is {kind} in sweep.yaml, not `{given[name]}`.", hint))
    return findings


def _fits(value: Any, middle: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(middle, float) or isinstance(value, int)


def _noting(
    caller: Callable[[Any], object], raised: list[BaseException]
) -> Callable[[Any], object]:
    def run(trial: Any) -> object:
        try:
            return caller(trial)
        except BaseException as error:
            raised.append(error)
            raise

    return run
