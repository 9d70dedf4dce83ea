"""Artifacts, their places in collections, their aliases, and the runs that made or used them."""

from __future__ import annotations

# ruff: noqa: S608 - the SQL is put together from this module's own names; values are bound
import re
import sqlite3
import time
from collections.abc import Iterable, Mapping

from wandb_flyte.backend.errors import NotFound
from wandb_flyte.backend.store.artifact_models import Artifact, Collection, Membership
from wandb_flyte.backend.store.models import Run

LATEST = "latest"


def insert(db: sqlite3.Connection, collection: Collection, **columns: object) -> Artifact:
    """A new artifact of the sequence, not complete yet."""
    now = time.time()
    columns |= {"collection_id": collection.pk, "created_at": now, "updated_at": now}
    marks = ", ".join("?" * len(columns))
    cursor = db.execute(
        f"INSERT INTO artifacts ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values())
    )
    return get(db, int(cursor.lastrowid or 0))


def get(db: sqlite3.Connection, pk: int) -> Artifact:
    """The artifact of that key.

    Raises:
        NotFound: It was deleted.
    """
    found = _select(db, "artifacts.id = ?", pk)
    if not found:
        raise NotFound("the artifact does not exist")
    return found[0]


def find(db: sqlite3.Connection, pk: int) -> Artifact | None:
    """The artifact of that key, or None."""
    found = _select(db, "artifacts.id = ?", pk)
    return found[0] if found else None


def find_by_client(db: sqlite3.Connection, client_id: str) -> Artifact | None:
    """The artifact that a client gave this id before it had one here, or None."""
    found = _select(db, "client_id = ?", client_id)
    return found[0] if found else None


def find_by_digest(db: sqlite3.Connection, collection: Collection, digest: str) -> Artifact | None:
    """The newest complete artifact of the sequence with that content, or None."""
    where = "collection_id = ? AND digest = ? AND state = 'COMMITTED' ORDER BY version DESC"
    found = _select(db, where, collection.pk, digest)
    return found[0] if found else None


def find_distributed(
    db: sqlite3.Connection, collection: Collection, distributed_id: str
) -> Artifact | None:
    """The sequence's unfinished artifact that several runs write together, or None."""
    where = "collection_id = ? AND distributed_id = ? AND state = 'PENDING'"
    found = _select(db, where, collection.pk, distributed_id)
    return found[0] if found else None


def of_collection(db: sqlite3.Connection, collection: Collection) -> list[Artifact]:
    """The complete artifacts in the collection, newest version first."""
    where = "memberships.collection_id = ? ORDER BY memberships.version DESC"
    return _select(db, where, collection.pk, join="memberships")


def logged_to(db: sqlite3.Connection, collection: Collection) -> list[Artifact]:
    """Every artifact of the sequence, complete or not."""
    return _select(db, "collection_id = ?", collection.pk)


def of_run(db: sqlite3.Connection, run: Run, *, used: bool) -> list[Artifact]:
    """The complete artifacts that the run used, or else logged."""
    where = (
        "run_artifacts.run_id = ? AND is_input = ? AND state = 'COMMITTED' ORDER BY artifacts.id"
    )
    return _select(db, where, run.pk, used, join="run_artifacts")


def update(db: sqlite3.Connection, artifact: Artifact, columns: Mapping[str, object]) -> Artifact:
    """Set these columns; gives the artifact as it is then."""
    changed = {**columns, "updated_at": time.time()}
    assignments = ", ".join(f"{column} = ?" for column in changed)
    db.execute(f"UPDATE artifacts SET {assignments} WHERE id = ?", (*changed.values(), artifact.pk))
    return get(db, artifact.pk)


def delete(db: sqlite3.Connection, artifact: Artifact) -> None:
    """Delete the artifact from every collection."""
    db.execute("DELETE FROM artifacts WHERE id = ?", (artifact.pk,))


def note_run(db: sqlite3.Connection, run: Run, artifact: Artifact, *, used: bool) -> None:
    """Note that the run used the artifact, or else logged it."""
    db.execute(
        "INSERT OR IGNORE INTO run_artifacts (run_id, artifact_id, is_input) VALUES (?, ?, ?)",
        (run.pk, artifact.pk, used),
    )


