"""Taking an export into a data folder, beside what is there already."""

from __future__ import annotations

# ruff: noqa: S608 - the SQL is put together from the schema's own names; values are bound
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

from wandb_flyte.backend import durable, filepaths
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.keeping.checking import check_stored, tables
from wandb_flyte.backend.keeping.exporting import Progress, counts_of
from wandb_flyte.backend.keeping.unpacking import unpack
from wandb_flyte.backend.process import DataFolder
from wandb_flyte.backend.store.schema import migrate
from wandb_flyte.errors import UserError, printable

# What is the same thing in two backends when these columns are; every other row is a new one.
_SAME = {"projects": ("entity", "name"), "artifact_types": ("project_id", "name")}
# Refers to a table without saying so, since a blob outlives the artifact that brought it.
_SILENT_REFERENCES = {("blobs", "artifact_id"): "artifacts"}
# Triggers count these as the runs come in.
_COUNTERS = {("sweeps", "trials"), ("sweeps", "prior_runs")}
# What must not be there twice: what it is called, and where its name is.
_UNIQUE = (
    ("run", "runs"),
    ("sweep", "sweeps"),
    ("artifact", "collections"),
)
_MOST_NAMED = 5
_NOTHING = "Nothing was imported."


@dataclass(frozen=True)
class Imported:
    """What an import brought.

    Attributes:
        counts: How many projects, sweeps, runs and artifacts.
        missing: Files that the export names and does not hold.
    """

    counts: dict[str, int]
    missing: int


def import_file(
    data_dir: Path, source: Path, progress: Progress = lambda done, total: None
) -> Imported:
    """Take everything in an export into the data folder, or nothing.

    Projects of the same name are joined. A run, sweep or artifact that is there already under
    the same name makes it refuse the whole file.

    Args:
        data_dir: The data folder; made when it does not exist. Its server does not run.
        source: The export.
        progress: Told how far the unpacking is.

    Raises:
        UserError: It is no sound export, something in it is there already, or a server runs on
            the folder.
    """
    folder = DataFolder(data_dir)
    with folder.held(), tempfile.TemporaryDirectory(prefix="import-", dir=data_dir) as name:
        scratch = Path(name)
        incoming = unpack(source, scratch, progress)
        with (
            _in_words(folder),
            closing(sqlite3.connect(folder.database, isolation_level=None)) as db,
        ):
            migrate(db)
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("ATTACH ? AS incoming", (str(incoming),))
            counts = counts_of(db, "incoming")
            _refuse_what_is_here(db, source)
            missing = _merge(db, folder, scratch)
    return Imported(counts, missing)


@contextmanager
def _in_words(folder: DataFolder) -> Iterator[None]:
    """Make what goes wrong in the folder an error in the user's words."""
    try:
        yield
    except BackendError as error:
        raise UserError(error.message, hint=_NOTHING) from error
    except sqlite3.Error as error:
        raise UserError(
            f"the database `{folder.database}` can't be used: {error}.", hint=_NOTHING
        ) from error


def _refuse_what_is_here(db: sqlite3.Connection, source: Path) -> None:
    found: list[str] = []
    for what, table in _UNIQUE:
        rows = db.execute(
            f"SELECT p.entity, p.name, i.name FROM incoming.{table} i"
            " JOIN incoming.projects p ON p.id = i.project_id"
            " JOIN main.projects q ON q.entity = p.entity AND q.name = p.name"
            f" JOIN main.{table} m ON m.project_id = q.id AND m.name = i.name"
        ).fetchall()
        found += [f"{what} `{printable('/'.join(row))}`" for row in rows]
    if found:
        named = ", ".join(found[:_MOST_NAMED])
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise UserError(
            f"`{source}` holds what is here already: {named}{more}.",
            hint=f"{_NOTHING} Import it into a folder of its own: set WANDB_FLYTE_HOME.",
        )


def _merge(db: sqlite3.Connection, folder: DataFolder, scratch: Path) -> int:
    db.execute(
        "CREATE TEMP TABLE moved (tbl TEXT, old INTEGER, new INTEGER, PRIMARY KEY (tbl, old))"
        " WITHOUT ROWID"
    )
    db.execute("BEGIN IMMEDIATE")
    try:
        missing = _drop_missing(db, scratch)
        names = tables(db)
        for table in _ordered(db, names):
            _copy(db, table)
        _place(db, folder, scratch)
        db.execute("COMMIT")
    except sqlite3.IntegrityError as error:
        raise UserError(f"the file holds what is here already ({error}).", hint=_NOTHING) from error
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
    return missing


