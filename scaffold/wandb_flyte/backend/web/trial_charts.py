"""A sweep's charts: the metric over its trials, and against each hyperparameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wandb_flyte.backend.jsontext import finite
from wandb_flyte.backend.store import streams
from wandb_flyte.backend.web.charts import Chart, Point, chart
from wandb_flyte.backend.web.text import shown
from wandb_flyte.backend.web.trial import Trial, best
from wandb_flyte.spec import Metric, SweepConfig

_MOST_PARAMETERS = 12
_SMALL = (300.0, 170.0)
# More dots than this only cover each other, and make the page slow.
_MOST_DOTS = 600
# Some draws of these are decades below the others, and yet most are near the upper end.
_EVEN = frozenset({"uniform", "q_uniform", "int_uniform", "beta", "q_beta"})


def over_trials(trials: Sequence[Trial], metric: Metric) -> Chart | None:
    """The metric of each trial in their order, with the best so far as a line."""
    leader = best(trials, metric)
    measured = _drawn(trials, leader)
    if not measured:
        return None
    points = [_point(trial, trial.number, leader) for trial in measured]
    return chart(
        metric.name,
        points,
        x_label="trial",
        line=_best_so_far(trials, metric),
        stepped=True,
    )


def against_parameters(trials: Sequence[Trial], metric: Metric, config: SweepConfig) -> list[Chart]:
    """The metric against each hyperparameter that took more than one value."""
    leader = best(trials, metric)
    measured = _drawn(trials, leader)
    charts = []
    for parameter in config.parameters:
        name = parameter.name
        values: list[Any] = [trial.values.get(name) for trial in measured]
        if parameter.distribution.constant or len({repr(value) for value in values}) < 2:
            continue
        numeric = all(finite(value) is not None for value in values)
        points = [
            _point(trial, float(value) if numeric else shown(value), leader, f", {shown(value)}")
            for trial, value in zip(measured, values, strict=True)
        ]
        even = parameter.distribution.name in _EVEN
        charts.append(chart(name, points, x_label=name, even=even, size=_SMALL))
    return charts[:_MOST_PARAMETERS]


def _drawn(trials: Sequence[Trial], leader: Trial | None) -> list[Trial]:
    """The trials that get a dot, the best one last, so that none covers it."""
    measured = [trial for trial in trials if trial.metric is not None and trial is not leader]
    return streams.thin(measured, _MOST_DOTS) + ([leader] if leader else [])


def _point(trial: Trial, x: float | str, leader: Trial | None, at: str = "") -> Point:
    kind = "best" if leader is not None and trial.number == leader.number else trial.run.state
    title = f"trial {trial.number} ({trial.run.state}): {shown(trial.metric)}{at}"
    return Point(x, trial.metric or 0.0, kind, title, trial.run.name)


def _best_so_far(trials: Sequence[Trial], metric: Metric) -> list[tuple[float, float]]:
    line: list[tuple[float, float]] = []
    for trial in trials:
        if trial.metric is None or trial.run.state != "finished":
            continue
        if not line or metric.better(trial.metric, line[-1][1]):
            line.append((trial.number, trial.metric))
    if line and trials:
        line.append((trials[-1].number, line[-1][1]))
    return line
