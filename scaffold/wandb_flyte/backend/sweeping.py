"""Sweeps: made, changed, summed up."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from wandb_flyte.backend import filters, metrics, trials
from wandb_flyte.backend.errors import BackendError, NotFound
from wandb_flyte.backend.ids import check_label
from wandb_flyte.backend.searches import config_mapping, searchable, sweep_config
from wandb_flyte.backend.store import Sweep, projects, runs, sweeps
from wandb_flyte.spec import check_sweep


def upsert(db: sqlite3.Connection, given: Mapping[str, Any]) -> tuple[Sweep, list[str]]:
    """Make a sweep, or change the one whose id is given; null means not given.

    Args:
        db: The writer's connection.
        given: `UpsertSweepInput`, its names in snake case.

    Returns:
        The sweep as it is now, and what is wrong with its config.

    Raises:
        BackendError: There is no such sweep, or the config is no YAML mapping.
    """
    given = {name: value for name, value in given.items() if value is not None}
    check_label("the sweep's `display_name`", given.get("display_name", ""))
    warnings = _warnings(given["config"]) if "config" in given else []
    if "id" in given:
        return _change(db, given), warnings
    return _replayed(db, given) or _make(db, given), warnings


def best_loss(db: sqlite3.Connection, sweep: Sweep) -> float | None:
    """The best final value of the sweep's metric so far; a diverged trial has none."""
    try:
        metric = sweep_config(sweep.config).metric
    except BackendError:
        return None
    if metric is None:
        return None
    found = runs.select(db, "runs.sweep_id = ?", sweep.pk)
    finals = [metrics.final_value(metric, run.summary_values) for run in found]
    values = [value for value in finals if value is not None]
    best = min if metric.goal == "minimize" else max
    return best(values, default=None)


def _make(db: sqlite3.Connection, given: Mapping[str, Any]) -> Sweep:
    if "config" not in given:
        raise BackendError("a new sweep needs a config")
    config = config_mapping(given["config"])
    project = projects.ensure(db, given.get("entity_name"), given.get("project_name"))
    sweep = sweeps.insert(
        db,
        project,
        config=given["config"],
        display_name=given.get("display_name") or _name(config),
        description=given.get("description"),
        controller=given.get("controller"),
        scheduler=given.get("scheduler"),
    )
    if "prior_runs_filters" in given:
        chosen = filters.parse(given["prior_runs_filters"])
        where = f"runs.project_id = ? AND {chosen.where}"
        found = runs.select(db, where, project.pk, *chosen.values)
        sweeps.attach(db, sweep, [run for run in found if chosen(run)])
    return _current(db, sweep)


def _name(config: Mapping[str, Any]) -> str | None:
    name = config.get("name")
    return None if name is None else check_label("the sweep's `name`", str(name))


def _replayed(db: sqlite3.Connection, given: Mapping[str, Any]) -> Sweep | None:
    """The sweep that this very request made before its answer was lost, if there is one.

    Nobody has its id, so nothing was begun in it. One that was begun is an earlier run's: a local
    run's name may come again.
    """
    description = given.get("description") or ""
    if "flyte:" not in description:
        return None
    project = projects.ensure(db, given.get("entity_name"), given.get("project_name"))
    for sweep in sweeps.of_project(db, project):
        same = sweep.description == description and sweep.config == given["config"]
        if same and sweep.state == "PENDING":
            return sweep
    return None


def _change(db: sqlite3.Connection, given: Mapping[str, Any]) -> Sweep:
    sweep = sweeps.resolve(db, given["id"], given.get("entity_name"), given.get("project_name"))
    if sweep is None:
        raise NotFound(f"sweep `{given['id']}` does not exist")
    names = ("display_name", "description", "controller", "scheduler")
    columns = {name: given[name] for name in names if name in given}
    if columns:
        sweeps.update(db, sweep, columns)
    if "config" in given:
        trials.reconfigure(db, sweep, given["config"])
    if "state" in given:
        trials.change_state(db, _current(db, sweep), given["state"])
    return _current(db, sweep)


def _current(db: sqlite3.Connection, sweep: Sweep) -> Sweep:
    return sweeps.get(db, sweep.pk) or sweep


def _warnings(config_text: str) -> list[str]:
    return [str(finding) for finding in check_sweep(searchable(config_mapping(config_text)))]