def _drop_missing(db: sqlite3.Connection, scratch: Path) -> int:
    """Forget what the export names and does not hold."""
    missing = 0
    for table, column, kind in (("files", "stored_as", "files"), ("blobs", "md5", "blobs")):
        for (name,) in db.execute(f"SELECT DISTINCT {column} FROM incoming.{table}").fetchall():
            if not (scratch / kind / name).exists():
                db.execute(f"DELETE FROM incoming.{table} WHERE {column} = ?", (name,))
                missing += 1
    return missing


def _references(db: sqlite3.Connection, table: str) -> dict[str, str]:
    """The columns that hold another row's key, and that row's table."""
    rows = db.execute(f"PRAGMA main.foreign_key_list({table})").fetchall()
    silent = {column: to for (here, column), to in _SILENT_REFERENCES.items() if here == table}
    return {row[3]: row[2] for row in rows} | silent


def _ordered(db: sqlite3.Connection, names: list[str]) -> list[str]:
    """The tables, each after those that it refers to."""
    graph = {table: set(_references(db, table).values()) - {table} for table in names}
    return list(TopologicalSorter(graph).static_order())


def _copy(db: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]
    references = _references(db, table)
    values = [_value(table, column, references) for column in columns]
    where = ""
    if "id" in columns:
        _move(db, table, references)
        where = " WHERE id NOT IN (SELECT old FROM moved WHERE tbl = 'same ' || ?)"
        columns_, values_ = ", ".join(columns), ", ".join(values)
        db.execute(
            f"INSERT INTO main.{table} ({columns_}) SELECT {values_} FROM incoming.{table} AS t"
            + where,
            (table,),
        )
        return
    # Bytes that both have are kept once; a run that is here was not deleted.
    verb = "INSERT OR IGNORE" if table in ("blobs", "deleted_runs") else "INSERT"
    db.execute(
        f"{verb} INTO main.{table} ({', '.join(columns)})"
        f" SELECT {', '.join(values)} FROM incoming.{table} AS t"
    )


def _value(table: str, column: str, references: dict[str, str]) -> str:
    if (table, column) in _COUNTERS:
        return "0"
    to = table if column == "id" else references.get(column)
    if to is None:
        return f"t.{column}"
    moved = f"(SELECT new FROM moved WHERE tbl = '{to}' AND old = t.{column})"
    # A reference that nothing enforces may be to a row that is gone.
    return f"coalesce({moved}, 0)" if (table, column) in _SILENT_REFERENCES else moved


def _move(db: sqlite3.Connection, table: str, references: dict[str, str]) -> None:
    """Note which key each incoming row gets; rows that are here already keep theirs."""
    if table in _SAME:
        same = " AND ".join(
            f"m.{column} = {_value(table, column, references)}" for column in _SAME[table]
        )
        here = f"SELECT t.id, m.id FROM incoming.{table} AS t JOIN main.{table} AS m ON {same}"
        for old, new in db.execute(here).fetchall():
            db.execute("INSERT INTO moved VALUES (?, ?, ?)", (table, old, new))
            db.execute("INSERT INTO moved VALUES ('same ' || ?, ?, ?)", (table, old, new))
    db.execute(
        "INSERT OR IGNORE INTO moved SELECT ?, id,"
        f" id + (SELECT coalesce(max(id), 0) FROM main.{table}) FROM incoming.{table}",
        (table,),
    )


def _place(db: sqlite3.Connection, folder: DataFolder, scratch: Path) -> None:
    """Put the bytes where this folder has them, on disk before the rows are."""
    rows = db.execute(
        "SELECT m.new, f.name, f.stored_as FROM incoming.files f"
        " JOIN moved m ON m.tbl = 'runs' AND m.old = f.run_id"
    ).fetchall()
    blobs = db.execute("SELECT md5 FROM incoming.blobs").fetchall()
    moves = []
    # Names are checked once more where files are moved: none of them may leave the folder.
    for run_pk, name, old in rows:
        stored_as = filepaths.stored_name()
        db.execute(
            "UPDATE main.files SET stored_as = ? WHERE run_id = ? AND name = ?",
            (stored_as, run_pk, name),
        )
        place = filepaths.stored_path(folder.files, stored_as)
        moves.append((scratch / "files" / check_stored(old, 64), place))
    for (md5,) in blobs:
        place = filepaths.stored_path(folder.blobs, md5)
        moves.append((scratch / "blobs" / check_stored(md5, 32), place))
    for source, target in moves:
        durable.sync(source)
        durable.put_in_place(source, target)
