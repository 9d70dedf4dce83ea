"""Finding and removing what a data folder need not keep."""

from __future__ import annotations

# ruff: noqa: S608 - the SQL is put together from this module's own names; values are bound
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.backend import filepaths, state
from wandb_flyte.backend.process import DataFolder
from wandb_flyte.backend.store import runs
from wandb_flyte.backend.store.schema import migrate
from wandb_flyte.errors import UserError

_STORED = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
_SCRATCH = "upload-*"
_LEFT_BEHIND = ("export-*", "import-*")


@dataclass(frozen=True)
class OldRun:
    """A run that ended long ago."""

    pk: int
    path: str
    ended_at: float
    files: tuple[str, ...]


@dataclass(frozen=True)
class Garbage:
    """What can go.

    Attributes:
        runs: Runs that ended before the time that was asked about.
        files: Bytes that nothing refers to any more, scratch files of a server that was killed.
        blobs: Bytes that no artifact holds any more, by their MD5.
        size: How many bytes all of it has.
    """

    runs: tuple[OldRun, ...]
    files: tuple[Path, ...]
    blobs: tuple[str, ...]
    size: int

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to remove."""
        return not (self.runs or self.files or self.blobs)


def find_garbage(data_dir: Path, older_than_s: float | None = None) -> Garbage:
    """What a data folder need not keep; nothing is changed.

    Args:
        data_dir: The data folder. Its server does not run.
        older_than_s: Runs that ended so long ago may go too, but for trials of a sweep that has
            not ended; None keeps every run.

    Raises:
        UserError: A server runs on the folder, or there is no data.
    """
    folder = _checked(data_dir)
    with folder.held(), _opened(folder) as db:
        return _find(db, folder, older_than_s)


def remove_garbage(data_dir: Path, garbage: Garbage) -> int:
    """Remove what `find_garbage` found, as far as nothing refers to it now; gives bytes freed.

    Raises:
        UserError: A server runs on the folder.
    """
    folder = _checked(data_dir)
    before = _size(folder.path)
    with folder.held(), _opened(folder) as db:
        db.execute("BEGIN IMMEDIATE")
        for old in garbage.runs:
            found = runs.select(db, "runs.id = ?", old.pk)
            if found and found[0].state not in state.ACTIVE:
                runs.delete(db, found[0])
        db.execute(f"DELETE FROM blobs WHERE {_UNUSED}")
        db.execute("COMMIT")
        for path in _find(db, folder, None).files:
            if _is_folder(path):
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return max(before - _size(folder.path), 0)


_UNUSED = (
    "md5 NOT IN (SELECT md5 FROM artifact_files)"
    " AND md5 NOT IN (SELECT md5 FROM manifests WHERE md5 IS NOT NULL)"
)


def _checked(data_dir: Path) -> DataFolder:
    folder = DataFolder(data_dir)
    if not folder.database.exists():
        raise UserError(f"there is no data in `{data_dir}`.")
    return folder


@contextmanager
def _opened(folder: DataFolder) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(folder.database, isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            migrate(db)
            db.execute("PRAGMA foreign_keys = ON")
            yield db
    except sqlite3.Error as error:
        raise UserError(f"the database `{folder.database}` can't be used: {error}.") from error


def _find(db: sqlite3.Connection, folder: DataFolder, older_than_s: float | None) -> Garbage:
    old = tuple(_old_runs(db, older_than_s)) if older_than_s is not None else ()
    blobs = tuple(row[0] for row in db.execute(f"SELECT md5 FROM blobs WHERE {_UNUSED}"))
    kept = {row[0] for row in db.execute("SELECT stored_as FROM files")}
    kept_blobs = {row[0] for row in db.execute("SELECT md5 FROM blobs")} - set(blobs)
    files = [*_unknown(folder.files, kept), *_unknown(folder.blobs, kept_blobs)]
    files += [path for place in (folder.files, folder.blobs) for path in place.glob(_SCRATCH)]
    files += [path for pattern in _LEFT_BEHIND for path in folder.path.glob(pattern)]
    going = [filepaths.stored_path(folder.files, name) for run in old for name in run.files]
    size = sum(_size(path) for path in (*files, *going))
    return Garbage(old, tuple(sorted(files)), blobs, size)


def _old_runs(db: sqlite3.Connection, older_than_s: float) -> Iterator[OldRun]:
    marks = ", ".join("?" * len(state.ACTIVE))
    found = runs.select(
        db,
        f"runs.state NOT IN ({marks}) AND runs.state != 'preempted' AND runs.heartbeat_at < ?"
        " AND (runs.sweep_id IS NULL OR runs.sweep_id IN"
        " (SELECT id FROM sweeps WHERE state IN ('FINISHED', 'CANCELED')))",
        *state.ACTIVE,
        time.time() - older_than_s,
    )
    for run in found:
        rows = db.execute("SELECT stored_as FROM files WHERE run_id = ?", (run.pk,))
        path = f"{run.entity}/{run.project}/{run.name}"
        yield OldRun(run.pk, path, run.heartbeat_at, tuple(row[0] for row in rows))


def _unknown(folder: Path, kept: set[str]) -> Iterator[Path]:
    """Files with the name of stored bytes that are not among those to keep."""
    for path in folder.glob("[0-9a-f][0-9a-f]/*"):
        if _STORED.fullmatch(path.name) and path.name not in kept and path.is_file():
            yield path


def _size(path: Path) -> int:
    if _is_folder(path):
        return sum(inner.lstat().st_size for inner in path.rglob("*") if inner.is_file())
    return path.lstat().st_size if path.exists() else 0


def _is_folder(path: Path) -> bool:
    """Whether it is a folder itself: of a link to one only the link is this folder's."""
    return path.is_dir() and not path.is_symlink()
