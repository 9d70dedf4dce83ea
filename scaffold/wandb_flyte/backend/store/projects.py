"""Projects: made when something first names them."""

from __future__ import annotations

import sqlite3
import time

from wandb_flyte.backend.ids import check_name
from wandb_flyte.backend.store.models import Project

DEFAULT_ENTITY = "local"
DEFAULT_PROJECT = "uncategorized"


def find(db: sqlite3.Connection, entity: str | None, name: str | None) -> Project | None:
    """The project, or None."""
    row = db.execute(
        f"{Project.SELECT} WHERE entity = ? AND name = ?",
        (entity or DEFAULT_ENTITY, name or DEFAULT_PROJECT),
    ).fetchone()
    return Project.of(row) if row else None


def ensure(db: sqlite3.Connection, entity: str | None, name: str | None) -> Project:
    """The project, made now if it did not exist.

    Raises:
        BackendError: A name that can't be one.
    """
    entity, name = entity or DEFAULT_ENTITY, name or DEFAULT_PROJECT
    if found := find(db, entity, name):
        return found
    check_name("entity", entity)
    check_name("project", name)
    db.execute(
        "INSERT INTO projects (entity, name, created_at) VALUES (?, ?, ?)",
        (entity, name, time.time()),
    )
    made = find(db, entity, name)
    if made is None:
        raise RuntimeError(f"project {entity}/{name} vanished while it was made")
    return made


def describe(db: sqlite3.Connection, project: Project, description: str) -> None:
    """Set the project's description."""
    db.execute("UPDATE projects SET description = ? WHERE id = ?", (description, project.pk))


def of_entity(db: sqlite3.Connection, entity: str | None = None) -> list[Project]:
    """Every project of the entity, or of all entities, newest first."""
    where = "WHERE entity = ?" if entity else ""
    rows = db.execute(
        f"{Project.SELECT} {where} ORDER BY id DESC", (entity,) if entity else ()
    ).fetchall()
    return [Project.of(row) for row in rows]