def users(db: sqlite3.Connection, artifact: Artifact) -> list[int]:
    """The keys of the runs that used the artifact."""
    rows = db.execute(
        "SELECT run_id FROM run_artifacts WHERE artifact_id = ? AND is_input", (artifact.pk,)
    )
    return [int(pk) for (pk,) in rows]


def join_collection(
    db: sqlite3.Connection, collection: Collection, artifact: Artifact
) -> tuple[Membership, bool]:
    """The artifact's place in the collection, its newest version unless it was there before.

    Returns:
        The place, and whether it is new.
    """
    for known in memberships(db, artifact):
        if known.collection_pk == collection.pk:
            return known, False
    (version,) = db.execute(
        "UPDATE collections SET next_version = next_version + 1 WHERE id = ?"
        " RETURNING next_version - 1",
        (collection.pk,),
    ).fetchone()
    now = time.time()
    cursor = db.execute(
        "INSERT INTO memberships (collection_id, artifact_id, version, created_at)"
        " VALUES (?, ?, ?, ?)",
        (collection.pk, artifact.pk, version, now),
    )
    made = Membership(int(cursor.lastrowid or 0), collection.pk, artifact.pk, int(version), now)
    add_aliases(db, made, [LATEST])
    return made, True


def leave_collection(db: sqlite3.Connection, membership: Membership) -> None:
    """Take the artifact out of the collection; `latest` moves to the newest that is left."""
    db.execute("DELETE FROM memberships WHERE id = ?", (membership.pk,))
    left = _places(db, "collection_id = ? ORDER BY version DESC LIMIT 1", membership.collection_pk)
    if left:
        known = db.execute(
            "SELECT 1 FROM aliases WHERE collection_id = ? AND alias = ?",
            (membership.collection_pk, LATEST),
        ).fetchone()
        if known is None:
            add_aliases(db, left[0], [LATEST])


def memberships(db: sqlite3.Connection, artifact: Artifact) -> list[Membership]:
    """Every place of the artifact, oldest first."""
    return _places(db, "artifact_id = ? ORDER BY id", artifact.pk)


def membership(db: sqlite3.Connection, collection: Collection, alias: str) -> Membership | None:
    """The place in the collection that an alias, or a version such as `v3`, means; or None."""
    rows = db.execute(
        f"{Membership.SELECT} JOIN aliases ON membership_id = memberships.id"
        " WHERE aliases.collection_id = ? AND alias = ?",
        (collection.pk, alias),
    ).fetchall()
    if rows:
        return Membership.of(rows[0])
    if re.fullmatch(r"v\d{1,18}", alias):
        found = _places(db, "collection_id = ? AND version = ?", collection.pk, int(alias[1:]))
        return found[0] if found else None
    return None


def aliases(db: sqlite3.Connection, membership: Membership) -> list[str]:
    """The aliases that mean this place."""
    rows = db.execute(
        "SELECT alias FROM aliases WHERE membership_id = ? ORDER BY alias", (membership.pk,)
    )
    return [alias for (alias,) in rows]


def collection_aliases(db: sqlite3.Connection, collection: Collection) -> list[str]:
    """Every alias in the collection."""
    rows = db.execute(
        "SELECT alias FROM aliases WHERE collection_id = ? ORDER BY alias", (collection.pk,)
    )
    return [alias for (alias,) in rows]


def add_aliases(db: sqlite3.Connection, membership: Membership, names: Iterable[str]) -> None:
    """Let these aliases mean this place, and no other in its collection."""
    db.executemany(
        "INSERT OR REPLACE INTO aliases (collection_id, alias, membership_id) VALUES (?, ?, ?)",
        [(membership.collection_pk, name, membership.pk) for name in names],
    )


def remove_aliases(db: sqlite3.Connection, membership: Membership, names: Iterable[str]) -> None:
    """Let these aliases not mean this place any more."""
    db.executemany(
        "DELETE FROM aliases WHERE membership_id = ? AND alias = ?",
        [(membership.pk, name) for name in names],
    )


def _select(db: sqlite3.Connection, where: str, *values: object, join: str = "") -> list[Artifact]:
    joined = f" JOIN {join} ON {join}.artifact_id = artifacts.id" if join else ""
    return [
        Artifact.of(row) for row in db.execute(f"{Artifact.SELECT}{joined} WHERE {where}", values)
    ]


def _places(db: sqlite3.Connection, where: str, *values: object) -> list[Membership]:
    return [Membership.of(row) for row in db.execute(f"{Membership.SELECT} WHERE {where}", values)]
