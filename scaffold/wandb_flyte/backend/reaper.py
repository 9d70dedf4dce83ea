"""Runs whose process went silent."""

from __future__ import annotations

import asyncio
import sqlite3
import time

from wandb_flyte.backend import state, trials
from wandb_flyte.backend.store import Database, runs


async def keep_reaping(database: Database, crash_after_s: float) -> None:
    """Call `reap` again and again.

    Silence counts from this server's start at the earliest: while it was down nobody could post.
    """
    started = time.time()
    while True:
        await asyncio.sleep(min(crash_after_s / 4, 15.0))
        if time.time() - started < crash_after_s:
            continue
        await asyncio.wrap_future(database.write(lambda db: reap(db, crash_after_s)))


def reap(db: sqlite3.Connection, crash_after_s: float) -> list[str]:
    """Mark silent runs as crashed, or killed when a stop was asked for; gives their ids.

    A client posts at least every 30 seconds, and may be silent for about 4 minutes when its
    network is away, so that the limit is minutes. A run that posts again is running again.
    """
    marks = ", ".join("?" * len(state.ACTIVE))
    silent = runs.select(
        db,
        f"runs.state IN ({marks}) AND runs.heartbeat_at < ?"
        " AND (runs.state != 'pending' OR agent_id IS NOT NULL)",
        *state.ACTIVE,
        time.time() - crash_after_s,
    )
    for run in silent:
        runs.update(db, run, {"state": "killed" if run.stop_requested else "crashed"})
        trials.settle(db, runs.get(db, run.pk))
    return [run.name for run in silent]
