"""Eight agents beside eight processes with bare wandb, and how fast a warm worker starts a trial.

All trials sleep for a second and log 5 rows, with the same settings against one local backend,
which is the only thing that either side waits for. A rate is the number of trials over the time
from the first one's start to the last one's end.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from wandb_flyte.runtime.backend import backends, local_server
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient

AGENTS = 8
TRIALS = 6
ROUNDS = 2
ROWS = 5
SLEEP_S = 1.0
LEAST = 0.9
START_LIMIT_S = 0.15


def objective() -> None:
    """Opens a run, logs 5 rows, sleeps a second, closes it."""
    import wandb

    note(what="start", run=os.environ.get("WANDB_RUN_ID", ""))
    with wandb.init() as run:
        for row in range(ROWS):
            run.log({"loss": 1.0 / (row + 1)})
        time.sleep(SLEEP_S)
    note(what="end")


def note(**what: Any) -> None:
    """Adds a line to the file of times."""
    with Path(os.environ["BENCH_TIMES"]).open("a") as file:
        file.write(json.dumps({"at": time.time(), "pid": os.getpid(), **what}) + "\n")


def bare() -> None:
    """One process that runs one trial after another."""
    for _ in range(TRIALS):
        objective()


async def ours(sweep_id: str) -> None:
    """Eight agents, as in Flyte's local mode: tasks of one event loop, a worker each."""
    from bench_agents import objective as importable
    from wandb_flyte import run_agent

    agents = (run_agent(importable, sweep_id=sweep_id, count=TRIALS) for _ in range(AGENTS))
    await asyncio.gather(*agents)


def measured(what: str, sweep: SweepRef, processes: int, folder: Path) -> list[dict[str, Any]]:
    """The times that a number of processes noted."""
    times = folder / f"{what}-{time.monotonic_ns()}"
    place = {"WANDB_PROJECT": sweep.project, "WANDB_ENTITY": sweep.entity}
    environment = {**os.environ, **place, "BENCH_TIMES": str(times)}
    command = [sys.executable, __file__, what, sweep.sweep_id]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen(command, env=environment, **quiet) for _ in range(processes)]
    for process in running:
        if process.wait():
            raise RuntimeError(f"{what} ended with exit code {process.returncode}")
    return [json.loads(line) for line in times.read_text().splitlines()]


def rate(lines: list[dict[str, Any]]) -> float:
    """Trials a second."""
    starts = [line["at"] for line in lines if line["what"] == "start"]
    ends = [line["at"] for line in lines if line["what"] == "end"]
    if len(ends) != AGENTS * TRIALS:
        raise RuntimeError(f"{len(ends)} trials instead of {AGENTS * TRIALS}")
    return len(ends) / (max(ends) - min(starts))


def waits(lines: list[dict[str, Any]], database: Path) -> list[float]:
    """Seconds from a trial's row at the backend to its first line, in workers that are warm."""
    seen: set[int] = set()
    found = []
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as stored:
        for line in lines:
            if line["what"] != "start":
                continue
            if line["pid"] in seen:
                query = "select created_at from runs where name = ?"
                ((made,),) = stored.execute(query, (line["run"],)).fetchall()
                found.append(line["at"] - made)
            seen.add(line["pid"])
    return found


def compare(client: WireClient, entity: str, folder: Path, database: Path) -> int:
    """Measure the two, taking turns; 1 when a figure is over its limit."""
    config = {"method": "random", "parameters": {"lr": {"min": 0.0, "max": 1.0}}}
    ratios, starts = [], []
    for _ in range(ROUNDS):
        sweep = client.create_sweep(config, entity, "bench")
        plain = rate(measured("bare", sweep, AGENTS, folder))
        lines = measured("ours", sweep, 1, folder)
        mine = rate(lines)
        starts += waits(lines, database)
        ratios.append(mine / plain)
        print(f"{AGENTS} processes with bare wandb: {plain:.2f} trials a second")
        print(f"{AGENTS} agents: {mine:.2f} trials a second")
    print(f"ratio: {median(ratios):.2f} (at least {LEAST})")
    print(f"handed out to started: {median(starts) * 1000:.0f} ms (limit {START_LIMIT_S * 1000:g})")
    return int(median(ratios) < LEAST or median(starts) > START_LIMIT_S)


def main() -> int:
    """Print the figures; 1 when one is over its limit."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.update(WANDB_FLYTE_HOME=scratch, WANDB_DIR=scratch, WANDB_SILENT="true")
        server = local_server.start()
        try:
            backends.activate(backends.resolve_backend("local", in_pod=False))
            database = server.data_dir / "backend.sqlite3"
            return compare(
                WireClient(server.url, server.key), server.entity, Path(scratch), database
            )
        finally:
            local_server.stop()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        what, sweep_id = sys.argv[1:]
        bare() if what == "bare" else asyncio.run(ours(sweep_id))
        sys.exit(0)
    sys.exit(main())
