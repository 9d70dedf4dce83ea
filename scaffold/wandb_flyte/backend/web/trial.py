"""A sweep's trials as the pages show them: hyperparameters as columns, the metric, the best."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wandb_flyte.backend import state
from wandb_flyte.backend.jsontext import finite
from wandb_flyte.backend.metrics import final_value
from wandb_flyte.backend.store import Run, Sweep, runs
from wandb_flyte.spec import Metric, SweepConfig


@dataclass(frozen=True)
class Trial:
    """One trial of a sweep.

    Attributes:
        number: Its place in the sweep, from 1.
        run: Its run.
        values: Its hyperparameters by column name.
        metric: The final value of the sweep's metric.
    """

    number: int
    run: Run
    values: Mapping[str, Any]
    metric: float | None

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran."""
        return seconds(self.run)

    def sort_key(self, column: str) -> tuple[bool, bool, float, str]:
        """Orders by a column: numbers, then texts, then trials that have no value there."""
        own: dict[str, Any] = {
            "number": self.number,
            "metric": self.metric,
            "duration": self.seconds,
        }
        own |= {"state": self.run.state, "name": self.run.display_name}
        value = self.values.get(column.removeprefix("config.")) if "." in column else own[column]
        number = finite(value)
        if number is None:
            return (value is None, True, 0.0, str(value))
        return (False, False, number, "")


def load(db: sqlite3.Connection, sweep: Sweep, config: SweepConfig | None) -> list[Trial]:
    """The sweep's trials, oldest first; runs from before the sweep are none of them."""
    rows = runs.select(db, "runs.sweep_id = ? AND NOT prior", sweep.pk)
    metric = config.metric if config else None
    return [
        Trial(
            number,
            run,
            _values(run, config),
            final_value(metric, run.summary_values) if metric else None,
        )
        for number, run in enumerate(rows, start=1)
    ]


def best(trials: Sequence[Trial], metric: Metric | None) -> Trial | None:
    """The finished trial with the best metric."""
    measured = [t for t in trials if t.metric is not None and t.run.state == "finished"]
    if metric is None or not measured:
        return None
    pick = min if metric.goal == "minimize" else max
    return pick(measured, key=lambda trial: trial.metric or 0.0)


def leaf(values: Mapping[str, Any], path: Sequence[str]) -> Any:
    """The value at the path through nested mappings, None when there is none."""
    value: Any = values
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def seconds(run: Run) -> float:
    """How long the run has been running, or ran."""
    if run.state == "pending":
        return 0.0
    logged = finite(run.summary_values.get("_runtime"))
    if run.state not in state.ACTIVE and logged is not None:
        return logged
    end = time.time() if run.state in state.ACTIVE else run.updated_at
    return end - run.created_at


def _values(run: Run, config: SweepConfig | None) -> dict[str, Any]:
    if config is None:
        return dict(run.values)
    return {parameter.name: leaf(run.values, parameter.path) for parameter in config.parameters}
