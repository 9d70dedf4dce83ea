"""One trial in the process that runs it: its run id and config reach wandb, its end is told."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wandb_flyte._agreed import AGENT_HEADER
from wandb_flyte.runtime.results import Goal, log_returned, loggable
from wandb_flyte.runtime.trials.checkpoints import VARIABLE as CHECKPOINT_DIR
from wandb_flyte.runtime.trials.checkpoints import local_folder
from wandb_flyte.runtime.trials.failures import (
    ProgramFailed,
    TrialStopped,
    describe,
    exit_code_of,
    log_failure,
    note_failure,
    traceback_of,
    where,
)


@dataclass(frozen=True)
class Trial:
    """One trial, as the sweep handed it out.

    Attributes:
        run_id: The id of its W&B run.
        sweep_id: The sweep's id; empty for a trial on its own.
        entity: The sweep's entity.
        project: The sweep's project.
        config: Its hyperparameters: plain Python values.
        metric_name: The sweep's metric, empty when it has none.
        goal: `minimize` or `maximize`.
        checkpoints: The folder that `checkpoint_dir` gives it; by default that of its run here.
        resume: Whether its run goes on after its last step; else it starts over, if it was open.
        agent: The agent that it was handed to, as its run's backend is told.
    """

    run_id: str
    sweep_id: str
    entity: str = ""
    project: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    metric_name: str = ""
    goal: str = "minimize"
    checkpoints: str = ""
    resume: bool = False
    agent: str = ""

    def metric_in(self, summary: Mapping[str, Any]) -> float | None:
        """The sweep metric's final value in the run's summary, None when it has none."""
        return Goal(self.metric_name, self.goal).value(summary)


@dataclass(frozen=True)
class TrialEnd:
    """How a trial's objective ended.

    Attributes:
        exit_code: 0 when all is well; 1 for an exception, n for `sys.exit(n)`, 255 when stopped.
        opened: Whether this process opened the trial's run.
        closed: Whether its run was closed with `exit_code`.
        stopped: Whether the objective was told to stop.
        metric: The last value of the sweep's metric.
        name: The run's display name.
        error: Why it failed, such as `ValueError: bad rate`.
        where: Where it failed, as `FILE:LINE`.
        log: The traceback of a failure that no run's log has.
        summary: The summary of a run that was closed before its failure was known.
    """

    exit_code: int
    opened: bool
    closed: bool
    stopped: bool = False
    metric: float | None = None
    name: str = ""
    error: str = ""
    where: str = ""
    log: str = ""
    summary: dict[str, Any] = field(default_factory=dict)


_HEADERS = "x_extra_http_headers"
_current: Trial | None = None


def current_trial() -> Trial | None:
    """The trial that this process runs now, or None outside of one."""
    return _current


def run_trial(
    objective: Callable[[Trial], object],
    trial: Trial,
    *,
    folder: Path,
    stop_fn: Callable[[], None],
    held: Callable[[], AbstractContextManager[None]] = nullcontext,
    told: Callable[[], TrialStopped | None] = lambda: None,
) -> TrialEnd:
    """Runs an objective once, so that the run it opens is the trial's, and closes that run.

    What the objective returns is logged to it.

    Args:
        objective: Called with the trial.
        trial: The trial.
        folder: Where its parameter file is written.
        stop_fn: Called from another thread when W&B says that the run has to stop.
        held: Puts off a stop: one that breaks off `wandb.init` would leave a run that is open at
            the backend and unknown here.
        told: The stop that was raised in the objective. Libraries catch a KeyboardInterrupt and
            return: the trial is half-trained all the same.
    """
    failure: BaseException | None = None
    with _wandb_told(trial, folder, stop_fn), _runs_noted(held) as runs:
        try:
            returned = objective(trial)
            failure = told()
            if failure is None:
                with held():
                    _log_returned(trial, runs, returned)
        except BaseException as error:
            failure = error
        return _close(trial, runs, failure)


def _log_returned(trial: Trial, runs: list[Any], returned: object) -> None:
    """Logs what the objective returned, also where it has closed its run before."""
    import wandb

    still_open = _still_open(runs)
    if still_open:
        log_returned(still_open[-1], returned, trial.metric_name)
    elif _reaches_backend(runs) and not _exit_code(runs[-1]):
        values = loggable(returned, trial.metric_name)
        if values and not values.keys() & _summary(runs[-1]):
            log_returned(wandb.init(resume="allow"), returned, trial.metric_name)


def folder_of(trial: Trial) -> str:
    """Where a trial's checkpoints are."""
    return trial.checkpoints or str(local_folder(trial.entity, trial.project, trial.run_id))


def write_parameters(trial: Trial, path: Path) -> None:
    """Writes a trial's hyperparameters as wandb's agent does, for `WANDB_SWEEP_PARAM_PATH`."""
    import yaml

    parameters = {key: {"value": value} for key, value in trial.config.items()}
    text = yaml.safe_dump(parameters, sort_keys=False, allow_unicode=True) if parameters else ""
    path.write_text(f"wandb_version: 1\n\n{text}", encoding="utf-8")


