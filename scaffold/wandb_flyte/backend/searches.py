"""The searches behind the sweeps: one strategy for each, and what it may learn from."""

from __future__ import annotations

import sqlite3
import threading
from functools import lru_cache
from importlib import import_module
from typing import Any

import yaml

from wandb_flyte.backend import jsontext
from wandb_flyte.backend.courses import Courses
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.filters import scalar
from wandb_flyte.backend.search import Observation, Strategy, strategy_for
from wandb_flyte.backend.store import Run, Sweep, runs
from wandb_flyte.errors import InvalidInput
from wandb_flyte.spec import Metric, SweepConfig, parse_sweep

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def config_mapping(text: str) -> dict[str, Any]:
    """The sweep config in the YAML text.

    Raises:
        BackendError: It is no YAML, or no mapping.
    """
    try:
        config = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise BackendError(f"the sweep config is not YAML: {error}") from None
    if not isinstance(config, dict):
        raise BackendError("the sweep config is not a mapping")
    return config


@lru_cache(maxsize=256)
def sweep_config(text: str) -> SweepConfig:
    """The checked sweep config in the YAML text.

    Raises:
        BackendError: It can't be searched here; the message has every reason.
    """
    try:
        return parse_sweep(config_mapping(text))
    except InvalidInput as error:
        raise BackendError(f"this sweep can't run: {error}") from None


class Searches:
    """Proposes trials; keeps each sweep's strategy and observations between requests."""

    def __init__(self) -> None:
        self._prepared = False
        self._strategies: dict[int, tuple[str, Strategy]] = {}
        self._observations: dict[int, dict[int, tuple[float, Observation]]] = {}
        self._courses: dict[int, tuple[str, Courses]] = {}

    def suggest(self, db: sqlite3.Connection, sweep: Sweep) -> dict[str, Any] | None:
        """The next trial's hyperparameters, or None when the search is exhausted."""
        known = self._strategies.get(sweep.pk)
        if known is None or known[0] != sweep.config:
            strategy = strategy_for(sweep_config(sweep.config))
            known = self._strategies[sweep.pk] = (sweep.config, strategy)
        return known[1].suggest(self._history(db, sweep))

    def prepare(self, config_text: str) -> None:
        """Load Optuna, which takes a second, before the first agent of a Bayesian sweep asks."""
        if not self._prepared and config_mapping(config_text).get("method") == "bayes":
            self._prepared = True
            threading.Thread(target=import_module, args=("optuna",), daemon=True).start()

    def stop_behind(self, db: sqlite3.Connection, sweep: Sweep) -> None:
        """Ask the trials to stop that the sweep's early termination gives up."""
        try:
            config = sweep_config(sweep.config)
        except BackendError:
            return
        if config.early_terminate is None:
            return
        known = self._courses.get(sweep.pk)
        if known is None or known[0] != sweep.config:
            known = self._courses[sweep.pk] = (sweep.config, Courses(config))
        known[1].stop_behind(db, sweep.pk)

    def _history(self, db: sqlite3.Connection, sweep: Sweep) -> list[Observation]:
        metric = sweep_config(sweep.config).metric
        old = self._observations.get(sweep.pk, {})
        new: dict[int, tuple[float, Observation]] = {}
        changed: list[int] = []
        stamps = db.execute(
            "SELECT id, updated_at FROM runs WHERE sweep_id = ? ORDER BY id", (sweep.pk,)
        ).fetchall()
        for pk, stamp in stamps:
            if pk in old and old[pk][0] == stamp:
                new[pk] = old[pk]
            else:
                changed.append(pk)
        places = {pk: index for index, (pk, _) in enumerate(stamps)}
        keys = jsontext.dumps(changed)
        for run in runs.select(db, "runs.id IN (SELECT value FROM json_each(?))", keys):
            seen = _observe(run, places[run.pk], metric)
            # A strategy knows a trial again by the very object.
            if run.pk in old and old[run.pk][1] == seen:
                seen = old[run.pk][1]
            new[run.pk] = (run.updated_at, seen)
        self._observations[sweep.pk] = new
        return [new[pk][1] for pk, _ in stamps]


def _observe(run: Run, index: int, metric: Metric | None) -> Observation:
    value = None
    if metric is not None:
        value = best_value(run, metric)
    return Observation(
        run_id=run.name, config=run.values, state=run.state, metric=value, index=index
    )


def best_value(run: Run, metric: Metric) -> float | None:
    """The best value of the metric in the run's history and summary; None without one."""
    seen = jsontext.mapping(run.history_keys).get(metric.name, {})
    logged = seen.get("min" if metric.goal == "minimize" else "max")
    values = [
        value
        for value in (
            jsontext.number(logged),
            jsontext.number(scalar(run.summary_values.get(metric.name))),
        )
        if value is not None
    ]
    if not values:
        return None
    return min(values) if metric.goal == "minimize" else max(values)
