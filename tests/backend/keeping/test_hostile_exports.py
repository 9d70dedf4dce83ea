"""Exports that a stranger made: refused whole, with the reason."""

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.keeping.importing import _place, import_file
from wandb_flyte.backend.process import DataFolder
from wandb_flyte.backend.store.schema import MIGRATIONS, migrate
from wandb_flyte.errors import UserError


def repacked(source: Path, target: Path, change) -> Path:
    """The export with its database changed, or with entries added or changed."""
    scratch = target.with_suffix(".d")
    with zipfile.ZipFile(source) as archive:
        archive.extractall(scratch)
    with closing(sqlite3.connect(scratch / "backend.sqlite3")) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        added = change(db, scratch) or {}
        db.commit()
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(scratch.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(scratch))
        for name, content in added.items():
            archive.writestr(name, content)
    return target


def sql(*statements):
    return lambda db, _: [db.executescript(statement) for statement in statements] and None


def swap_bytes(_, scratch):
    next((scratch / "files").iterdir()).write_text("other bytes")


def in_utf16(_, scratch):
    place = scratch / "backend.sqlite3"
    place.unlink()
    with closing(sqlite3.connect(place, isolation_level=None)) as db:
        db.execute("PRAGMA encoding = 'UTF-16'")
        migrate(db)


def index_that_lies(_, scratch):
    """The table holds another MD5 than its index, which alone is read for the MD5s."""
    index = "FROM sqlite_schema WHERE name = 'artifact_files_by_blob'"
    place = scratch / "backend.sqlite3"

    def change(*steps):
        with closing(sqlite3.connect(place, isolation_level=None)) as db:
            db.execute("PRAGMA writable_schema = ON")
            return [db.execute(*step).fetchall() for step in steps]

    (row,), _ = change([f"SELECT * {index}"], [f"DELETE {index}"])
    change(
        ["UPDATE artifact_files SET md5 = '../evil'"],
        ["INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", row],
    )


def newer(_, scratch):
    manifest = json.loads((scratch / "manifest.json").read_text())
    (scratch / "manifest.json").write_text(json.dumps(manifest | {"version": 99}))


HOSTILE = {
    "an entry that leaves the folder": (lambda *_: {"../../evil": "x"}, "which no export does"),
    "an absolute entry": (lambda *_: {"/tmp/evil": "x"}, "which no export does"),
    "an entry below a blob": (lambda *_: {"blobs/../../evil": "x"}, "which no export does"),
    "two entries of a name": (lambda *_: {"manifest.json": "{}"}, "no export"),
    "other bytes": (swap_bytes, "are not the ones that were stored"),
    "a newer format": (newer, "a newer wandb-flyte made it"),
    "a trigger": (
        sql("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM projects; END"),
        "has tables that no local backend makes",
    ),
    "a trigger whose name is like one of SQLite's": (
        sql("CREATE TRIGGER sqliteXstat AFTER DELETE ON files BEGIN DELETE FROM projects; END"),
        "has tables that no local backend makes",
    ),
    "a view whose name is like one of SQLite's": (
        sql("CREATE VIEW sqliteXstat1 AS SELECT 1"),
        "has tables that no local backend makes",
    ),
    "a view": (sql("CREATE VIEW v AS SELECT 1"), "has tables that no local backend makes"),
    "a newer database": (sql("PRAGMA user_version = 999"), "version `999`, unknown here"),
    "a stored name that leaves the folder": (
        sql("UPDATE files SET stored_as = '../../../evil' WHERE name = 'note.txt'"),
        "is no name of stored bytes",
    ),
    "a blob that leaves the folder": (
        sql("UPDATE blobs SET md5 = '../evil' WHERE md5 = (SELECT min(md5) FROM blobs)"),
        "is no name of stored bytes",
    ),
    "a file name that leaves the folder": (
        sql("UPDATE files SET name = '../x' WHERE name = 'note.txt'"),
        "file name `../x` is not a relative path",
    ),
    "a run name that no URL holds": (sql("UPDATE runs SET name = 'a/b' WHERE id = 1"), "run id"),
    "a project name of markup": (sql("UPDATE projects SET name = 'a/<script>'"), "project"),
    "bytes for a number": (
        sql("UPDATE runs SET last_step = x'00ff' WHERE id = 1"),
        "holds what it never does",
    ),
    "a time that no page can show": (
        sql("UPDATE runs SET created_at = 1e300 WHERE name = 'one'"),
        "`runs.created_at` holds what it never does",
    ),
    "a time without end": (
        sql("UPDATE sweeps SET heartbeat_at = -9e999"),
        "`sweeps.heartbeat_at` holds what it never does",
    ),
    "a key that leaves no room": (
        sql("INSERT INTO alerts VALUES (9223372036854775807, 1, '', '', '', 1.0)"),
        "`alerts.id` holds what it never does",
    ),
    "text that is none": (
        sql("UPDATE runs SET display_name = CAST(x'ff41' AS TEXT) WHERE name = 'one'"),
        "`runs.display_name` holds text that is not UTF-8",
    ),
    "a database in UTF-16": (in_utf16, "its database is not in UTF-8"),
    "an index that lies": (index_that_lies, "its database is damaged"),
    "a file that no run has": (
        lambda *_: {"files/" + "0" * 64: "x"},
        "which its database does not name",
    ),
    "a blob that no artifact has": (
        lambda *_: {"blobs/" + "0" * 32: "x"},
        "which its database does not name",
    ),
    "a row of nothing": (
        sql("INSERT INTO lines VALUES (999, 'history', 0, 0, '{}')"),
        "refers to rows that it does not hold",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_whole(first, tmp_path, kind):
    """It says why, and nothing of it is left: no row, no file, inside the folder or outside."""
    change, says = HOSTILE[kind]
    with pytest.warns(UserWarning) if "two entries" in kind else pytest.MonkeyPatch.context():
        file = repacked(first[1], tmp_path / "hostile.zip", change)
    inside = tmp_path / "a" / "b" / "data"
    with pytest.raises(UserError) as refused:
        import_file(inside, file)

    assert says in refused.value.message
    assert sorted(path.name for path in inside.rglob("*")) == ["server.lock"]
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_export_that_another_program_packed_is_refused(first, tmp_path, packing):
    """No export is packed by LZMA, whose damage is an error of its own kind."""
    file = tmp_path / "other.zip"
    with zipfile.ZipFile(first[1]) as archive, zipfile.ZipFile(file, "w", packing) as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name))
    with pytest.raises(UserError, match=r"`manifest\.json` is packed in a way"):
        import_file(tmp_path / "data", file)


