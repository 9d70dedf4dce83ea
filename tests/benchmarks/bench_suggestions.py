"""What the next trial costs the server when a sweep has ten thousand, and when it has a hundred."""

from __future__ import annotations

import itertools
import json
import random
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wandb_flyte.backend import recording, trials
from wandb_flyte.backend.searches import Searches
from wandb_flyte.backend.store import Agent, Database, Sweep, agents, projects, runs, sweeps

FEW, MANY = 100, 10_000
ASKED = 15
LIMITS_MS = {"random": 20.0, "grid": 20.0, "bayes": 150.0}
PARAMETERS = 10


def config_of(method: str) -> dict[str, Any]:
    """A sweep config: ten parameters, or a grid of 20,000 points."""
    if method == "grid":
        points = {"a": {"values": list(range(200))}, "b": {"values": list(range(100))}}
        return {"method": method, "parameters": points}
    drawn = {f"p{number}": {"min": 0.0, "max": 1.0} for number in range(PARAMETERS)}
    return {"method": method, "metric": {"name": "loss"}, "parameters": drawn}


def fill(database: Database, method: str, number: int) -> tuple[Sweep, Agent]:
    """A sweep that has so many finished trials, and an agent of it."""
    chance = random.Random(number)
    points = itertools.product(range(200), range(100))

    def point() -> dict[str, Any]:
        if method == "grid":
            return dict(zip("ab", next(points), strict=True))
        return {f"p{place}": chance.random() for place in range(PARAMETERS)}

    def make(db: Any) -> tuple[Sweep, Agent]:
        project = projects.ensure(db, "local", f"{method}{number}")
        config = json.dumps(config_of(method))
        heard = {"state": "RUNNING", "heartbeat_at": time.time()}
        sweep = sweeps.insert(db, project, config=config, **heard)
        for place in range(number):
            values = json.dumps({name: {"value": value} for name, value in point().items()})
            summary = json.dumps({"loss": chance.random()})
            given = {"config": values, "summary": summary, "sweep_id": sweep.pk}
            runs.insert(db, project, f"r{place}", "finished", **given)
        return sweep, agents.insert(db, sweep, "here")

    return database.write(make).result()


def trial_ms(database: Database, searches: Searches, sweep: Sweep, agent: Agent) -> float:
    """One heartbeat that hands out a trial, which then ends; milliseconds of the heartbeat."""
    started = time.perf_counter()
    told = database.write(lambda db: trials.heartbeat(db, agent.name, {}, searches)).result()
    waited = (time.perf_counter() - started) * 1000

    def finish(db: Any) -> None:
        project = projects.ensure(db, sweep.entity, sweep.project)
        run = runs.find(db, project, told[1][0]["run_id"])
        assert run is not None
        runs.update(db, run, {"summary": '{"loss": 0.5}'})
        recording.end(db, runs.get(db, run.pk), 0)

    database.write(finish).result()
    return waited


def main() -> int:
    """Print the figures; 1 when one is over its limit."""
    over = False
    for method, limit in LIMITS_MS.items():
        medians = []
        for number in (FEW, MANY):
            with TemporaryDirectory() as folder:
                database = Database(Path(folder) / "backend.sqlite3")
                sweep, agent = fill(database, method, number)
                searches = Searches()
                recover = partial(searches.recover, sweep=sweep)
                started = time.perf_counter()
                database.write(recover).result()
                recovered = (time.perf_counter() - started) * 1000
                waits = [trial_ms(database, searches, sweep, agent) for _ in range(ASKED)]
                database.close()
            medians.append(statistics.median(waits))
            print(
                f"{method}, {number} trials: {medians[-1]:.1f} ms a suggestion, the first"
                f" {waits[0]:.1f}, once after a start {recovered:.0f}"
            )
        print(f"{method}: {medians[1] / medians[0]:.1f} times from {FEW} to {MANY} trials")
        over |= medians[1] > limit
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
