"""What gc removes of a data folder, and what it leaves."""

import sqlite3
from contextlib import closing

from wandb_flyte.backend.keeping.cleaning import find_garbage, remove_garbage

from .conftest import rows_of


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
