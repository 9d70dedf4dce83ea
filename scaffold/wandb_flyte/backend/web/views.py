"""What each page shows, read from the store."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wandb_flyte._agreed import SWEEP_ENDED
from wandb_flyte.backend import state
from wandb_flyte.backend.addresses import Addresses
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.searches import sweep_config
from wandb_flyte.backend.store import (
    File,
    Project,
    Run,
    Sweep,
    files,
    overview,
    projects,
    runs,
    streams,
)
from wandb_flyte.backend.store import sweeps as sweep_rows
from wandb_flyte.backend.web import failures, media, metric_charts, trial_charts
from wandb_flyte.backend.web.charts import Chart
from wandb_flyte.backend.web.text import log_line
from wandb_flyte.backend.web.trial import Trial, best, load, seconds
from wandb_flyte.spec import SweepConfig

# The front page has the projects below them, which list all of theirs.
_NEWEST_SWEEPS = 20
_MOST_PROJECTS = 200
_MOST_SWEEPS = 200
_MOST_RUNS = 200
_TRIALS_A_PAGE = 100
_MOST_FILES = 100
_MOST_ARTIFACTS = 100
_LOG_LINES = 300


@dataclass(frozen=True)
class SweepRow:
    """A sweep in a list.

    Attributes:
        sweep: The sweep.
        config: Its config, None when it can't be searched here.
        tally: How its trials stand.
        best: The best trial's metric.
    """

    sweep: Sweep
    config: SweepConfig | None
    tally: overview.Tally
    best: float | None

    @property
    def active(self) -> int:
        """How many trials are under way."""
        return sum(self.tally.states.get(name, 0) for name in state.ACTIVE)

    @property
    def ended(self) -> int:
        """How many trials have ended, well or badly."""
        return self.tally.total - self.active

    @property
    def live(self) -> bool:
        """Whether more is to come."""
        return self.active > 0 or self.sweep.state not in SWEEP_ENDED


@dataclass(frozen=True)
class Home:
    """The newest sweeps of all projects, and the projects."""

    sweeps: Sequence[SweepRow]
    projects: Sequence[overview.ProjectRow]


@dataclass(frozen=True)
class ProjectPage:
    """A project: its sweeps and its newest runs."""

    project: Project
    sweeps: Sequence[SweepRow]
    runs: Sequence[Run]


@dataclass(frozen=True)
class SweepPage:
    """A sweep: its trials, page by page, and its charts.

    Attributes:
        row: The sweep itself.
        best: The best trial.
        columns: The names of the hyperparameters.
        trials: The trials of this page.
        page: This page's number, from 1.
        pages: How many pages there are.
        sort: The column that orders the trials, with a `-` in front when from the top.
        chart: The metric over the trials.
        parameter_charts: The metric against each hyperparameter.
    """

    row: SweepRow
    best: Trial | None
    columns: Sequence[str]
    trials: Sequence[Trial]
    page: int
    pages: int
    sort: str
    chart: Chart | None
    parameter_charts: Sequence[Chart]


@dataclass(frozen=True)
class RunPage:
    """A run: config, summary, what it logged, its files, its last console lines.

    Attributes:
        run: The run.
        config: Its config, nested names with dots between.
        summary: Its summary, likewise: what to show, and the address of a file with more of it.
        charts: Its metrics.
        files: Its first files, each with the address that it is downloaded from.
        hidden_files: How many more there are.
        artifacts: What it logged and used of them.
        log: Its last console lines, each with whether it went to stderr.
        hidden_lines: How many there are before.
    """

    run: Run
    config: Mapping[str, Any]
    summary: Mapping[str, tuple[str, str]]
    charts: Sequence[Chart]
    files: Sequence[tuple[File, str]]
    hidden_files: int
    artifacts: Sequence[overview.ArtifactRow]
    log: Sequence[tuple[str, bool]]
    hidden_lines: int

    @property
    def active(self) -> bool:
        """Whether more is to come."""
        return self.run.state in state.ACTIVE

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran."""
        return seconds(self.run)

    @property
    def failure(self) -> failures.Failure | None:
        """Why its trial failed; None when nothing says so."""
        return failures.of(self.run)


