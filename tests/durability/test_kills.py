"""Sweeps whose server is killed while they run."""

import sqlite3

import pytest
from wandb_flyte.backend.store import Database

from tests.backend.conftest import Server

from .kills import judge_database, run_sweep


def test_nothing_is_lost_or_double(tmp_path):
    """Killed again and again, half of the time after it did what it was asked, the server has
    every acknowledged row exactly once, and as many trials as the budget says."""
    outcome = run_sweep(tmp_path, 1, trials=120, kills=6, real=False)
    assert outcome.problems == []
    assert outcome.unheard


KEPT = """
INSERT INTO projects (id, entity, name, created_at) VALUES (1, 'local', 'kills', 0);
INSERT INTO sweeps (project_id, name, config, state, created_at, updated_at)
    VALUES (1, 's', '', 'FINISHED', 0, 0);
INSERT INTO runs (id, project_id, name, display_name, state, history_lines, created_at,
    updated_at, heartbeat_at)
    VALUES (1, 1, 'one', '', 'finished', 2, 0, 0, 0), (2, 1, 'two', '', 'finished', 1, 0, 0, 0);
INSERT INTO lines (run_id, stream, idx, line) VALUES
    (1, 'history', 0, '{"token": "a"}'), (1, 'history', 1, '{"token": "b"}'),
    (2, 'history', 0, '{"token": "c"}');
"""
AGAIN = """
INSERT INTO lines (run_id, stream, idx, line) VALUES (1, 'history', 2, '{"token": "b"}');
UPDATE runs SET history_lines = 3 WHERE id = 1;
"""
ANOTHER = """
INSERT INTO runs (project_id, name, display_name, state, created_at, updated_at, heartbeat_at)
    VALUES (1, 'three', '', 'running', 0, 0, 0);
"""
FORGOTTEN = """
DELETE FROM lines WHERE idx = 1;
UPDATE runs SET history_lines = 1 WHERE id = 1;
"""


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ("", []),
        (AGAIN, ["SQLite: run one has b 2 times"]),
        (ANOTHER, ["SQLite: 3 trials, not 2", "SQLite: run three is running"]),
        (FORGOTTEN, ["SQLite: run one lost b"]),
        ("UPDATE runs SET history_lines = 9 WHERE id = 2;", ["run two counts 9 rows and has 1"]),
        ("UPDATE sweeps SET state = 'RUNNING';", ["sweeps are [('RUNNING',)]"]),
    ],
    ids=["nothing", "a row again", "a trial more", "a row lost", "rows miscounted", "not over"],
)
def test_judge_sees_what_repeats_would_do(tmp_path, change, problems):
    """Rows that were added twice, trials that were handed out twice, what was lost: each is told.

    `make soak` shows that a server without what makes repeats harmless comes to this.
    """
    place = tmp_path / "backend.sqlite3"
    Database(place).close()
    database = sqlite3.connect(place)
    database.executescript(KEPT + change)
    database.close()
    tokens = [("one", "a"), ("one", "b"), ("two", "c")]
    acknowledged = [{"run": run, "token": token} for run, token in tokens]

    assert judge_database(Server(tmp_path), 2, acknowledged) == problems
