"""What the web pages ask of many rows at once."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field

from wandb_flyte.backend.store.models import File, Project, Run, Sweep


@dataclass(frozen=True)
class Tally:
    """How a sweep's trials stand.

    Attributes:
        states: How many trials are in each state.
        changed_at: When one of them last changed, in seconds since the epoch.
    """

    states: dict[str, int] = field(default_factory=dict)
    changed_at: float = 0.0

    @property
    def total(self) -> int:
        """How many trials there are."""
        return sum(self.states.values())


@dataclass(frozen=True)
class ProjectRow:
    """A project in a list.

    Attributes:
        project: The project.
        runs: How many runs it has, trials among them.
        sweeps: How many sweeps it has.
        active_at: When one of its runs last changed, or else when it was made; seconds since
            the epoch.
    """

    project: Project
    runs: int
    sweeps: int
    active_at: float


def latest_projects(db: sqlite3.Connection, limit: int) -> list[ProjectRow]:
    """The projects, the one that was active last first."""
    rows = db.execute(
        "SELECT id, entity, name, description, created_at, coalesce(tally.runs, 0),"
        " (SELECT count(*) FROM sweeps WHERE project_id = projects.id),"
        " coalesce(tally.active_at, created_at) AS active_at FROM projects"
        " LEFT JOIN (SELECT project_id, count(*) AS runs, max(updated_at) AS active_at FROM runs"
        " GROUP BY project_id) AS tally ON tally.project_id = projects.id"
        " ORDER BY active_at DESC, id DESC LIMIT ?",
        (limit,),
    )
    return [ProjectRow(Project.of(row[:5]), *row[5:]) for row in rows]


def newest_sweeps(db: sqlite3.Connection, limit: int) -> list[Sweep]:
    """The sweeps of all projects, newest first."""
    rows = db.execute(f"{Sweep.SELECT} ORDER BY sweeps.id DESC LIMIT ?", (limit,))
    return [Sweep.of(row) for row in rows]


def newest_runs(db: sqlite3.Connection, project_pk: int, limit: int) -> list[Run]:
    """The project's runs, newest first."""
    rows = db.execute(
        f"{Run.SELECT} WHERE runs.project_id = ? ORDER BY runs.id DESC LIMIT ?",
        (project_pk, limit),
    )
    return [Run.of(row) for row in rows]


@dataclass(frozen=True)
class ArtifactRow:
    """An artifact in a run's list.

    Attributes:
        name: Its collection's name.
        type: Its type.
        version: Its version.
        size: Bytes, of all of its files.
        files: How many files it has.
        used: Whether the run used it; else the run logged it.
    """

    name: str
    type: str
    version: int
    size: int
    files: int
    used: bool


def first_files(db: sqlite3.Connection, run: Run, limit: int) -> tuple[list[File], int]:
    """The run's files by name, those of its media last, and how many there are in all."""
    rows = db.execute(
        f"{File.SELECT} WHERE run_id = ? ORDER BY name LIKE 'media/%', name LIMIT ?",
        (run.pk, limit),
    )
    found = [File.of(row) for row in rows]
    (total,) = db.execute("SELECT count(*) FROM files WHERE run_id = ?", (run.pk,)).fetchone()
    return found, total


def first_artifacts(db: sqlite3.Connection, run: Run, limit: int) -> list[ArtifactRow]:
    """The complete artifacts that the run logged, then those that it used."""
    rows = db.execute(
        "SELECT collections.name, artifact_types.name, artifacts.version, artifacts.size,"
        " artifacts.file_count, run_artifacts.is_input FROM run_artifacts"
        " JOIN artifacts ON artifacts.id = run_artifacts.artifact_id"
        " JOIN collections ON collections.id = artifacts.collection_id"
        " JOIN artifact_types ON artifact_types.id = collections.type_id"
        " WHERE run_artifacts.run_id = ? AND artifacts.state = 'COMMITTED'"
        " ORDER BY run_artifacts.is_input, artifacts.id LIMIT ?",
        (run.pk, limit),
    )
    return [ArtifactRow(*row) for row in rows]


def tally(db: sqlite3.Connection, sweep: Sweep) -> Tally:
    """How the sweep's trials stand; runs from before the sweep are none of them."""
    rows = db.execute(
        "SELECT state, count(*), max(updated_at) FROM runs WHERE sweep_id = ? AND NOT prior"
        " GROUP BY state ORDER BY state",
        (sweep.pk,),
    ).fetchall()
    states = {state: int(count) for state, count, _ in rows}
    return Tally(states, max((changed for _, _, changed in rows), default=0.0))


def thinned_history(db: sqlite3.Connection, run: Run, samples: int) -> list[str]:
    """About `samples` of the run's history lines, evenly spread, the last one among them."""
    stride = max(run.history_lines // samples, 1)
    rows = db.execute(
        "SELECT line FROM lines WHERE run_id = ? AND stream = 'history'"
        " AND (idx % ? = 0 OR idx = ?) ORDER BY idx",
        (run.pk, stride, run.history_lines - 1),
    )
    return [row[0] for row in rows]


def history_with(db: sqlite3.Connection, run: Run, key: str, samples: int) -> list[str]:
    """About `samples` of the history lines that hold the key, the first and the last among them.

    Args:
        db: A connection.
        run: The run.
        key: With dots where the rows nest it. It is looked for as text, which takes a small part
            of the time that reading every row as JSON does: a line may hold another one instead.
        samples: About how many lines.
    """
    forms = {json.dumps(key, ensure_ascii=escaped) for escaped in (False, True)}
    # Nested or not, the line holds what is between the dots, the outer quotes included.
    parts = [form.split(".") for form in forms]
    holds = " OR ".join(" AND ".join("instr(line, ?)" for _ in form) for form in parts)
    rows = db.execute(
        "SELECT line FROM (SELECT line, row_number() OVER (ORDER BY idx) - 1 AS place,"  # noqa: S608
        " count(*) OVER () AS total FROM lines"
        f" WHERE run_id = ? AND stream = 'history' AND ({holds}))"
        " WHERE place % max(total / ?, 1) = 0 OR place = total - 1 ORDER BY place",
        (run.pk, *(part for form in parts for part in form), samples),
    )
    return [row[0] for row in rows]