def test_nothing_is_written_that_the_database_does_not_name(first, tmp_path):
    """What no run has is refused before a byte of it is unpacked."""
    bomb = {"files/" + f"{number:064x}": bytes(5_000_000) for number in range(2)}
    file = repacked(first[1], tmp_path / "bomb.zip", lambda *_: bomb)
    told: list[int] = []
    with pytest.raises(UserError, match="does not name"):
        import_file(tmp_path / "data", file, lambda done, _: told.append(done))
    assert max(told) < 5_000_000


def test_a_stored_name_is_checked_again_where_files_are_moved(tmp_path):
    """A name that leaves the folder moves nothing, whatever changed it after the first check."""
    precious = tmp_path / "precious"
    precious.write_text("mine")
    scratch = tmp_path / "data" / "import-x"
    for kind in ("files", "blobs"):
        (scratch / kind).mkdir(parents=True)
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("ATTACH ':memory:' AS incoming")
        for script in MIGRATIONS:
            db.executescript(script)
        for table in ("files", "blobs"):
            db.execute(f"CREATE TABLE incoming.{table} AS SELECT * FROM main.{table}")
        db.execute("CREATE TEMP TABLE moved (tbl, old, new)")
        db.execute("INSERT INTO moved VALUES ('runs', 1, 1)")
        for row in (
            "INTO incoming.files VALUES (1, 'a', 4, '', '', '../../../precious', 1.0)",
            "INTO incoming.blobs VALUES ('../../../precious', 4, 1, 1.0)",
        ):
            db.execute(f"INSERT {row}")
            with pytest.raises(BackendError, match="is no name of stored bytes"):
                _place(db, DataFolder(tmp_path / "data"), scratch)
            db.execute("DELETE FROM incoming.files")
    assert precious.read_text() == "mine"


def test_what_sqlite_keeps_about_tables_is_no_reason_to_refuse(first, tmp_path):
    """An export of a database that was analyzed is imported."""
    file = repacked(first[1], tmp_path / "analyzed.zip", sql("ANALYZE"))
    assert import_file(tmp_path / "data", file).counts["runs"] == 3


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"x" * 4000])
def test_what_is_no_export_is_refused(tmp_path, content):
    """Another file, or half of one, is an error in one sentence."""
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(UserError, match="it is damaged or no export"):
        import_file(tmp_path / "data", file)


def test_a_cut_off_or_damaged_export_is_refused(first, tmp_path):
    """Whichever end is lost, whichever entry is bent, nothing is imported."""
    whole = first[1].read_bytes()
    with zipfile.ZipFile(first[1]) as archive:
        middles = [
            # What stands before an entry's bytes: 30 bytes, its name, the sizes as 64 bits.
            entry.header_offset + 50 + len(entry.filename) + entry.compress_size // 2
            for entry in archive.infolist()
        ]
    broken = [whole[: len(whole) * part // 9] for part in range(1, 9)]
    broken += [whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in middles]
    for content in broken:
        file = tmp_path / "broken.zip"
        file.write_bytes(content)
        with pytest.raises(UserError):
            import_file(tmp_path / "data", file)
    assert not (tmp_path / "data" / "backend.sqlite3").exists()
