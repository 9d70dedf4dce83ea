"""Which bytes are kept for artifacts, and which artifacts and manifests they belong to."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence

from wandb_flyte.backend.store.artifact_models import Artifact, ArtifactFile, Manifest


def note(db: sqlite3.Connection, md5: str, size: int, artifact_pk: int) -> None:
    """Note that the bytes are there, brought by that artifact."""
    db.execute(
        "INSERT OR IGNORE INTO blobs (md5, size, artifact_id, created_at) VALUES (?, ?, ?, ?)",
        (md5, size, artifact_pk, time.time()),
    )


def bringer(db: sqlite3.Connection, md5: str) -> int | None:
    """The key of the artifact that first brought these bytes, or None: they are not here."""
    row = db.execute("SELECT artifact_id FROM blobs WHERE md5 = ?", (md5,)).fetchone()
    return int(row[0]) if row else None


def size(db: sqlite3.Connection, md5: str) -> int | None:
    """How many bytes they are, or None: they are not here."""
    row = db.execute("SELECT size FROM blobs WHERE md5 = ?", (md5,)).fetchone()
    return int(row[0]) if row else None


def add_manifest(
    db: sqlite3.Connection, artifact: Artifact, kind: str, base_pk: int | None
) -> Manifest:
    """A new manifest of the artifact, its content to come."""
    cursor = db.execute(
        "INSERT INTO manifests (artifact_id, base_id, kind) VALUES (?, ?, ?)",
        (artifact.pk, base_pk, kind),
    )
    return Manifest(int(cursor.lastrowid or 0), artifact.pk, base_pk, kind, None)


def manifest(db: sqlite3.Connection, pk: int) -> Manifest | None:
    """The manifest of that key, or None."""
    row = db.execute(f"{Manifest.SELECT} WHERE id = ?", (pk,)).fetchone()
    return Manifest.of(row) if row else None


def manifests(db: sqlite3.Connection, artifact: Artifact) -> list[Manifest]:
    """The artifact's manifests whose content has come, oldest first."""
    rows = db.execute(
        f"{Manifest.SELECT} WHERE artifact_id = ? AND md5 IS NOT NULL ORDER BY id", (artifact.pk,)
    )
    return [Manifest.of(row) for row in rows]


def fill_manifest(db: sqlite3.Connection, manifest: Manifest, md5: str) -> None:
    """Note the content of the manifest."""
    db.execute("UPDATE manifests SET md5 = ? WHERE id = ?", (md5, manifest.pk))


def files(db: sqlite3.Connection, artifact: Artifact) -> list[ArtifactFile]:
    """The artifact's files, by path."""
    rows = db.execute(f"{ArtifactFile.SELECT} WHERE artifact_id = ? ORDER BY path", (artifact.pk,))
    return [ArtifactFile.of(row) for row in rows]


def expect_file(db: sqlite3.Connection, file: ArtifactFile) -> None:
    """Note a file that the artifact is going to have, so that its bytes are kept."""
    db.execute(
        "INSERT OR REPLACE INTO artifact_files (artifact_id, path, md5, size) VALUES (?, ?, ?, ?)",
        (file.artifact_pk, file.path, file.md5, file.size),
    )


def set_files(db: sqlite3.Connection, artifact: Artifact, found: Iterable[ArtifactFile]) -> None:
    """Let these be the artifact's files."""
    db.execute("DELETE FROM artifact_files WHERE artifact_id = ?", (artifact.pk,))
    db.executemany(
        "INSERT INTO artifact_files (artifact_id, path, md5, size) VALUES (?, ?, ?, ?)",
        [(file.artifact_pk, file.path, file.md5, file.size) for file in found],
    )


def of_artifacts(db: sqlite3.Connection, artifact_pks: Sequence[int]) -> set[str]:
    """The bytes that belong to any of these artifacts."""
    found: set[str] = set()
    for pk in artifact_pks:
        for table in ("artifact_files", "manifests"):
            rows = db.execute(f"SELECT md5 FROM {table} WHERE artifact_id = ?", (pk,))  # noqa: S608
            found |= {md5 for (md5,) in rows if md5}
    return found


def drop_unused(db: sqlite3.Connection, candidates: Iterable[str]) -> list[str]:
    """Forget those of the bytes that belong to no artifact any more; gives them."""
    dropped = []
    for md5 in candidates:
        row = db.execute(
            "SELECT 1 FROM artifact_files WHERE md5 = ? UNION ALL"
            " SELECT 1 FROM manifests WHERE md5 = ? LIMIT 1",
            (md5, md5),
        ).fetchone()
        if row is None:
            db.execute("DELETE FROM blobs WHERE md5 = ?", (md5,))
            dropped.append(md5)
    return dropped
