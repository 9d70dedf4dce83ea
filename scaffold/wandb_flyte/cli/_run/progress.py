"""Where a sweep stands, computed from its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wandb_flyte.cli._run.grid import points_left
from wandb_flyte.runtime.results import Goal, SweepResult, TrialResult, best_trial
from wandb_flyte.runtime.tasks.reasons import metric_warning

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.records import RunInfo, SweepInfo

OPEN_STATES = frozenset({"pending", "running", "preempting", "preempted"})


@dataclass(frozen=True)
class Snapshot:
    """Where a sweep stands.

    Attributes:
        goal: What it optimises.
        trials: Every trial so far, oldest first.
        total: How many there will be, None when the sweep has no end.
        known_before: How many of the trials had ended before this run of it began.
        complete: Whether it is a grid of which every point was handed out.
        warning: Why trials finished and none of them has the metric, empty when that is not so.
    """

    goal: Goal
    trials: tuple[TrialResult, ...]
    total: int | None
    known_before: int = 0
    complete: bool = False
    warning: str = ""

    @property
    def ended(self) -> list[TrialResult]:
        """The trials that came to an end."""
        return [trial for trial in self.trials if trial.state not in OPEN_STATES]

    @property
    def running(self) -> int:
        """How many trials run now."""
        return len(self.trials) - len(self.ended)

    @property
    def failed(self) -> int:
        """How many trials did not finish well, those aside that somebody stopped."""
        return sum(trial.failed and trial.state != "killed" for trial in self.trials)

    @property
    def best(self) -> TrialResult | None:
        """The best trial so far."""
        return best_trial(self.trials, self.goal.direction)

    def time_left_s(self, last_end_s: float, since_s: float) -> float | None:
        """Seconds until the end at the pace so far, None while there is no pace yet.

        Args:
            last_end_s: From the run's start to the end of the trial that ended last.
            since_s: From there to now.
        """
        done = len(self.ended) - self.known_before
        if self.total is None or done < 1:
            return None
        left_s = last_end_s / done * max(self.total - len(self.ended), 0)
        return max(left_s - since_s, 0.0)


def snapshot(info: SweepInfo, runs: Sequence[RunInfo], known_before: int = 0) -> Snapshot:
    """Where a sweep stands, from what the backend says about it."""
    goal, trials = Goal.of(info.config), info.trials(runs)
    names = info.config.get("parameters")
    left = points_left(info.config, [run.config for run in runs])
    return Snapshot(
        goal=goal,
        trials=tuple(
            _trial(info, run, goal, names if isinstance(names, Mapping) else {}) for run in trials
        ),
        total=_total(info, left),
        known_before=known_before,
        complete=left == 0,
        warning=metric_warning(goal, trials),
    )


def _total(info: SweepInfo, left: int | None) -> int | None:
    """How many trials there will be: of a grid no more than points, whatever was asked for."""
    most = info.config.get("run_cap") or info.expected_runs
    if left is None:
        return most
    points = info.run_count + left
    return points if most is None else min(most, points)


def as_result(current: Snapshot, sweep_id: str, url: str) -> SweepResult:
    """The sweep's result, as far as the backend can tell it: without its agents."""
    return SweepResult(
        sweep_id=sweep_id,
        url=url,
        metric=current.goal.metric,
        goal=current.goal.direction,
        trials=list(current.trials),
        best=current.best,
    )


def with_sweeps_config(result: SweepResult, current: Snapshot) -> SweepResult:
    """The same result, each trial's config as the sweep has it: its parameters in its order."""
    configs = {trial.run_id: trial.config for trial in current.trials}

    def tidy(trial: TrialResult) -> TrialResult:
        return replace(trial, config=configs.get(trial.run_id, trial.config))

    best = tidy(result.best) if result.best else None
    return replace(result, trials=[tidy(trial) for trial in result.trials], best=best)


def _trial(info: SweepInfo, run: RunInfo, goal: Goal, names: Mapping[str, Any]) -> TrialResult:
    # A run's config holds whatever the objective added to it; the hyperparameters are the sweep's.
    config = {name: run.config[name] for name in names if name in run.config}
    early = info.stopped_early(run)
    return TrialResult(
        run_id=run.id,
        state=run.state,
        config=config or dict(run.config),
        name=run.name,
        metric=goal.value(run.summary),
        duration_s=run.duration_s,
        error="" if early else run.error,
        where="" if early else run.where,
        stopped_early=early,
    )