@contextmanager
def _wandb_told(trial: Trial, folder: Path, stop_fn: Callable[[], None]) -> Iterator[None]:
    """Points wandb at a trial."""
    global _current
    import wandb

    path = folder / f"config-{trial.run_id}.yaml"
    write_parameters(trial, path)
    told: dict[str, Any] = {
        "run_id": trial.run_id,
        "sweep_id": trial.sweep_id or None,
        "sweep_param_path": str(path),
        "entity": trial.entity or None,
        "project": trial.project or None,
        "resume": "allow" if trial.resume else None,
    }
    settings = wandb.setup().settings
    if trial.agent:
        others = getattr(settings, _HEADERS) or {}
        told[_HEADERS] = {**others, AGENT_HEADER: trial.agent}
    before: dict[str, Any] = {name: getattr(settings, name) for name in (*told, "stop_fn")}
    setup = wandb.setup(wandb.Settings(**told, stop_fn=stop_fn))
    _current = trial
    try:
        # For programs that the objective starts: this process's wandb has read its variables.
        variables = {f"WANDB_{name.upper()}": value for name, value in told.items() if value}
        if _HEADERS in told:
            variables[f"WANDB_{_HEADERS.upper()}"] = json.dumps(told[_HEADERS])
        with _variables(variables | {CHECKPOINT_DIR: folder_of(trial)}):
            # Else every wandb.init would warn that the variables changed since the first one.
            if getattr(setup, "_settings_environ", None) is not None:
                setup._settings_environ = os.environ.copy()
            yield
    finally:
        _current = None
        # A run that is opened later in this process is none of the sweep's.
        for name, value in before.items():
            setattr(setup.settings, name, value)
        if hasattr(setup, "_sweep_config"):
            setup._sweep_config = None
        path.unlink(missing_ok=True)


@contextmanager
def _variables(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _runs_noted(held: Callable[[], AbstractContextManager[None]]) -> Iterator[list[Any]]:
    """Yields the list of the runs that are opened meanwhile, none of them half."""
    import wandb

    runs: list[Any] = []
    plain_init = wandb.init

    @functools.wraps(plain_init)
    def init(*args: Any, **kwargs: Any) -> Any:
        with held():
            run = plain_init(*args, **kwargs)
            runs.append(run)
        return run

    wandb.init = init
    try:
        yield runs
    finally:
        wandb.init = plain_init


def _close(trial: Trial, runs: list[Any], failure: BaseException | None) -> TrialEnd:
    """Closes what the objective left open, and looks at how it ended."""
    import wandb

    still_open = _still_open(runs)
    run = still_open[-1] if still_open else runs[-1] if runs else None
    if failure is None and not still_open and (code := _exit_code(run)):
        failure = ProgramFailed(f"the objective closed its run with exit code {code}", code)
    exit_code = 0 if failure is None else exit_code_of(failure)
    if not exit_code:
        failure = None  # sys.exit(0)
    opened = _reaches_backend([*runs, *still_open])
    log = ""
    # What closed a run as failed has printed why: `with wandb.init()` and wandb_init do.
    told = not still_open and bool(_exit_code(run))
    if failure is not None and not told:
        log_failure(failure)
        log = "" if opened else traceback_of(failure)
    closed = opened and (bool(still_open) or not exit_code)
    try:
        for one in reversed(still_open):
            if failure is not None:
                note_failure(one, failure)
            one.finish(exit_code=exit_code)
    except Exception as error:  # the objective has taken wandb's own process away
        with suppress(Exception):
            wandb.teardown()
        failure, exit_code, closed = failure or error, exit_code or 1, False
    summary = _summary(run)
    return TrialEnd(
        exit_code=exit_code,
        opened=opened,
        closed=closed,
        stopped=isinstance(failure, TrialStopped),
        metric=trial.metric_in(summary),
        name=(getattr(run, "name", "") or "") if run is not None else "",
        error=describe(failure) if failure is not None else "",
        where=where(failure) if failure is not None else "",
        log=log,
        summary={} if closed else summary,
    )


def _still_open(runs: list[Any]) -> list[Any]:
    """The runs that nobody has finished yet: `wandb.run` last."""
    import wandb

    others = [run for run in runs if run is not wandb.run and not run._is_finished]
    return [*others, wandb.run] if wandb.run is not None else others


def _reaches_backend(runs: list[Any]) -> bool:
    """Whether one of the runs is none that is offline or disabled."""
    return any(not (run.offline or run.disabled) for run in runs)


def _exit_code(run: Any) -> int:
    """The exit code that the objective closed its run with."""
    return getattr(run, "_exit_code", None) or 0


def _summary(run: Any) -> dict[str, Any]:
    """The summary that wandb wrote when the run was closed."""
    try:
        summary = json.loads((Path(run.dir) / "wandb-summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, AttributeError):
        return {}
    return summary if isinstance(summary, dict) else {}
