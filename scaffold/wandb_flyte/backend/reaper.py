"""Runs whose process went silent."""

from __future__ import annotations

import asyncio
import sqlite3
import time
import traceback
from functools import partial

from wandb_flyte.backend import trials
from wandb_flyte.backend.errors import NotStored
from wandb_flyte.backend.store import Database, runs

_LONGEST_ROUND_S = 15.0


async def keep_reaping(database: Database, crash_after_s: float) -> None:
    """Reap again and again."""
    reaper = Reaper(crash_after_s)
    pause_s = min(crash_after_s / 4, _LONGEST_ROUND_S)
    before = time.monotonic()
    while True:
        await asyncio.sleep(pause_s)
        now = time.monotonic()
        # A server that was frozen has heard nobody, and says nothing of anybody's silence.
        passed_s, before = min(now - before, 2 * pause_s), now
        try:
            await asyncio.wrap_future(database.write(partial(reaper.reap, passed_s=passed_s)))
        except NotStored:
            # The disk is full; the runs are still there in the next round.
            continue
        except Exception:  # a fault of ours: said, and no reason to serve nobody
            traceback.print_exc()


class Reaper:
    """Knows for how long each run has been silent.

    Silence is counted in rounds, not in the time of day, which may jump. It starts with this
    server: while none was running nobody could post.

    Args:
        crash_after_s: Silence after which a run counts as crashed. A client posts at least every
            30 seconds, and may be silent for about 4 minutes when its network is away.
    """

    def __init__(self, crash_after_s: float) -> None:
        self._crash_after_s = crash_after_s
        # By the run's key: its last heartbeat, and for how long it has been the last.
        self._silence: dict[int, tuple[float, float]] = {}

    def reap(self, db: sqlite3.Connection, passed_s: float) -> list[str]:
        """Mark silent runs as crashed, or killed when a stop was asked for; gives their ids.

        A run that posts again is running again.

        Args:
            db: The writer's connection.
            passed_s: The time since the round before.
        """
        silence = self._listen(db, passed_s)
        silent = [pk for pk, (_, since) in silence.items() if since >= self._crash_after_s]
        self._silence = silence
        names = []
        for pk in silent:
            run = runs.get(db, pk)
            runs.update(db, run, {"state": "killed" if run.stop_requested else "crashed"})
            trials.settle(db, runs.get(db, pk))
            names.append(run.name)
        return names

    def _listen(self, db: sqlite3.Connection, passed_s: float) -> dict[int, tuple[float, float]]:
        heard = {}
        for pk, heartbeat in runs.heartbeats(db):
            before, since = self._silence.get(pk, (None, 0.0))
            heard[pk] = (heartbeat, since + passed_s if before == heartbeat else 0.0)
        return heard
