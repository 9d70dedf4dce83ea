"""Early stopping: what each trial has logged, and which trials fall behind."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass, field

from wandb_flyte.backend import jsontext
from wandb_flyte.backend.search import Course, to_stop
from wandb_flyte.backend.store import Run, runs, streams
from wandb_flyte.spec import SweepConfig


@dataclass
class _Logged:
    """The metric's finite values in the first `lines` rows of a run's history."""

    lines: int = 0
    values: list[float] = field(default_factory=list)


class Courses:
    """The metric's values of every trial of one sweep, read once and then as they come."""

    def __init__(self, config: SweepConfig) -> None:
        self._config = config
        self._logged: dict[int, _Logged] = {}

    def stop_behind(self, db: sqlite3.Connection, sweep_pk: int) -> None:
        """Ask the running trials to stop that hyperband gives up."""
        trials = runs.select(db, "runs.sweep_id = ?", sweep_pk)
        courses = [Course(run.name, run.state, self._values(db, run)) for run in trials]
        behind = set(to_stop(self._config, courses))
        for run in trials:
            if run.name in behind and not run.stop_requested:
                runs.update(db, run, {"stop_requested": 1})

    def _values(self, db: sqlite3.Connection, run: Run) -> list[float]:
        logged = self._logged.setdefault(run.pk, _Logged())
        if run.history_lines < logged.lines:
            logged = self._logged[run.pk] = _Logged()
        if run.history_lines > logged.lines and self._config.metric is not None:
            for _, line in streams.read(db, run, streams.HISTORY, start=logged.lines):
                value = jsontext.number(jsontext.mapping(line).get(self._config.metric.name))
                if value is not None and math.isfinite(value):
                    logged.values.append(value)
            logged.lines = run.history_lines
        return logged.values
