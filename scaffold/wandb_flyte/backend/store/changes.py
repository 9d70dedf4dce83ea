"""The trials of a sweep as a search reads them, and which of them changed since it last did.

The changes are in a temporary table of the writer's connection, so that a change goes with a
transaction that is taken back, and there are none when a server starts.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from wandb_flyte.backend.store.models import Sweep

_NOTE = "INSERT OR IGNORE INTO changed_trials SELECT {0}.sweep_id, {0}.id WHERE {0}.sweep_id"
_NOTE_LEARNT = """
    INSERT OR IGNORE INTO changed_trials SELECT sweep_id, run_id FROM main.prior_trials
    WHERE run_id = new.id"""
_SCRIPT = f"""
    CREATE TEMP TABLE changed_trials (
        sweep_id INTEGER NOT NULL,
        run_id INTEGER NOT NULL,
        PRIMARY KEY (sweep_id, run_id)
    ) WITHOUT ROWID;
    CREATE TEMP TABLE answers (sweep_id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
    CREATE TEMP TRIGGER trial_made AFTER INSERT ON runs BEGIN {_NOTE.format("new")}; END;
    CREATE TEMP TRIGGER trial_deleted AFTER DELETE ON runs BEGIN {_NOTE.format("old")}; END;
    CREATE TEMP TRIGGER trial_changed
        AFTER UPDATE OF sweep_id, state, config, summary, history_keys ON runs
        BEGIN {_NOTE.format("old")}; {_NOTE.format("new")}; {_NOTE_LEARNT}; END;
"""
_numbers = itertools.count(1)


class TrialRow(NamedTuple):
    """What a search reads of a trial; config, summary and history_keys are JSON text."""

    pk: int
    name: str
    state: str
    config: str
    summary: str
    history_keys: str


def track(db: sqlite3.Connection) -> None:
    """Begin to note changes that this connection makes."""
    db.executescript(_SCRIPT)


def take(db: sqlite3.Connection, sweep: Sweep, number: int | None) -> tuple[list[int] | None, int]:
    """The keys of the sweep's trials that were made, changed or deleted since the answer `number`.

    Returns:
        The keys, None when that answer was taken back with its transaction or there is none: then
        everything may have changed. And this answer's number.
    """
    row = db.execute("SELECT number FROM answers WHERE sweep_id = ?", (sweep.pk,)).fetchone()
    changed = None
    if row is not None and row[0] == number:
        rows = db.execute("SELECT run_id FROM changed_trials WHERE sweep_id = ?", (sweep.pk,))
        changed = [pk for (pk,) in rows]
    db.execute("DELETE FROM changed_trials WHERE sweep_id = ?", (sweep.pk,))
    now = next(_numbers)
    db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (sweep.pk, now))
    return changed, now


def trials(
    db: sqlite3.Connection, sweep: Sweep, pks: Sequence[int] | None = None
) -> list[TrialRow]:
    """The trials that the sweep learns from, or those with these keys, oldest first."""
    values: tuple[object, ...]
    others = "SELECT run_id FROM prior_trials WHERE sweep_id = ?"
    where, values = f"(sweep_id = ? OR id IN ({others}))", (sweep.pk, sweep.pk)
    if pks is not None:
        where += " AND id IN (SELECT value FROM json_each(?))"
        values += (json.dumps(pks),)
    rows = db.execute(
        "SELECT id, name, state, config, summary, history_keys FROM runs"  # noqa: S608
        f" WHERE {where} ORDER BY id",
        values,
    )
    return [TrialRow(*row) for row in rows]
