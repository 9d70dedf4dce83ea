"""What must be true of the database of an export, which is a stranger's file."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.filepaths import check_file_name
from wandb_flyte.backend.ids import check_name
from wandb_flyte.backend.store.schema import MIGRATIONS, migrate

# Every REAL is a time, and pages show none after the year 9999. Keys leave room for those of the
# folder that they are added to.
_FITTING = {
    "INTEGER": "typeof({0}) = 'integer'",
    "REAL": "typeof({0}) IN ('real', 'integer') AND {0} BETWEEN 0 AND 253402300799",
    "TEXT": "typeof({0}) = 'text'",
}
_KEY = "{0} BETWEEN 0 AND 1 << 53"
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


@dataclass(frozen=True)
class Stored:
    """Bytes that a database names.

    Attributes:
        name: What the user calls them.
        md5: Their MD5 in hexadecimal digits.
    """

    name: str
    md5: str


def check_database(path: Path) -> dict[str, Stored]:
    """Check everything in an export's database, and bring it to this version's tables.

    Returns:
        The entries of the export that it names.

    Raises:
        BackendError: It holds what no local backend writes.
        sqlite3.Error: It is damaged.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA trusted_schema = OFF")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if db.execute("PRAGMA encoding").fetchone() != ("UTF-8",):
            raise BackendError("its database is not in UTF-8")
        if not 1 <= version <= len(MIGRATIONS):
            raise BackendError(f"its database has version `{version}`, unknown here")
        # No view, trigger or table but the ones that this project makes.
        if _schema(db) - _STATISTICS != _expected(version):
            raise BackendError("its database has tables that no local backend makes")
        # Indexes too: an index that says something else than its table would be what is checked.
        if db.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackendError("its database is damaged")
        if db.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise BackendError("its database refers to rows that it does not hold")
        migrate(db)
        for table in tables(db):
            _check_values(db, table)
        for what, query in _NAMES:
            for (name,) in db.execute(query):
                check_name(what, name)
        for (name,) in db.execute("SELECT name FROM files"):
            check_file_name(name)
        (count, distinct) = db.execute(
            "SELECT count(*), count(DISTINCT stored_as) FROM files"
        ).fetchone()
        if count != distinct:
            raise BackendError("two files share their bytes")
        for query, length in _HASHES:
            for (digest,) in db.execute(query):
                check_stored(digest, length)
        files = db.execute("SELECT stored_as, name, md5 FROM files").fetchall()
        blobs = db.execute("SELECT md5, md5, md5 FROM blobs").fetchall()
    named = {f"files/{stored_as}": Stored(name, md5) for stored_as, name, md5 in files}
    return named | {f"blobs/{key}": Stored(name, md5) for key, name, md5 in blobs}


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


def _check_values(db: sqlite3.Connection, table: str) -> None:
    for _, column, kind, *_ in db.execute(f"PRAGMA table_info({table})").fetchall():
        fitting = (_KEY if column == "id" else _FITTING[kind]).format(column)
        wrong = db.execute(
            f"SELECT 1 FROM {table} WHERE {column} IS NOT NULL AND NOT ({fitting}) LIMIT 1"  # noqa: S608
        )
        if wrong.fetchone() is not None:
            raise BackendError(f"`{table}.{column}` holds what it never does")
        if kind == "TEXT":
            _read_texts(db, table, column)


def _read_texts(db: sqlite3.Connection, table: str, column: str) -> None:
    try:
        for _ in db.execute(f"SELECT {column} FROM {table}"):  # noqa: S608
            pass
    except sqlite3.OperationalError as error:
        raise BackendError(f"`{table}.{column}` holds text that is not UTF-8") from error
