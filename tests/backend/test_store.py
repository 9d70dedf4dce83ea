"""The store by itself."""

import sqlite3
import threading
import time

import pytest
from wandb_flyte.backend.reaper import Reaper
from wandb_flyte.backend.store import Database, projects, runs, schema, streams, sweeps
from wandb_flyte.errors import UserError


def test_failed_job_changes_nothing(database):
    """A job that raises leaves no trace, and the jobs beside it stand."""

    def fail(db):
        projects.ensure(db, "local", "bad")
        raise ValueError("no")

    good = database.write(lambda db: projects.ensure(db, "local", "good"))
    bad = database.write(fail)
    assert good.result().name == "good"
    with pytest.raises(ValueError, match="no"):
        bad.result()
    with database.read() as db:
        assert [project.name for project in projects.of_entity(db)] == ["good"]


def test_answered_write_is_seen_by_every_reader(database):
    """What was answered is there for whoever reads next, from any thread."""
    seen = []

    def write_and_read(number):
        database.write(lambda db: projects.ensure(db, "local", f"p{number}")).result()
        with database.read() as db:
            seen.append(projects.find(db, "local", f"p{number}") is not None)

    threads = [threading.Thread(target=write_and_read, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert seen == [True] * 20


def test_rows_give_way_to_agents(database):
    """What an agent waits for is done before rows that were handed in earlier, but not forever."""
    go_on, order = threading.Event(), []
    busy = database.write(lambda _: go_on.wait(60))
    rows = [database.write(lambda _, n=n: order.append(n), gives_way=True) for n in range(200)]
    asked = database.write(lambda _: order.append("asked"))
    go_on.set()
    assert asked.result(60) is None
    assert order[0] == "asked"
    for row in rows:
        row.result(60)
    assert order[1:] == list(range(200))
    assert busy.result() is True


def test_rows_are_not_put_off_forever(database):
    """Rows that have waited for some seconds are done before what is handed in then."""
    go_on, order = threading.Event(), []
    database.write(lambda _: go_on.wait(60))
    database.write(lambda _: order.append("rows"), gives_way=True)
    handed_in = time.monotonic()
    while time.monotonic() < handed_in + 2.5:
        time.sleep(0.1)
    asked = database.write(lambda _: order.append("asked"))
    go_on.set()
    asked.result(60)
    assert order == ["rows", "asked"]


def test_rows_are_stored_many_a_statement(database):
    """A post of a thousand rows is a handful of statements: each lets other threads go first."""
    asked = []

    def store(db):
        run = runs.insert(db, projects.ensure(db, "local", "p"), "run", "running")
        lines = [f'{{"_step": {step}}}' for step in range(1000)]
        db.set_trace_callback(asked.append)
        streams.store(db, run, streams.Chunk(streams.HISTORY, 0, lines, range(1000)))
        db.set_trace_callback(None)
        return run

    run = database.write(store).result()
    with database.read() as db:
        assert len(streams.read(db, run, streams.HISTORY)) == 1000
    assert 0 < len(asked) < 20


def test_newer_database_is_refused(tmp_path):
    """A database of a newer version is left alone, with a message that says so."""
    path = tmp_path / "backend.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 999")
    with pytest.raises(UserError, match="`999`, newer than this wandb-flyte knows"):
        Database(path)


def test_migrations_run_once(tmp_path):
    """Opening a database again finds it up to date."""
    path = tmp_path / "backend.sqlite3"
    for _ in range(2):
        Database(path).close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS)))
def test_older_database_is_brought_up(tmp_path, version):
    """A database that any earlier version made is opened, and its runs are there."""
    path = tmp_path / "backend.sqlite3"
    with sqlite3.connect(path) as db:
        for script in schema.MIGRATIONS[:version]:
            db.executescript(script)
        db.execute(f"PRAGMA user_version = {version}")
        db.execute("INSERT INTO projects (entity, name, created_at) VALUES ('local', 'p', 1)")
        db.execute(
            "INSERT INTO runs (project_id, name, display_name, state, created_at, updated_at,"
            " heartbeat_at) VALUES (1, 'r', 'r', 'finished', 1, 1, 1)"
        )
    db.close()
    opened = Database(path)
    with opened.read() as db:
        assert [run.name for run in runs.select(db, "1")] == ["r"]
    opened.close()


@pytest.mark.parametrize(("stop", "state"), [(0, "crashed"), (1, "killed")])
def test_silent_run_is_reaped(database, stop, state):
    """A run that was silent for too long has crashed, or was killed if it was told to stop."""

    def make(db):
        project = projects.ensure(db, "local", "p")
        silent = runs.insert(db, project, "silent", "running")
        runs.update(db, silent, {"stop_requested": stop})
        return project, runs.insert(db, project, "lively", "running")

    def beat(db):
        runs.update(db, lively, {"heartbeat_at": time.time()})

    project, lively = database.write(make).result()
    reaper = Reaper(300)
    for expected in ([], [], [], ["silent"], []):
        assert database.write(lambda db: reaper.reap(db, 100)).result() == expected
        database.write(beat).result()
    with database.read() as db:
        assert runs.find(db, project, "silent").state == state
        assert runs.find(db, project, "lively").state == "running"


@pytest.mark.parametrize("hours", [-5, 5])
def test_clock_that_jumps_reaps_nobody(database, hours):
    """Runs that posted before the clock was set back or forth are as alive as they were."""

    def make(db):
        run = runs.insert(db, projects.ensure(db, "local", "p"), "run", "running")
        runs.update(db, run, {"heartbeat_at": time.time() + hours * 3600})

    database.write(make).result()
    reaper = Reaper(300)
    for expected in ([], [], ["run"]):
        assert database.write(lambda db: reaper.reap(db, 200)).result() == expected


def test_no_trial_is_older_than_its_sweep(database):
    """Also where the clock was set back in between: what is older is a prior run to clients."""

    def make(db):
        project = projects.ensure(db, "local", "p")
        sweep = sweeps.insert(db, project, config="{}")
        later = time.time() + 3600
        sweeps.update(db, sweep, {"created_at": later})
        trial = runs.insert(db, project, "trial", "pending", sweep_id=sweep.pk)
        return trial.created_at >= later, runs.insert(db, project, "run", "running").created_at

    kept, other = database.write(make).result()
    assert kept
    assert other < time.time() + 60
