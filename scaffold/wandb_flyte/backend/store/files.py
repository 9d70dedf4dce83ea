"""The files of runs, as rows; their bytes are in the data folder."""

from __future__ import annotations

import sqlite3

from wandb_flyte.backend.store.models import File, Run


def put(db: sqlite3.Connection, file: File) -> str | None:
    """Note a stored file; gives what an older file of that name is stored as, if there was one."""
    old = find_stored(db, file.run_pk, file.name)
    db.execute(
        "INSERT OR REPLACE INTO files (run_id, name, size, md5, mimetype, stored_as, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            file.run_pk,
            file.name,
            file.size,
            file.md5,
            file.mimetype,
            file.stored_as,
            file.updated_at,
        ),
    )
    return old if old != file.stored_as else None


def find(db: sqlite3.Connection, run: Run, name: str) -> File | None:
    """The run's file of that name, or None."""
    row = db.execute(f"{File.SELECT} WHERE run_id = ? AND name = ?", (run.pk, name)).fetchone()
    return File.of(row) if row else None


def of_run(db: sqlite3.Connection, run: Run) -> list[File]:
    """The run's files, by name."""
    rows = db.execute(f"{File.SELECT} WHERE run_id = ? ORDER BY name", (run.pk,))
    return [File.of(row) for row in rows]


def delete(db: sqlite3.Connection, run: Run, names: list[str]) -> list[str]:
    """Forget these files; gives what they are stored as."""
    stored = [old for name in names if (old := find_stored(db, run.pk, name))]
    db.executemany(
        "DELETE FROM files WHERE run_id = ? AND name = ?", [(run.pk, name) for name in names]
    )
    return stored


def find_stored(db: sqlite3.Connection, run_pk: int, name: str) -> str | None:
    """What the run's file of that name is stored as, or None."""
    row = db.execute(
        "SELECT stored_as FROM files WHERE run_id = ? AND name = ?", (run_pk, name)
    ).fetchone()
    return str(row[0]) if row else None
