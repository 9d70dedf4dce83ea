"""Sweeps: found, made, changed."""

from __future__ import annotations

# ruff: noqa: S608 - the SQL is put together from this module's own names; values are bound
import sqlite3
import time
from collections.abc import Mapping

from wandb_flyte.backend.ids import parse_gid, short_id
from wandb_flyte.backend.store import projects
from wandb_flyte.backend.store.models import Project, Run, Sweep


def find(db: sqlite3.Connection, project: Project, name: str) -> Sweep | None:
    """The project's sweep of that id, or None."""
    return _one(db, "sweeps.project_id = ? AND sweeps.name = ?", project.pk, name)


def get(db: sqlite3.Connection, pk: int) -> Sweep | None:
    """The sweep of that key, or None."""
    return _one(db, "sweeps.id = ?", pk)


def resolve(
    db: sqlite3.Connection, reference: str, entity: str | None, project: str | None
) -> Sweep | None:
    """The sweep that an opaque id, or a short id inside a project, means."""
    if parts := parse_gid(reference, "Sweep"):
        reference, project, entity = parts if len(parts) == 3 else (parts[0], project, entity)
    home = projects.find(db, entity, project)
    return find(db, home, reference) if home else None


def of_project(db: sqlite3.Connection, project: Project) -> list[Sweep]:
    """The project's sweeps, newest first."""
    rows = db.execute(
        f"{Sweep.SELECT} WHERE sweeps.project_id = ? ORDER BY sweeps.id DESC", (project.pk,)
    )
    return [Sweep.of(row) for row in rows]


def running(db: sqlite3.Connection, since: float) -> list[Sweep]:
    """The sweeps that run and whose agents were heard since then."""
    rows = db.execute(
        f"{Sweep.SELECT} WHERE state = 'RUNNING' AND sweeps.heartbeat_at > ?", (since,)
    )
    return [Sweep.of(row) for row in rows]


def count(db: sqlite3.Connection, project: Project) -> int:
    """How many sweeps the project has."""
    row = db.execute("SELECT count(*) FROM sweeps WHERE project_id = ?", (project.pk,)).fetchone()
    return int(row[0])


def insert(db: sqlite3.Connection, project: Project, **columns: object) -> Sweep:
    """A new sweep of the project."""
    now = time.time()
    columns |= {"project_id": project.pk, "created_at": now, "updated_at": now}
    columns.setdefault("name", short_id())
    marks = ", ".join("?" * len(columns))
    cursor = db.execute(
        f"INSERT INTO sweeps ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values())
    )
    made = get(db, int(cursor.lastrowid or 0))
    if made is None:
        raise RuntimeError("the sweep vanished while it was made")
    return made


def update(db: sqlite3.Connection, sweep: Sweep, columns: Mapping[str, object]) -> None:
    """Set these columns of the sweep."""
    changed = {**columns, "updated_at": time.time()}
    assignments = ", ".join(f"{column} = ?" for column in changed)
    db.execute(f"UPDATE sweeps SET {assignments} WHERE id = ?", (*changed.values(), sweep.pk))


def run_count(db: sqlite3.Connection, sweep: Sweep, states: tuple[str, ...] = ()) -> int:
    """How many trials the sweep has, in these states if some are given; prior runs are none."""
    if not states:
        return _counter(db, sweep, "trials")
    marks = ", ".join("?" * len(states))
    (count,) = db.execute(
        f"SELECT count(*) FROM runs WHERE sweep_id = ? AND NOT prior AND state IN ({marks})",
        (sweep.pk, *states),
    ).fetchone()
    return int(count)


def size(db: sqlite3.Connection, sweep: Sweep) -> int:
    """How many runs the sweep learns from: its own, prior ones, and prior trials of others."""
    others = "(SELECT count(*) FROM prior_trials WHERE sweep_id = sweeps.id)"
    return _counter(db, sweep, f"trials + prior_runs + {others}")


def attach(db: sqlite3.Connection, sweep: Sweep, prior: list[Run]) -> None:
    """Let the sweep learn from runs that were there before it.

    They become runs of the sweep, but for trials of another one, which stay that one's.
    """
    for run in prior:
        if run.sweep_pk is None:
            db.execute("UPDATE runs SET sweep_id = ?, prior = 1 WHERE id = ?", (sweep.pk, run.pk))
        elif run.sweep_pk != sweep.pk:
            db.execute("INSERT OR IGNORE INTO prior_trials VALUES (?, ?)", (sweep.pk, run.pk))


def _counter(db: sqlite3.Connection, sweep: Sweep, what: str) -> int:
    row = db.execute(f"SELECT {what} FROM sweeps WHERE id = ?", (sweep.pk,)).fetchone()
    return int(row[0]) if row else 0


def _one(db: sqlite3.Connection, where: str, *values: object) -> Sweep | None:
    row = db.execute(f"{Sweep.SELECT} WHERE {where}", values).fetchone()
    return Sweep.of(row) if row else None
