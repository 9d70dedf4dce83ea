"""An export is a stranger's file until everything in it has been checked."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.filepaths import check_file_name
from wandb_flyte.backend.ids import check_name
from wandb_flyte.backend.keeping.exporting import FORMAT, FORMAT_VERSION, Progress
from wandb_flyte.backend.store.schema import MIGRATIONS, migrate
from wandb_flyte.errors import UserError

_ENTRY = re.compile(r"manifest\.json|backend\.sqlite3|files/[0-9a-f]{64}|blobs/[0-9a-f]{32}")
_TYPES = {
    "INTEGER": ("integer", "null"),
    "REAL": ("real", "integer", "null"),
    "TEXT": ("text", "null"),
}
_NAMES = (
    ("entity", "SELECT entity FROM projects"),
    ("project", "SELECT name FROM projects"),
    ("run id", "SELECT name FROM runs"),
    ("sweep id", "SELECT name FROM sweeps"),
)
_HASHES = (
    ("SELECT md5 FROM blobs", 32),
    ("SELECT md5 FROM artifact_files", 32),
    ("SELECT md5 FROM manifests WHERE md5 IS NOT NULL", 32),
    ("SELECT stored_as FROM files", 64),
)
# What SQLite itself adds when it is asked to analyze.
_STATISTICS = {
    ("table", "sqlite_stat1", "CREATE TABLE sqlite_stat1(tbl,idx,stat)"),
    ("table", "sqlite_stat4", "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)"),
}
_MOST_MANIFEST = 1 << 20
_CHUNK = 1 << 20


def unpack(source: Path, scratch: Path, progress: Progress) -> Path:
    """Unpack an export into the scratch folder and check all of it; gives its database.

    The database is of this version's tables afterwards.

    Raises:
        UserError: It is no export, a newer one, damaged, or holds what no export would.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _entries(archive, source)
            _manifest(archive)
            _extract(archive, entries, scratch, progress)
    except FileNotFoundError:
        raise UserError(f"there is no file `{source}`.") from None
    except (zipfile.BadZipFile, EOFError, ValueError, KeyError, NotImplementedError) as error:
        raise _refused(source, f"it is damaged or no export ({error})") from error
    except (zlib.error, RuntimeError) as error:
        raise _refused(source, f"it is damaged ({error})") from error
    except OSError as error:
        raise UserError(f"`{source}` can't be read: {error.strerror}.") from error
    database = scratch / "backend.sqlite3"
    try:
        _check_database(database, source)
        _check_bytes(database, scratch, source)
    except sqlite3.Error as error:
        raise _refused(source, f"its database is damaged ({error})") from error
    except BackendError as error:
        raise _refused(source, error.message) from error
    return database


def _refused(source: Path, why: str) -> UserError:
    return UserError(f"`{source}` can't be imported: {why}.", hint="Nothing was imported.")


def _entries(archive: zipfile.ZipFile, source: Path) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    strange = next((name for name in names if not _ENTRY.fullmatch(name)), None)
    if strange is not None:
        raise _refused(source, f"it holds `{strange[:100]}`, which no export does")
    if len(set(names)) != len(names) or not {"manifest.json", "backend.sqlite3"} <= set(names):
        raise _refused(source, "it is no export of a local backend")
    return [entry for entry in entries if entry.filename != "manifest.json"]


def _manifest(archive: zipfile.ZipFile) -> None:
    if archive.getinfo("manifest.json").file_size > _MOST_MANIFEST:
        raise ValueError("its manifest is too large")
    manifest = json.loads(archive.read("manifest.json"))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError("its manifest is another program's")
    version = manifest.get("version")
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise ValueError("a newer wandb-flyte made it: upgrade wandb-flyte")


def _extract(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], scratch: Path, progress: Progress
) -> None:
    total, done = sum(entry.file_size for entry in entries), 0
    free = shutil.disk_usage(scratch).free
    if total > free * 0.9:
        raise UserError(f"it needs {total:,} bytes, and `{scratch.parent}` has {free:,} left.")
    for kind in ("files", "blobs"):
        (scratch / kind).mkdir()
    for entry in entries:
        # Reading ends at the size that the entry declares.
        with archive.open(entry) as packed, (scratch / entry.filename).open("wb") as file:
            while chunk := packed.read(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                progress(done, total)


def _check_database(path: Path, source: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA trusted_schema = OFF")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if not 1 <= version <= len(MIGRATIONS):
            raise _refused(source, f"its database has version `{version}`, unknown here")
        # No view, trigger or table but the ones that this project makes.
        if _schema(db) - _STATISTICS != _expected(version):
            raise _refused(source, "its database has tables that no local backend makes")
        if db.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise _refused(source, "its database is damaged")
        if db.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise _refused(source, "its database refers to rows that it does not hold")
        migrate(db)
        for table in tables(db):
            _check_types(db, table, source)
        for what, query in _NAMES:
            for (name,) in db.execute(query):
                check_name(what, name)
        for (name,) in db.execute("SELECT name FROM files"):
            check_file_name(name)
        (count, distinct) = db.execute(
            "SELECT count(*), count(DISTINCT stored_as) FROM files"
        ).fetchone()
        if count != distinct:
            raise _refused(source, "two files share their bytes")
        for query, length in _HASHES:
            for (digest,) in db.execute(query):
                check_stored(digest, length)


def check_stored(name: str, length: int) -> str:
    """The name itself, when stored bytes can have it: a hash of so many hexadecimal digits.

    Raises:
        BackendError: They can't.
    """
    if not re.fullmatch(rf"[0-9a-f]{{{length}}}", name):
        raise BackendError(f"`{name[:80]}` is no name of stored bytes")
    return name


def tables(db: sqlite3.Connection, schema: str = "main") -> list[str]:
    """The names of a database's tables."""
    rows = db.execute(
        f"SELECT name FROM {schema}.sqlite_schema"  # noqa: S608
        " WHERE type = 'table' AND substr(name, 1, 7) != 'sqlite_' ORDER BY rowid"
    )
    return [name for (name,) in rows]


def _schema(db: sqlite3.Connection) -> set[tuple[str, str, str]]:
    rows = db.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema")
    return {(kind, name, sql) for kind, name, sql in rows}


def _expected(version: int) -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for script in MIGRATIONS[:version]:
            db.executescript(script)
        return _schema(db)


def _check_types(db: sqlite3.Connection, table: str, source: Path) -> None:
    for _, column, kind, *_ in db.execute(f"PRAGMA table_info({table})").fetchall():
        fitting = ", ".join(f"'{name}'" for name in _TYPES[kind])
        wrong = db.execute(
            f"SELECT 1 FROM {table} WHERE typeof({column}) NOT IN ({fitting}) LIMIT 1"  # noqa: S608
        )
        if wrong.fetchone() is not None:
            raise _refused(source, f"`{table}.{column}` holds what it never does")


def _check_bytes(database: Path, scratch: Path, source: Path) -> None:
    """Every file's bytes are the ones that its row says."""
    with closing(sqlite3.connect(database)) as db:
        files = db.execute("SELECT stored_as, md5, name FROM files").fetchall()
        blobs = db.execute("SELECT md5, md5, md5 FROM blobs").fetchall()
    for kind, rows in (("files", files), ("blobs", blobs)):
        for stored_as, md5, name in rows:
            place = scratch / kind / stored_as
            if place.exists() and _md5(place) != md5:
                raise _refused(source, f"the bytes of `{name}` are not the ones that were stored")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
