"""Export and import of a data folder: what one backend has, another gets."""

import errno
import json
import os
import sqlite3
import stat
import zipfile
from contextlib import closing

import pytest
from wandb_flyte.backend.keeping.cleaning import find_garbage
from wandb_flyte.backend.keeping.exporting import FORMAT, export
from wandb_flyte.backend.keeping.importing import import_file
from wandb_flyte.backend.store.schema import MIGRATIONS
from wandb_flyte.errors import UserError

from ..conftest import Server, Wire
from .conftest import PROGRAM, put_sweep, rows_of, run_wandb

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


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP], ids=["FAT", "share"])
def test_a_disk_without_hard_links_takes_an_export(data, tmp_path, monkeypatch, number):
    """The file holds the same there, and still overwrites nothing."""

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    file = tmp_path / "export.zip"
    done = export(data, file)
    assert (done.missing, done.counts["runs"]) == (0, 3)
    assert import_file(tmp_path / "other", file).missing == 0
    taken = tmp_path / "taken"
    with pytest.raises(UserError, match="exists already"):
        export(data, taken, lambda *_: taken.touch())
    assert taken.read_bytes() == b""
    assert not list(tmp_path.glob(".export-*"))


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
