"""Export, import and gc of a data folder, with what the real client left in it."""

import json
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.keeping.cleaning import find_garbage, remove_garbage
from wandb_flyte.backend.keeping.exporting import FORMAT, export
from wandb_flyte.backend.keeping.importing import _place, import_file
from wandb_flyte.backend.process import DataFolder
from wandb_flyte.backend.store.schema import MIGRATIONS, migrate
from wandb_flyte.errors import UserError

from .conftest import Server, Wire, wandb_environment

PROGRAM = """
import sys, wandb
with wandb.init(project="p", id=sys.argv[1], config={"lr": 0.1}) as run:
    for step in range(20):
        run.log({"loss": 1 / (step + 1)})
    with open("note.txt", "w") as file:
        file.write("kept " + sys.argv[1])
    run.save("note.txt")
    artifact = wandb.Artifact("model-" + sys.argv[1], "model")
    artifact.add_file("note.txt")
    run.log_artifact(artifact, aliases=["best"])
"""
READ = """
import sys, wandb
api = wandb.Api()
run = api.run("p/" + sys.argv[1])
rows = [row["loss"] for row in run.scan_history()]
assert rows == [1 / (step + 1) for step in range(20)], rows
assert run.state == "finished" and run.config == {"lr": 0.1}
assert run.file("note.txt").download(sys.argv[2], replace=True).read() == "kept " + sys.argv[1]
artifact = api.artifact("p/model-" + sys.argv[1] + ":best")
assert artifact.logged_by().id == sys.argv[1]
assert open(artifact.download(sys.argv[2]) + "/note.txt").read() == "kept " + sys.argv[1]
"""


