"""What a sweep's tasks return: typed, and serialised by Flyte."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wandb_flyte._agreed import FAILED
from wandb_flyte._metrics import final


@dataclass(frozen=True)
class TrialResult:
    """How one trial ended.

    Attributes:
        run_id: The W&B run's id.
        state: The run's state at W&B: `finished`, `failed`, `killed`, `crashed`, `running` or
            `pending`.
        config: The trial's hyperparameters.
        name: The W&B run's display name.
        metric: The sweep metric's final value, or None when it was never logged.
        duration_s: Seconds from the trial's start to its end.
        error: Why the trial failed, such as `ValueError: bad rate`; empty when it did not.
        where: Where it failed, as `FILE:LINE`; empty when unknown.
        agent: The agent that ran it, empty when unknown.
        stopped_early: Whether the sweep's early termination stopped it, which is no failure.
    """

    run_id: str
    state: str
    config: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    metric: float | None = None
    duration_s: float = 0.0
    error: str = ""
    where: str = ""
    agent: str = ""
    stopped_early: bool = False

    @property
    def failed(self) -> bool:
        """Whether it ended, and neither well nor by early termination."""
        return self.state in FAILED and not self.stopped_early


@dataclass(frozen=True)
class AgentResult:
    """The trials that one agent ran, in order.

    Attributes:
        agent: The agent's id at the backend.
        trials: One entry a trial, those of the agent's earlier attempts too.
        stopped: Why it ended the sweep before its time; empty when it did not.
    """

    agent: str
    trials: list[TrialResult] = field(default_factory=list)
    stopped: str = ""


@dataclass(frozen=True)
class SweepResult:
    """How a sweep ended.

    Attributes:
        sweep_id: The sweep's W&B id.
        url: The sweep's page.
        metric: The name of the sweep's metric, empty when it has none.
        goal: `minimize` or `maximize`.
        trials: Every trial of the sweep, oldest first.
        best: The finished trial with the best metric, or None.
    """

    sweep_id: str
    url: str
    metric: str = ""
    goal: str = "minimize"
    trials: list[TrialResult] = field(default_factory=list)
    best: TrialResult | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many trials ended in each state."""
        counts: dict[str, int] = {}
        for trial in self.trials:
            counts[trial.state] = counts.get(trial.state, 0) + 1
        return counts

    @property
    def failures(self) -> list[TrialResult]:
        """The trials that did not finish well."""
        return [trial for trial in self.trials if trial.failed]


@dataclass(frozen=True)
class Goal:
    """What a sweep optimises; no name when it optimises nothing.

    Attributes:
        metric: The metric's name.
        direction: `minimize` or `maximize`.
    """

    metric: str = ""
    direction: str = "minimize"

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Goal:
        """The goal of a sweep config."""
        metric = config.get("metric")
        if not isinstance(metric, Mapping) or not metric.get("name"):
            return cls()
        return cls(str(metric["name"]), str(metric.get("goal") or "minimize"))

    def value(self, summary: Mapping[str, Any]) -> float | None:
        """The metric's final value in a run's summary, or None when it is no finite number."""
        return metric_value(summary, self.metric, self.direction) if self.metric else None


def best_trial(trials: Iterable[TrialResult], goal: str) -> TrialResult | None:
    """The finished trial with the best metric, the first of equals; None when none has one.

    Args:
        trials: The trials of a sweep.
        goal: `minimize` or `maximize`.
    """
    ranked = [
        (trial.metric, trial)
        for trial in trials
        if trial.state == "finished" and trial.metric is not None
    ]
    if not ranked:
        return None
    choose = max if goal == "maximize" else min
    return choose(ranked, key=lambda pair: pair[0])[1]


def metric_value(summary: Mapping[str, Any], name: str, goal: str) -> float | None:
    """A metric's final value in a run's summary, or None when it is no finite number.

    Args:
        summary: The run's summary.
        name: The metric's name; dots reach into nested values.
        goal: `minimize` or `maximize`: which of several values `define_metric` left is meant.
    """
    value = final(summary, name, goal)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def log_returned(run: Any, returned: object, metric_name: str) -> None:
    """Logs what an objective returned, as far as it did not log it itself.

    Args:
        run: The trial's open run.
        returned: A number is the sweep's metric; a dict is logged as it is, without what W&B can't
            take, which is named on standard error. So is anything else, where the run has no
            metric.
        metric_name: The sweep's metric, empty when it has none.

    Raises:
        TypeError, ValueError: W&B can't take the metric.
    """
    values = loggable(returned, metric_name)
    if returned is not None and metric_name and not isinstance(returned, dict) and not values:
        _tell_ignored(run, returned, metric_name)
    if not values or (not isinstance(returned, dict) and set(run.summary.keys()) & values.keys()):
        return
    try:
        run.log(values)
    except (TypeError, ValueError):
        refused = [name for name, value in values.items() if not _taken(run, name, value)]
        if metric_name in refused:
            raise
        run.log({})
        named = ", ".join(f"`{name}`" for name in refused)
        sys.stderr.write(f"Returned, and not logged, since W&B can't take it: {named}\n")


def _tell_ignored(run: Any, returned: object, metric_name: str) -> None:
    """Says what was returned in vain; one that has logged its metric may return what it likes."""
    if Goal(metric_name).value(dict(run.summary)) is None:
        sys.stderr.write(
            f"Returned, and not logged: a `{type(returned).__name__}`, which is no number; "
            f'return `{metric_name}` alone, or a dict such as {{"{metric_name}": 0.5}}\n'
        )


def _taken(run: Any, name: str, value: object) -> bool:
    """Whether the value is in the run's next row."""
    try:
        run.log({name: value}, commit=False)
    except (TypeError, ValueError):
        return False
    return True


def loggable(returned: object, metric_name: str) -> dict[str, Any]:
    """What an objective's return value adds to its run: a number as the metric, a dict as it is."""
    if isinstance(returned, dict):
        return {str(key): value for key, value in returned.items()}
    if hasattr(returned, "item") and getattr(returned, "shape", None) in ((), (1,)):
        returned = returned.item()
    if not isinstance(returned, int | float) and hasattr(returned, "as_integer_ratio"):
        returned = float(returned)  # type: ignore[arg-type]
    if metric_name and isinstance(returned, int | float) and not isinstance(returned, bool):
        return {metric_name: returned}
    return {}
