"""Early stopping: what each trial has logged, and which trials fall behind."""

from __future__ import annotations

import sqlite3

from wandb_flyte._metrics import lookup
from wandb_flyte.backend import jsontext
from wandb_flyte.backend.search import Hyperband
from wandb_flyte.backend.store import Run, runs, streams
from wandb_flyte.spec import EarlyTerminate, Metric


class Courses:
    """The metric's values of every trial of one sweep, read once and then as they come.

    Args:
        rules: The sweep config's `early_terminate`.
        metric: Its metric.
    """

    def __init__(self, rules: EarlyTerminate, metric: Metric) -> None:
        self._rules = rules
        self._metric = metric
        self._forget()

    def stop_behind(self, db: sqlite3.Connection, sweep_pk: int, logged: Run) -> None:
        """Ask the running trials to stop that hyperband gives up.

        Args:
            db: The writer's connection.
            sweep_pk: The sweep.
            logged: The trial that has just logged; it may have ended with that.
        """
        running = runs.select(db, "runs.sweep_id = ? AND runs.state = 'running'", sweep_pk)
        if not self._lines or not all(self._read(db, run) for run in (*running, logged)):
            # The first time, or rows that were read are there no more.
            self._forget()
            for run in runs.select(db, "runs.sweep_id = ?", sweep_pk):
                self._read(db, run)
        for run in running:
            if not run.stop_requested and self._hyperband.gives_up(run.name):
                runs.update(db, run, {"stop_requested": 1})

    def _forget(self) -> None:
        self._hyperband = Hyperband(self._rules, self._metric.goal)
        # How many rows of each trial's history were read.
        self._lines: dict[str, int] = {}

    def _read(self, db: sqlite3.Connection, run: Run) -> bool:
        """Reads a trial's new rows; False when it has fewer than before."""
        before = self._lines.get(run.name, 0)
        if run.history_lines < before:
            return False
        if run.history_lines > before:
            lines = streams.read(db, run, streams.HISTORY, start=before)
            rows = [jsontext.mapping(line) for _, line in lines]
            values = [jsontext.finite(lookup(row, self._metric.name)) for row in rows]
            self._hyperband.log(run.name, [value for value in values if value is not None])
        self._lines[run.name] = run.history_lines
        return True