def run_wandb(server: Server, folder: Path, program: str, *arguments: str) -> None:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=wandb_environment(server, folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def put_sweep(wire: Wire, project: str) -> list[str]:
    """A sweep of two trials that has ended."""
    config = {"method": "random", "run_cap": 2, "parameters": {"x": {"min": 0.0, "max": 1.0}}}
    sweep = wire.sweep(project, config)
    agent = sweep.agent()
    names = [sweep.do(agent, loss=0.5)["run_id"] for _ in range(2)]
    assert sweep.state == "FINISHED"
    return names


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The data folder of a backend that the real client used, and its export while it ran."""
    folder = tmp_path_factory.mktemp("first")
    server = Server(folder / "data").start()
    run_wandb(server, folder / "work", PROGRAM, "one")
    put_sweep(Wire(server), "p")
    file = folder / "export.zip"
    done = export(folder / "data", file)
    assert (done.counts["runs"], done.counts["sweeps"], done.missing) == (3, 1, 0)
    assert server.stop() == 0
    return folder / "data", file


@pytest.fixture
def data(first, tmp_path):
    """A copy of the first backend's folder."""
    return Path(shutil.copytree(first[0], tmp_path / "data"))


def rows_of(data: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(data / "backend.sqlite3")) as db:
        return db.execute(query).fetchall()


def test_an_export_is_read_elsewhere_by_the_real_client(first, tmp_path):
    """History, config, files and artifacts are there; another backend's own stay beside them."""
    other = Server(tmp_path / "data").start()
    run_wandb(other, tmp_path / "work", PROGRAM, "two")
    put_sweep(Wire(other), "q")
    assert other.stop() == 0
    told: list[tuple[int, int]] = []
    done = import_file(tmp_path / "data", first[1], lambda *at: told.append(at))

    assert done.counts["runs"] == 3
    assert told[-1][0] == told[-1][1] > 0
    other.start()
    try:
        for name in ("one", "two"):
            run_wandb(other, tmp_path / f"read-{name}", READ, name, str(tmp_path / f"got-{name}"))
    finally:
        assert other.stop() == 0
    assert rows_of(tmp_path / "data", "SELECT trials FROM sweeps") == [(2,), (2,)]
    assert rows_of(tmp_path / "data", "PRAGMA foreign_key_check") == []
    assert not list((tmp_path / "data").glob("import-*"))
    assert find_garbage(tmp_path / "data").nothing


def test_what_is_here_already_is_refused_by_name(first, tmp_path):
    """A second import changes nothing and says what is there."""
    import_file(tmp_path, first[1])
    before = rows_of(tmp_path, "SELECT count(*) FROM lines")
    with pytest.raises(UserError) as refused:
        import_file(tmp_path, first[1])

    assert "holds what is here already: run `local/p/" in refused.value.message
    assert "`local/p/model-one`" in refused.value.message
    assert rows_of(tmp_path, "SELECT count(*) FROM lines") == before


def test_a_running_server_is_left_alone(first, tmp_path):
    """Import and gc refuse while a server holds the folder."""
    server = Server(tmp_path).start()
    try:
        for refused in (lambda: import_file(tmp_path, first[1]), lambda: find_garbage(tmp_path)):
            with pytest.raises(UserError, match="another local backend is running"):
                refused()
    finally:
        assert server.stop() == 0


def test_export_overwrites_nothing(first, tmp_path):
    """An existing file stays; without data there is nothing to export."""
    file = tmp_path / "there"
    file.write_text("mine")
    for data, target, says in (
        (first[0], file, "exists already"),
        (tmp_path / "none", tmp_path / "new", "no data"),
        (first[0], tmp_path / "no" / "folder", "does not exist"),
    ):
        with pytest.raises(UserError, match=says):
            export(data, target)
    assert file.read_text() == "mine"
    assert not list(tmp_path.glob(".*"))


def test_an_export_is_for_its_user_alone(first):
    """It holds what the data folder does, which nobody else may read either."""
    assert stat.S_IMODE(first[1].stat().st_mode) == 0o600


def test_a_file_that_no_import_takes_is_left_out_and_named(data, tmp_path):
    """What an older server took in under any name keeps nothing else from being imported."""
    with closing(sqlite3.connect(data / "backend.sqlite3")) as db:
        db.execute("UPDATE files SET name = '../../x' WHERE name = 'note.txt'")
        db.commit()
    done = export(data, tmp_path / "file.zip")

    assert done.left_out == ("local/p/one/../../x",)
    import_file(tmp_path / "other", tmp_path / "file.zip")
    query = "SELECT name FROM files ORDER BY name"
    here, there = (rows_of(folder, query) for folder in (data, tmp_path / "other"))
    assert there == [row for row in here if row != ("../../x",)]
    assert there


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_data_of_every_version_is_exported_and_imported(tmp_path, version):
    """A folder that no newer server has opened yet, and a file that an older version wrote."""
    old = tmp_path / "old"
    old.mkdir()
    with closing(sqlite3.connect(old / "backend.sqlite3")) as db:
        for script in MIGRATIONS[:version]:
            db.executescript(script)
        db.execute(f"PRAGMA user_version = {version}")
        db.execute("INSERT INTO projects VALUES (7, 'local', 'p', '', 1.0)")
        db.execute(
            "INSERT INTO runs (project_id, name, display_name, state, created_at, updated_at,"
            " heartbeat_at) VALUES (7, 'r', 'calm', 'finished', 1.0, 1.0, 1.0)"
        )
        db.commit()
    export(old, tmp_path / "new.zip")
    manifest = {"format": FORMAT, "version": 1, "schema": version}
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.write(old / "backend.sqlite3", "backend.sqlite3")
        archive.writestr("manifest.json", json.dumps(manifest))
    for name in ("new", "old"):
        import_file(tmp_path / name / "data", tmp_path / f"{name}.zip")
        found = rows_of(tmp_path / name / "data", "SELECT name, state FROM runs")
        assert found == [("r", "finished")]


def test_data_that_cannot_be_read_is_an_error(tmp_path):
    """A database of a newer version, or none at all, is an error in the user's words."""
    (tmp_path / "backend.sqlite3").write_text("no database" * 100)
    with pytest.raises(UserError, match="can't be read"):
        export(tmp_path, tmp_path / "file.zip")
    (tmp_path / "backend.sqlite3").unlink()
    with closing(sqlite3.connect(tmp_path / "backend.sqlite3")) as db:
        db.execute("PRAGMA user_version = 999")
    with pytest.raises(UserError, match="newer than this wandb-flyte knows"):
        export(tmp_path, tmp_path / "file.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backend.sqlite3"]


def test_a_folder_whose_database_is_none_is_left_alone(first, tmp_path):
    """Import and gc say that it can't be used, and change nothing."""
    database = tmp_path / "backend.sqlite3"
    database.write_text("no database" * 100)
    for refused in (lambda: import_file(tmp_path, first[1]), lambda: find_garbage(tmp_path)):
        with pytest.raises(UserError, match=r"backend\.sqlite3` can't be used: file is not a"):
            refused()
    assert database.read_text() == "no database" * 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backend.sqlite3", "server.lock"]


# -- hostile files -------------------------------------------------------------------------------


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


# -- gc ------------------------------------------------------------------------------------------


def test_gc_removes_what_nothing_refers_to(data):
    """Orphans go, what is needed stays; looking changes nothing."""
    kept = {path for path in (data / "files").rglob("*") if path.is_file()}
    assert find_garbage(data).nothing
    strays = [
        data / "files" / "ab" / ("ab" + "0" * 62),
        data / "files" / "artifacts" / "cd" / ("cd" + "1" * 30),
        data / "files" / "upload-abc",
        data / "export-abc" / "backend.sqlite3",
    ]
    for path in strays:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
    found = find_garbage(data)

    assert set(found.files) == {*strays[:3], strays[3].parent}
    assert found.size == 4000
    assert all(path.exists() for path in strays)
    assert remove_garbage(data, found) >= 4000
    assert not any(path.exists() for path in strays)
    assert {path for path in (data / "files").rglob("*") if path.is_file()} == kept
    assert find_garbage(data).nothing


def test_gc_removes_a_link_and_not_what_it_points_to(data, tmp_path):
    """A link among what was left behind goes by itself, whether it points anywhere or not."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").write_text("mine")
    links = [data / "export-zz", data / "import-zz", data / "files" / "upload-zz"]
    for link, target in zip(links, (outside, tmp_path / "gone", outside), strict=True):
        link.symlink_to(target)
    found = find_garbage(data)

    assert (set(found.files), found.size < 1000) == (set(links), True)
    remove_garbage(data, found)
    assert not any(link.is_symlink() for link in links)
    assert (outside / "mine").read_text() == "mine"


def test_gc_of_old_runs_spares_trials_of_a_sweep_that_goes_on(data):
    """Ended runs older than the age go with their files; a running sweep keeps its trials."""
    with closing(sqlite3.connect(data / "backend.sqlite3")) as db:
        db.execute("UPDATE runs SET heartbeat_at = heartbeat_at - 10 * 86400")
        db.execute("UPDATE sweeps SET state = 'RUNNING'")
        db.commit()
    assert find_garbage(data, 11 * 86400).nothing
    found = find_garbage(data, 9 * 86400)

    assert [run.path for run in found.runs] == ["local/p/one"]
    freed = remove_garbage(data, found)
    assert freed > 0
    assert len(rows_of(data, "SELECT 1 FROM runs")) == 2
    assert rows_of(data, "SELECT 1 FROM files") == []
    # The artifact that the run logged is there still.
    assert rows_of(data, "SELECT count(*) FROM artifacts") != [(0,)]
    assert find_garbage(data, 9 * 86400).nothing


def test_gc_forgets_bytes_that_no_artifact_holds(data):
    """A blob whose artifact is gone is named by its MD5 and removed."""
    with closing(sqlite3.connect(data / "backend.sqlite3")) as db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("DELETE FROM collections")
        db.commit()
    found = find_garbage(data)

    assert found.blobs
    assert {path.name for path in found.files} == set(found.blobs)
    remove_garbage(data, found)
    assert rows_of(data, "SELECT 1 FROM blobs") == []
    assert not [path for path in (data / "files" / "artifacts").rglob("*") if path.is_file()]


def test_gc_looks_once_more_before_it_removes(data):
    """A run that started again after it was listed stays."""
    found = find_garbage(data, 0)
    assert len(found.runs) == 3
    with closing(sqlite3.connect(data / "backend.sqlite3")) as db:
        db.execute("UPDATE runs SET state = 'running' WHERE name = 'one'")
        db.commit()
    remove_garbage(data, found)

    assert rows_of(data, "SELECT name FROM runs") == [("one",)]
