"""Runs: found, made, changed, ended."""

from __future__ import annotations

# ruff: noqa: S608 - the SQL is put together from this module's own names; values are bound
import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from typing import Any

from wandb_flyte.backend import state
from wandb_flyte.backend.ids import check_name, display_name
from wandb_flyte.backend.store.models import Project, Run


def find(db: sqlite3.Connection, project: Project, name: str) -> Run | None:
    """The project's run of that id, or None."""
    return _one(db, "runs.project_id = ? AND runs.name = ?", project.pk, name)


def get(db: sqlite3.Connection, pk: int) -> Run:
    """The run of that key, which exists."""
    run = _one(db, "runs.id = ?", pk)
    if run is None:
        raise RuntimeError(f"run {pk} is gone")
    return run


def exists(db: sqlite3.Connection, pk: int) -> bool:
    """Whether the run of that key is still there."""
    return db.execute("SELECT 1 FROM runs WHERE id = ?", (pk,)).fetchone() is not None


def select(
    db: sqlite3.Connection,
    where: str,
    *values: object,
    newest_first: bool = False,
    limit: int = -1,
    offset: int = 0,
) -> list[Run]:
    """Runs for which the SQL condition holds, oldest first unless asked otherwise."""
    order = "runs.id DESC" if newest_first else "runs.id"
    rows = db.execute(
        f"{Run.SELECT} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?", (*values, limit, offset)
    )
    return [Run.of(row) for row in rows]


def heartbeats(db: sqlite3.Connection) -> list[tuple[int, float]]:
    """Key and last heartbeat of every run that has a process or was given to an agent."""
    marks = ", ".join("?" * len(state.ACTIVE))
    rows = db.execute(
        f"SELECT id, heartbeat_at FROM runs WHERE state IN ({marks})"
        " AND (state != 'pending' OR agent_id IS NOT NULL)",
        state.ACTIVE,
    )
    return [(row[0], row[1]) for row in rows]


def forget_deliveries(db: sqlite3.Connection) -> None:
    """Let the trials that were handed out and not heard of since count as handed out once."""
    db.execute(
        "UPDATE runs SET deliveries = 1 WHERE state = 'pending' AND NOT listed AND deliveries > 1"
    )


def count(db: sqlite3.Connection, where: str, *values: object) -> int:
    """For how many runs the SQL condition holds."""
    (number,) = db.execute(f"SELECT count(*) FROM runs WHERE {where}", values).fetchone()
    return int(number)


def insert(
    db: sqlite3.Connection, project: Project, name: str, run_state: str, **columns: object
) -> Run:
    """A new run of the project.

    Raises:
        BackendError: A run id that can't be one.
    """
    check_name("run id", name)
    now = _not_before(db, columns.get("sweep_id"), time.time())
    if not columns.get("display_name"):
        columns["display_name"] = _next_display_name(db, project, name, columns.get("sweep_id"))
    columns |= {"project_id": project.pk, "name": name, "state": run_state}
    columns |= {"created_at": now, "updated_at": now, "heartbeat_at": now}
    marks = ", ".join("?" * len(columns))
    cursor = db.execute(
        f"INSERT INTO runs ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values())
    )
    db.execute("DELETE FROM deleted_runs WHERE project_id = ? AND name = ?", (project.pk, name))
    return get(db, int(cursor.lastrowid or 0))


def update(db: sqlite3.Connection, run: Run, columns: Mapping[str, object]) -> None:
    """Set these columns of the run."""
    changed = {**columns, "updated_at": time.time()}
    assignments = ", ".join(f"{column} = ?" for column in changed)
    db.execute(f"UPDATE runs SET {assignments} WHERE id = ?", (*changed.values(), run.pk))


def end(db: sqlite3.Connection, run: Run, exit_code: int | None) -> str:
    """End the run with what its process reported, None when it vanished; gives its state."""
    ended = state.run_end(exit_code, stop_requested=run.stop_requested, preempting=run.preempting)
    update(db, run, {"state": ended, "exit_code": exit_code})
    return ended


def clear_history(db: sqlite3.Connection, run: Run) -> None:
    """Forget the run's history."""
    db.execute("DELETE FROM lines WHERE run_id = ? AND stream = 'history'", (run.pk,))
    update(db, run, {"history_lines": 0, "last_step": -1, "history_keys": "{}"})


def clear(db: sqlite3.Connection, run: Run) -> None:
    """Forget what the run logged, but for its history: its id is used anew."""
    db.execute("DELETE FROM lines WHERE run_id = ? AND stream != 'history'", (run.pk,))
    db.execute("DELETE FROM writers WHERE run_id = ?", (run.pk,))
    update(db, run, {"event_lines": 0, "log_lines": 0, "summary": "{}", "system": "{}"})


def delete(db: sqlite3.Connection, run: Run) -> list[str]:
    """Delete the run; gives the names in the data folder of the files it leaves behind."""
    stored = db.execute("SELECT stored_as FROM files WHERE run_id = ?", (run.pk,)).fetchall()
    db.execute("INSERT OR IGNORE INTO deleted_runs VALUES (?, ?)", (run.project_pk, run.name))
    db.execute("DELETE FROM runs WHERE id = ?", (run.pk,))
    return [name for (name,) in stored]


def alert(db: sqlite3.Connection, run: Run, title: str, text: str, severity: str) -> None:
    """Keep what `run.alert` said."""
    db.execute(
        "INSERT INTO alerts (run_id, title, text, severity, created_at) VALUES (?, ?, ?, ?, ?)",
        (run.pk, title, text, severity, time.time()),
    )


def was_deleted(db: sqlite3.Connection, project: Project, name: str) -> bool:
    """Whether a run of that id was deleted and has not been made again."""
    row = db.execute(
        "SELECT 1 FROM deleted_runs WHERE project_id = ? AND name = ?", (project.pk, name)
    ).fetchone()
    return row is not None


def tags_text(tags: Sequence[Any]) -> str:
    """Tags as the store keeps them."""
    return json.dumps(sorted({str(tag) for tag in tags}))


def _one(db: sqlite3.Connection, where: str, *values: object) -> Run | None:
    row = db.execute(f"{Run.SELECT} WHERE {where}", values).fetchone()
    return Run.of(row) if row else None


def _not_before(db: sqlite3.Connection, sweep_pk: object, now: float) -> float:
    """The time, no earlier than the sweep's, whose clock may have been set since."""
    row = db.execute("SELECT created_at FROM sweeps WHERE id = ?", (sweep_pk,)).fetchone()
    return max(now, row[0]) if row else now


def _next_display_name(
    db: sqlite3.Connection, project: Project, name: str, sweep_pk: object
) -> str:
    if sweep_pk:
        counted = db.execute("SELECT trials + prior_runs FROM sweeps WHERE id = ?", (sweep_pk,))
    else:
        counted = db.execute("SELECT count(*) FROM runs WHERE project_id = ?", (project.pk,))
    (count,) = counted.fetchone()
    return display_name(name, count + 1, "sweep" if sweep_pk else "")
