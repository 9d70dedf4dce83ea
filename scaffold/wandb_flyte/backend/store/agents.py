"""Agents: registered and seen."""

from __future__ import annotations

import sqlite3
import time

from wandb_flyte.backend.ids import short_id
from wandb_flyte.backend.store.models import Agent, Run, Sweep


def insert(db: sqlite3.Connection, sweep: Sweep, host: str) -> Agent:
    """A new agent of the sweep."""
    now = time.time()
    name = short_id()
    db.execute(
        "INSERT INTO agents (name, sweep_id, host, created_at, heartbeat_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (name, sweep.pk, host, now, now),
    )
    made = find(db, name)
    if made is None:
        raise RuntimeError("the agent vanished while it was made")
    return made


def find(db: sqlite3.Connection, name: str) -> Agent | None:
    """The agent of that name, or None."""
    row = db.execute(f"{Agent.SELECT} WHERE name = ?", (name,)).fetchone()
    return Agent.of(row) if row else None


def of_sweep(db: sqlite3.Connection, sweep: Sweep) -> list[Agent]:
    """The sweep's agents, oldest first."""
    rows = db.execute(f"{Agent.SELECT} WHERE sweep_id = ? ORDER BY id", (sweep.pk,))
    return [Agent.of(row) for row in rows]


def seen(db: sqlite3.Connection, agent: Agent, active: list[Run]) -> None:
    """Note that the agent is there, and that these runs are with it, or with a newer one."""
    now = time.time()
    db.execute("UPDATE agents SET heartbeat_at = ? WHERE id = ?", (now, agent.pk))
    db.execute("UPDATE sweeps SET heartbeat_at = ? WHERE id = ?", (now, agent.sweep_pk))
    db.executemany(
        "UPDATE runs SET listed = 1, agent_id = ?, heartbeat_at = ?"
        " WHERE id = ? AND (agent_id IS NULL OR agent_id <= ?)",
        [(agent.pk, now, run.pk, agent.pk) for run in active],
    )


def set_state(db: sqlite3.Connection, agent: Agent, state: str) -> None:
    """Set the agent's state: `RUNNING` or `FINISHED`."""
    db.execute("UPDATE agents SET state = ? WHERE id = ?", (state, agent.pk))


def total_runs(db: sqlite3.Connection, agent: Agent) -> int:
    """How many runs the agent was given."""
    (count,) = db.execute("SELECT count(*) FROM runs WHERE agent_id = ?", (agent.pk,)).fetchone()
    return int(count)
