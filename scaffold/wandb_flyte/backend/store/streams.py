"""What runs stream: history, events and console lines, kept by line index.

Posts repeat the same lines at the same offsets after a lost answer, so a line is stored by its
index and storing it twice changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wandb_flyte.backend import historykeys, jsontext
from wandb_flyte.backend.store.models import Run

HISTORY, EVENTS, LOG = "history", "events", "log"
# Five values each: SQLite takes 999 in every version.
_ROWS_A_STATEMENT = 128
_COUNTER = {HISTORY: "history_lines", EVENTS: "event_lines", LOG: "log_lines"}


@dataclass(frozen=True)
class Chunk:
    """Consecutive lines of one stream.

    Attributes:
        stream: `history`, `events` or `log`.
        offset: Index of the first line.
        lines: The lines, as sent.
        steps: For history, each line's `_step`.
        keys: For history, the lines' keys (`historykeys`).
    """

    stream: str
    offset: int
    lines: Sequence[str]
    steps: Sequence[int | None] = ()
    keys: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def store(db: sqlite3.Connection, run: Run, chunk: Chunk, writer: str = "") -> dict[str, Any]:
    """Store the lines; gives the run's columns that change with them.

    Args:
        db: The writer's connection.
        run: The run as it was before.
        chunk: The lines.
        writer: In shared mode, which process of the run sends: each counts its own offsets.
    """
    if not chunk.lines:
        return {}
    counter = _COUNTER[chunk.stream]
    known: int = getattr(run, counter)
    indices = _indices(db, run, chunk, writer, known)
    steps = list(chunk.steps or [None] * len(chunk.lines))
    lines = list(chunk.lines)
    if chunk.stream == HISTORY:
        # Up to wandb 0.30 the writers of a shared run leave it to the server to count the steps.
        for place, index in enumerate(indices):
            if steps[place] is None and lines[place].endswith("}"):
                steps[place] = index
                lines[place] = _with_step(lines[place], index)
    rows = zip(indices, steps, lines, strict=True)
    _insert(db, [(run.pk, chunk.stream, index, step, line) for index, step, line in rows])
    changes: dict[str, Any] = {counter: max(known, max(indices) + 1)}
    if chunk.stream == HISTORY:
        changes["last_step"] = max([run.last_step, *(step for step in steps if step is not None)])
        # A repeated post brings no new rows: its keys are known, and are not counted again.
        if max(indices) >= known:
            changes["history_keys"] = historykeys.merge(run.history_keys, chunk.keys)
    elif chunk.stream == EVENTS:
        changes["system"] = chunk.lines[-1]
    return changes


def _insert(db: sqlite3.Connection, rows: Sequence[tuple[object, ...]]) -> None:
    # Many rows a statement: at each one SQLite lets the other threads go first, and takes as long
    # again to come back as they work.
    for first in range(0, len(rows), _ROWS_A_STATEMENT):
        part = rows[first : first + _ROWS_A_STATEMENT]
        marks = ", ".join(["(?, ?, ?, ?, ?)"] * len(part))
        db.execute(
            f"INSERT OR REPLACE INTO lines (run_id, stream, idx, step, line) VALUES {marks}",  # noqa: S608
            [value for row in part for value in row],
        )


def _with_step(line: str, step: int) -> str:
    comma = "" if line.strip() == "{}" else ","
    return f'{line[:-1]}{comma}"_step":{step}}}'


def read(
    db: sqlite3.Connection, run: Run, stream: str, *, start: int = 0, limit: int = -1
) -> list[tuple[int, str]]:
    """Up to `limit` lines from index `start` on, each with its index."""
    rows = db.execute(
        "SELECT idx, line FROM lines WHERE run_id = ? AND stream = ? AND idx >= ?"
        " ORDER BY idx LIMIT ?",
        (run.pk, stream, start, limit),
    )
    return [(row[0], row[1]) for row in rows]


def history(
    db: sqlite3.Connection, run: Run, min_step: int | None = None, max_step: int | None = None
) -> list[str]:
    """History lines with `min_step` <= `_step` < `max_step`, in the order of their steps."""
    if min_step is None and max_step is None:
        return [line for _, line in read(db, run, HISTORY)]
    rows = db.execute(
        "SELECT line FROM lines WHERE run_id = ? AND stream = 'history' AND step >= ?"
        " AND step < ? ORDER BY step, idx",
        (run.pk, min_step or 0, (1 << 62) if max_step is None else max_step),
    )
    return [row[0] for row in rows]


def tail(db: sqlite3.Connection, run: Run, stream: str, count: int = 1) -> list[tuple[int, str]]:
    """The last `count` lines, oldest first."""
    rows = db.execute(
        "SELECT idx, line FROM lines WHERE run_id = ? AND stream = ? ORDER BY idx DESC LIMIT ?",
        (run.pk, stream, count),
    ).fetchall()
    return [(row[0], row[1]) for row in reversed(rows)]


def truncate(db: sqlite3.Connection, run: Run, last_step: int) -> dict[str, Any]:
    """Drop every history row after `last_step`; gives the run's columns that change with it."""
    dropped = db.execute(
        "DELETE FROM lines WHERE run_id = ? AND stream = 'history' AND step > ?",
        (run.pk, last_step),
    ).rowcount
    (count,) = db.execute(
        "SELECT coalesce(max(idx) + 1, 0) FROM lines WHERE run_id = ? AND stream = 'history'",
        (run.pk,),
    ).fetchone()
    changes = {"history_lines": count, "last_step": min(run.last_step, last_step)}
    if dropped:
        changes["history_keys"] = historykeys.merge("", historykeys.count(_rows(db, run)))
    return changes


def _rows(db: sqlite3.Connection, run: Run) -> Iterator[dict[str, Any]]:
    """The history's rows one by one: a long run's would fill the memory."""
    lines = db.execute(
        "SELECT line FROM lines WHERE run_id = ? AND stream = 'history' ORDER BY idx", (run.pk,)
    )
    return (jsontext.mapping(line) for (line,) in lines)


def thin(rows: Sequence[Any], samples: int) -> list[Any]:
    """At most `samples` of the rows, evenly spread, first and last among them."""
    if samples <= 0 or len(rows) <= samples:
        return list(rows)
    if samples == 1:
        return [rows[-1]]
    last = len(rows) - 1
    return [rows[round(index * last / (samples - 1))] for index in range(samples)]


def _indices(
    db: sqlite3.Connection, run: Run, chunk: Chunk, writer: str, known: int
) -> Sequence[int]:
    if not writer:
        return range(chunk.offset, chunk.offset + len(chunk.lines))
    offsets = range(chunk.offset, chunk.offset + len(chunk.lines))
    seen = dict(
        db.execute(
            "SELECT offset, idx FROM writers WHERE run_id = ? AND stream = ? AND writer = ?"
            " AND offset BETWEEN ? AND ?",
            (run.pk, chunk.stream, writer, offsets[0], offsets[-1]),
        ).fetchall()
    )
    new = [offset for offset in offsets if offset not in seen]
    seen |= {offset: known + number for number, offset in enumerate(new)}
    db.executemany(
        "INSERT INTO writers (run_id, stream, writer, offset, idx) VALUES (?, ?, ?, ?, ?)",
        [(run.pk, chunk.stream, writer, offset, seen[offset]) for offset in new],
    )
    return [seen[offset] for offset in offsets]