class Views:
    """Reads the pages. Keeps the best metric of each sweep until one of its trials changes.

    Args:
        key: The server's key, which proves the addresses that files are downloaded from.
    """

    def __init__(self, key: str) -> None:
        self._addresses = Addresses("", key)
        self._bests: dict[int, tuple[tuple[str, float, int], float | None]] = {}

    def home(self, db: sqlite3.Connection) -> Home:
        """The front page."""
        rows = [self._row(db, s) for s in overview.newest_sweeps(db, _NEWEST_SWEEPS)]
        return Home(rows, overview.latest_projects(db, _MOST_PROJECTS))

    def project(self, db: sqlite3.Connection, entity: str, name: str) -> ProjectPage | None:
        """A project's page, None when there is no such project."""
        project = projects.find(db, entity, name)
        if project is None:
            return None
        rows = [self._row(db, s) for s in sweep_rows.of_project(db, project)[:_MOST_SWEEPS]]
        return ProjectPage(project, rows, overview.newest_runs(db, project.pk, _MOST_RUNS))

    def sweep(
        self, db: sqlite3.Connection, entity: str, project: str, name: str, *, sort: str, page: int
    ) -> SweepPage | None:
        """A sweep's page, None when there is no such sweep."""
        home = projects.find(db, entity, project)
        sweep = sweep_rows.find(db, home, name) if home else None
        if sweep is None:
            return None
        config = _config(sweep)
        trials = load(db, sweep, config)
        metric = config.metric if config else None
        leader = best(trials, metric)
        columns = list(dict.fromkeys(name for trial in trials for name in trial.values))
        if config is not None:
            columns = [parameter.name for parameter in config.parameters]
        row = SweepRow(sweep, config, overview.tally(db, sweep), leader.metric if leader else None)
        pages = max(math.ceil(len(trials) / _TRIALS_A_PAGE), 1)
        page = min(max(page, 1), pages)
        first = (page - 1) * _TRIALS_A_PAGE
        sort = sort if _sortable(sort, columns) else "-number"
        return SweepPage(
            row,
            leader,
            columns,
            _sorted(trials, sort)[first : first + _TRIALS_A_PAGE],
            page,
            pages,
            sort,
            trial_charts.over_trials(trials, metric) if metric else None,
            trial_charts.against_parameters(trials, metric, config) if metric and config else [],
        )

    def run(self, db: sqlite3.Connection, entity: str, project: str, name: str) -> RunPage | None:
        """A run's page, None when there is no such run."""
        home = projects.find(db, entity, project)
        run = runs.find(db, home, name) if home else None
        if run is None:
            return None
        lines = streams.tail(db, run, streams.LOG, _LOG_LINES)
        summary = {k: v for k, v in run.summary_values.items() if not k.startswith("_")}
        listed, total = overview.first_files(db, run, _MOST_FILES)
        return RunPage(
            run,
            _flat(run.values),
            {name: self._cell(db, run, value) for name, value in _flat(summary).items()},
            metric_charts.over_steps(db, run),
            [(file, self._address(run, file.name)) for file in listed],
            total - len(listed),
            overview.first_artifacts(db, run, _MOST_ARTIFACTS),
            [log_line(line) for _, line in lines],
            max(run.log_lines - len(lines), 0),
        )

    def _cell(self, db: sqlite3.Connection, run: Run, value: Any) -> tuple[str, str]:
        cell = media.cell(value)
        there = cell.file and files.find(db, run, cell.file)
        return cell.text, self._address(run, cell.file) if there else ""

    def _address(self, run: Run, name: str) -> str:
        return self._addresses.run_file((run.entity, run.project, run.name, name), upload=False)

    def _row(self, db: sqlite3.Connection, sweep: Sweep) -> SweepRow:
        config = _config(sweep)
        tally = overview.tally(db, sweep)
        stamp = (sweep.config, tally.changed_at, tally.total)
        if self._bests.get(sweep.pk, ((), None))[0] != stamp:
            leader = best(load(db, sweep, config), config.metric) if config else None
            self._bests[sweep.pk] = (stamp, leader.metric if leader else None)
        return SweepRow(sweep, config, tally, self._bests[sweep.pk][1])


def _config(sweep: Sweep) -> SweepConfig | None:
    try:
        return sweep_config(sweep.config)
    except BackendError:
        return None


def _sortable(sort: str, columns: Sequence[str]) -> bool:
    column = sort.removeprefix("-")
    if column.startswith("config."):
        return column.removeprefix("config.") in columns
    return column in ("number", "name", "state", "metric", "duration")


def _sorted(trials: Sequence[Trial], sort: str) -> list[Trial]:
    column = sort.removeprefix("-")
    ordered = sorted(trials, key=lambda trial: trial.sort_key(column), reverse=sort != column)
    # Trials without a value stay last, whichever way round.
    return sorted(ordered, key=lambda trial: trial.sort_key(column)[0])


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested values under their names with dots between."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value and "_type" not in value:
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
