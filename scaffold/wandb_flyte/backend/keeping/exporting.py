"""One file that holds everything a local backend keeps.

It is a zip: `manifest.json` says what it is, `backend.sqlite3` is a snapshot of the database,
`files/HASH` are the bytes of the runs' files, `blobs/MD5` those of artifacts.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from wandb_flyte._version import __version__
from wandb_flyte.backend import filepaths
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.process import DataFolder
from wandb_flyte.backend.store.schema import migrate
from wandb_flyte.errors import UserError

FORMAT = "wandb-flyte local backend"
FORMAT_VERSION = 1
Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""

# How often a snapshot is taken anew because a run was deleted while its files were collected.
_TRIES = 5
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Exported:
    """What an export holds.

    Attributes:
        path: The file.
        size: Its bytes.
        counts: How many projects, sweeps, runs and artifacts it holds.
        missing: Files that the database names and the folder does not have.
        left_out: Files that no import takes, as entity/project/run/name: their names are no
            relative paths.
    """

    path: Path
    size: int
    counts: dict[str, int]
    missing: int
    left_out: tuple[str, ...]


def export(data_dir: Path, target: Path, progress: Progress = lambda done, total: None) -> Exported:
    """Write everything in the data folder to one file, whether its server runs or not.

    Args:
        data_dir: The data folder.
        target: The file to make; it does not exist yet.
        progress: Told how far it is.

    Raises:
        UserError: There is no data, or the file can't be made.
    """
    folder = DataFolder(data_dir)
    if not folder.database.exists():
        raise UserError(f"there is no data in `{data_dir}` to export.")
    if target.exists():
        raise UserError(
            f"`{target}` exists already.", hint="Give another name, or remove it first."
        )
    if not target.parent.is_dir():
        raise UserError(f"the folder `{target.parent}` does not exist.")
    with tempfile.TemporaryDirectory(prefix="export-", dir=data_dir) as name:
        scratch = Path(name)
        try:
            missing, left_out = _collect(folder, scratch)
        except sqlite3.Error as error:
            raise UserError(f"the database `{folder.database}` can't be read: {error}.") from error
        try:
            counts = _write(scratch, target, progress)
        except FileExistsError:
            raise UserError(f"`{target}` exists already.") from None
        except OSError as error:
            raise UserError(f"`{target}` can't be written: {error.strerror}.") from error
    return Exported(target, target.stat().st_size, counts, missing, left_out)


def counts_of(db: sqlite3.Connection, schema: str = "main") -> dict[str, int]:
    """How many things of each kind a database holds."""
    kinds = ("projects", "sweeps", "runs", "artifacts")
    return {
        kind: int(db.execute(f"SELECT count(*) FROM {schema}.{kind}").fetchone()[0])  # noqa: S608
        for kind in kinds
    }


def _collect(folder: DataFolder, scratch: Path) -> tuple[int, tuple[str, ...]]:
    """A snapshot of the database, and a link to each file that it names."""
    missing = 0
    left_out: tuple[str, ...] = ()
    for _ in range(_TRIES):
        shutil.rmtree(scratch / "files", ignore_errors=True)
        shutil.rmtree(scratch / "blobs", ignore_errors=True)
        snapshot = scratch / "backend.sqlite3"
        snapshot.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(folder.database, timeout=30)) as source,
            closing(sqlite3.connect(snapshot, isolation_level=None)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            migrate(copy)
            left_out = _leave_out(copy)
            files = [row[0] for row in copy.execute("SELECT DISTINCT stored_as FROM files")]
            blobs = [row[0] for row in copy.execute("SELECT md5 FROM blobs")]
        missing = _link(folder.files, files, scratch / "files")
        missing += _link(folder.blobs, blobs, scratch / "blobs")
        if not missing:
            break
    return missing, left_out


def _leave_out(db: sqlite3.Connection) -> tuple[str, ...]:
    """Forget the files that no import takes: older servers took any name."""
    rows = db.execute(
        "SELECT f.run_id, f.name, p.entity || '/' || p.name || '/' || r.name || '/' || f.name"
        " FROM files f JOIN runs r ON r.id = f.run_id JOIN projects p ON p.id = r.project_id"
    )
    odd = [row for row in rows.fetchall() if not _importable(row[1])]
    db.executemany("DELETE FROM files WHERE run_id = ? AND name = ?", [row[:2] for row in odd])
    return tuple(path for _, _, path in odd)


def _importable(name: str) -> bool:
    try:
        filepaths.check_file_name(name)
    except BackendError:
        return False
    return True


def _link(source: Path, names: list[str], target: Path) -> int:
    target.mkdir()
    missing = 0
    for name in names:
        place = filepaths.stored_path(source, name)
        try:
            _link_or_copy(place, target / name)
        except FileNotFoundError:
            missing += 1
    return missing


def _link_or_copy(place: Path, target: Path) -> None:
    try:
        os.link(place, target)
    except FileNotFoundError:
        raise
    except OSError:
        # A disk without hard links (FAT, some network shares), or a file that is not one's own.
        shutil.copyfile(place, target)


def _write(scratch: Path, target: Path, progress: Progress) -> dict[str, int]:
    """Make the file, for this user alone, in one step."""
    handle, name = tempfile.mkstemp(prefix=".export-", suffix=".partial", dir=target.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            counts = _pack(scratch, file, progress)
            file.flush()
            os.fsync(handle)
        _name(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return counts


def _name(partial: Path, target: Path) -> None:
    """Give the file its name, unless something has it.

    Raises:
        FileExistsError: Something has it.
    """
    try:
        os.link(partial, target)
    except FileExistsError:
        raise
    except OSError:
        # A disk without hard links can't refuse in the same step.
        if target.exists():
            raise FileExistsError(target) from None
        partial.replace(target)


def _pack(scratch: Path, file: BinaryIO, progress: Progress) -> dict[str, int]:
    snapshot = scratch / "backend.sqlite3"
    with closing(sqlite3.connect(snapshot)) as db:
        counts = counts_of(db)
        (schema,) = db.execute("PRAGMA user_version").fetchone()
    manifest = {"format": FORMAT, "version": FORMAT_VERSION, "schema": schema, "counts": counts}
    manifest |= {"made_by": f"wandb-flyte {__version__}", "made_at": time.time()}
    entries = [("backend.sqlite3", snapshot)]
    for kind in ("files", "blobs"):
        entries += [(f"{kind}/{path.name}", path) for path in sorted((scratch / kind).iterdir())]
    total, done = sum(path.stat().st_size for _, path in entries), 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
        for name, path in entries:
            with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as entry:
                while chunk := source.read(_CHUNK):
                    entry.write(chunk)
                    done += len(chunk)
                    progress(done, total)
    return counts
