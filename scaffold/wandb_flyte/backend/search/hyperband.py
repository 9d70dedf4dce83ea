"""Hyperband's early stopping, as W&B's engine does it (`sweeps` 0.3.0, `hyperband_stopping.py`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wandb_flyte.spec import EarlyTerminate, SweepConfig


@dataclass(frozen=True)
class Course:
    """What a trial has logged so far.

    Attributes:
        run_id: The trial's run id.
        state: W&B's run state.
        values: The metric's finite values in the order they were logged, none left out.
    """

    run_id: str
    state: str
    values: Sequence[float]


def to_stop(config: SweepConfig, runs: Sequence[Course]) -> list[str]:
    """The running trials that hyperband stops now.

    At its last band a running trial has to be among the best 1/eta of all trials that came as far.

    Args:
        config: The sweep config; without `early_terminate` nothing is stopped.
        runs: Every trial of the sweep, in any state.

    Returns:
        Their run ids.
    """
    rules, metric = config.early_terminate, config.metric
    if rules is None or metric is None:
        return []
    sign = 1 if metric.goal == "minimize" else -1
    courses = {run.run_id: [sign * value for value in run.values] for run in runs}
    thresholds = {
        band: _threshold(rules, [c[band - 1] for c in courses.values() if len(c) >= band])
        for band in rules.bands
    }
    return [
        run.run_id
        for run in runs
        if run.state == "running" and _falls_behind(rules, thresholds, courses[run.run_id])
    ]


def _threshold(rules: EarlyTerminate, values: list[float]) -> float:
    if not values:
        return math.inf
    return sorted(values)[int(1 / rules.eta * len(values))]


def _falls_behind(rules: EarlyTerminate, thresholds: dict[int, float], values: list[float]) -> bool:
    reached = [band for band in thresholds if band <= len(values)]
    if not reached:
        return False
    band = max(reached)
    judged = values[band - 1] if rules.strict else min(values)
    return judged > thresholds[band]
