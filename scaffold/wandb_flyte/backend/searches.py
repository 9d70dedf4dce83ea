"""The searches behind the sweeps: one strategy for each, and what it may learn from."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import Any

import yaml

from wandb_flyte.backend import jsontext
from wandb_flyte.backend.courses import Courses
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.observed import Trials
from wandb_flyte.backend.search import Strategy, strategy_for
from wandb_flyte.backend.store import Run, Sweep, sweeps
from wandb_flyte.errors import InvalidInput
from wandb_flyte.spec import SweepConfig, first_beyond, parse_sweep

# A sweep that no agent asked for in so long has none that waits.
_RECENT_S = 3600.0

# Checking this many values takes a second or two, in which nothing is stored; a sweep has dozens.
_MOST_VALUES = 10_000
# As much as a sweep config's file may have.
_MOST_CHARACTERS = 1024 * 1024

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def config_mapping(text: str) -> dict[str, Any]:
    """The sweep config in the YAML text.

    Raises:
        BackendError: It is no YAML, no mapping, or too large, its aliases written out.
    """
    if len(text) > _MOST_CHARACTERS:
        raise _too_large()
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is not None and first_beyond(root, _MOST_VALUES, _MOST_CHARACTERS):
            raise _too_large()
        config = None if root is None else loader.construct_document(root)
    except (yaml.YAMLError, ValueError) as error:
        raise BackendError(f"the sweep config is not YAML: {error}") from None
    except RecursionError:
        raise _too_deep() from None
    if jsontext.is_deep(config):
        raise _too_deep()
    if not isinstance(config, dict):
        raise BackendError("the sweep config is not a mapping")
    return config


def _too_deep() -> BackendError:
    return BackendError("the sweep config is nested too deep: write it flatter")


def _too_large() -> BackendError:
    return BackendError(
        f"the sweep config has more than {_MOST_VALUES} values or {_MOST_CHARACTERS} characters, "
        "counting what aliases (`*name`) stand for: give ranges instead of lists of values"
    )


def is_scheduled(config: Mapping[str, Any]) -> bool:
    """Whether `wandb sweep-scheduler` says which trials the sweep has, and not this server."""
    scheduler = config.get("scheduler")
    return isinstance(scheduler, dict) and bool(scheduler.get("engine"))


def searchable(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The sweep config without what only a scheduler beside this server understands."""
    if not is_scheduled(config) or config.get("method") != "custom":
        return config
    kept = {name: value for name, value in config.items() if name != "metrics"}
    # A search space in the scheduler's own language leaves no parameters to read here.
    parameters = kept.get("parameters") or {"_": {"value": 0}}
    return {**kept, "method": "random", "parameters": parameters}


@lru_cache(maxsize=256)
def sweep_config(text: str) -> SweepConfig:
    """The checked sweep config in the YAML text.

    Raises:
        BackendError: It can't be searched here; the message has every reason.
    """
    try:
        return parse_sweep(searchable(config_mapping(text)))
    except InvalidInput as error:
        raise BackendError(f"this sweep can't run: {error}") from None


class Searches:
    """Proposes trials; keeps each sweep's strategy and observations between requests.

    A sweep that nobody waits for is forgotten when another one begins: what is kept of it can be
    read again.
    """

    def __init__(self) -> None:
        self._prepared = False
        self._strategies: dict[int, tuple[str, Strategy, Trials]] = {}
        self._courses: dict[int, tuple[str, Courses]] = {}

    def suggest(self, db: sqlite3.Connection, sweep: Sweep) -> dict[str, Any] | None:
        """The next trial's hyperparameters, or None when the search is exhausted."""
        known = self._strategies.get(sweep.pk)
        if known is None or known[0] != sweep.config:
            config = sweep_config(sweep.config)
            self._forget_others(db)
            known = (sweep.config, strategy_for(config), Trials(config))
            self._strategies[sweep.pk] = known
        _, strategy, seen = known
        return strategy.suggest(seen.at(db, sweep))

    def recent(self, db: sqlite3.Connection) -> list[Sweep]:
        """The running sweeps that agents may be waiting for."""
        return sweeps.running(db, since=time.time() - _RECENT_S)

    def recover(self, db: sqlite3.Connection, sweep: Sweep) -> None:
        """Read what the sweep has tried, which its search learns from."""
        with suppress(BackendError):
            if sweep_config(sweep.config).method != "random":
                self.suggest(db, sweep)

    def prepare(self, config_text: str) -> None:
        """Load Optuna, which takes a second, before the first agent of a Bayesian sweep asks."""
        if not self._prepared and config_mapping(config_text).get("method") == "bayes":
            self._prepared = True
            threading.Thread(target=import_module, args=("optuna",), daemon=True).start()

    def stop_behind(self, db: sqlite3.Connection, sweep: Sweep, logged: Run) -> None:
        """Ask the trials to stop that the sweep's early termination gives up.

        Args:
            db: The writer's connection.
            sweep: The sweep.
            logged: The trial that has just logged.
        """
        try:
            config = sweep_config(sweep.config)
        except BackendError:
            return
        if config.early_terminate is None or config.metric is None:
            return
        known = self._courses.get(sweep.pk)
        if known is None or known[0] != sweep.config:
            self._forget_others(db)
            courses = Courses(config.early_terminate, config.metric)
            known = self._courses[sweep.pk] = (sweep.config, courses)
        known[1].stop_behind(db, sweep.pk, logged)

    def _forget_others(self, db: sqlite3.Connection) -> None:
        kept = {sweep.pk for sweep in self.recent(db)}
        for pk in self._strategies.keys() - kept:
            del self._strategies[pk]
        for pk in self._courses.keys() - kept:
            del self._courses[pk]

    def forget_courses(self, run: Run) -> None:
        """Read anew what a sweep's trials have logged: one of them was deleted, or lost rows."""
        if run.sweep_pk is not None:
            self._courses.pop(run.sweep_pk, None)
