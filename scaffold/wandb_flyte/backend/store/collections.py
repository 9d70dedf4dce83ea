"""Types and collections of artifacts: found, made, changed."""

from __future__ import annotations

# ruff: noqa: S608 - the SQL is put together from this module's own names; values are bound
import sqlite3
import time
from collections.abc import Mapping, Sequence

from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.ids import check_name
from wandb_flyte.backend.store.artifact_models import ArtifactType, Collection
from wandb_flyte.backend.store.models import Project
from wandb_flyte.backend.store.runs import tags_text


def find_type(db: sqlite3.Connection, project: Project, name: str) -> ArtifactType | None:
    """The project's type of that name, or None."""
    row = db.execute(
        f"{ArtifactType.SELECT} WHERE project_id = ? AND name = ?", (project.pk, name)
    ).fetchone()
    return ArtifactType.of(row) if row else None


def ensure_type(
    db: sqlite3.Connection, project: Project, name: str, description: str | None = None
) -> ArtifactType:
    """The project's type of that name, made now if it did not exist."""
    if found := find_type(db, project, name):
        return found
    check_name("artifact type", name)
    db.execute(
        "INSERT INTO artifact_types (project_id, name, description, created_at)"
        " VALUES (?, ?, ?, ?)",
        (project.pk, name, description, time.time()),
    )
    made = find_type(db, project, name)
    if made is None:
        raise RuntimeError("the artifact type vanished while it was made")
    return made


def type_of(db: sqlite3.Connection, collection: Collection) -> ArtifactType:
    """The collection's type."""
    row = db.execute(
        f"{ArtifactType.SELECT} WHERE project_id = ? AND name = ?",
        (collection.project_pk, collection.type),
    ).fetchone()
    return ArtifactType.of(row)


def types(db: sqlite3.Connection, project: Project) -> list[ArtifactType]:
    """The project's types, oldest first."""
    rows = db.execute(f"{ArtifactType.SELECT} WHERE project_id = ? ORDER BY id", (project.pk,))
    return [ArtifactType.of(row) for row in rows]


def get(db: sqlite3.Connection, pk: int) -> Collection:
    """The collection of that key, which exists."""
    found = _select(db, "collections.id = ?", pk)
    if not found:
        raise RuntimeError(f"artifact collection {pk} is gone")
    return found[0]


def find_named(db: sqlite3.Connection, project: Project, name: str) -> Collection | None:
    """The project's collection of that name, or None."""
    found = _select(db, "collections.project_id = ? AND collections.name = ?", project.pk, name)
    return found[0] if found else None


def find(db: sqlite3.Connection, pk: int) -> Collection | None:
    """The collection of that key, or None."""
    found = _select(db, "collections.id = ?", pk)
    return found[0] if found else None


def of_project(db: sqlite3.Connection, project: Project) -> list[Collection]:
    """The project's collections, newest first."""
    return _select(db, "collections.project_id = ? ORDER BY collections.id DESC", project.pk)


def of_type(db: sqlite3.Connection, kind: ArtifactType) -> list[Collection]:
    """The collections of that type, newest first."""
    return _select(db, "type_id = ? ORDER BY collections.id DESC", kind.pk)


def insert(
    db: sqlite3.Connection, project: Project, kind: ArtifactType, name: str, *, is_portfolio: bool
) -> Collection:
    """A new collection of the project.

    Raises:
        BackendError: A name that can't be one.
    """
    check_name("artifact", name)
    now = time.time()
    cursor = db.execute(
        "INSERT INTO collections (project_id, type_id, name, is_portfolio, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (project.pk, kind.pk, name, is_portfolio, now, now),
    )
    return get(db, int(cursor.lastrowid or 0))


def update(
    db: sqlite3.Connection, collection: Collection, columns: Mapping[str, object]
) -> Collection:
    """Set these columns; gives the collection as it is then.

    Raises:
        BackendError: The new name is taken, or can't be one.
    """
    if (name := columns.get("name")) not in (None, collection.name):
        check_name("artifact", str(name))
        taken = _select(
            db,
            "collections.project_id = ? AND collections.name = ?",
            collection.project_pk,
            name,
        )
        if taken:
            raise BackendError(f"the project has an artifact `{name}` already")
    changed = {**columns, "updated_at": time.time()}
    assignments = ", ".join(f"{column} = ?" for column in changed)
    db.execute(
        f"UPDATE collections SET {assignments} WHERE id = ?", (*changed.values(), collection.pk)
    )
    return get(db, collection.pk)


def tag(db: sqlite3.Connection, collection: Collection, tags: Sequence[str]) -> Collection:
    """Give the collection these tags in place of those it had."""
    return update(db, collection, {"tags": tags_text(tags)})


def delete(db: sqlite3.Connection, collection: Collection) -> None:
    """Delete the collection; artifacts that were logged to it go with it."""
    db.execute("DELETE FROM collections WHERE id = ?", (collection.pk,))


def _select(db: sqlite3.Connection, where: str, *values: object) -> list[Collection]:
    return [Collection.of(row) for row in db.execute(f"{Collection.SELECT} WHERE {where}", values)]
