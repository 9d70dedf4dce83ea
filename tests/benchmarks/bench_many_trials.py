"""What the n-th trial of a sweep costs: the same after 100 trials as after 10,000.

The trials before are made over the wire, as an agent would; those that are measured are real ones,
run by our agent in a warm worker. The two sweeps take turns, on one local backend. A figure is the
median time from one trial's start to the next one's.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from wandb_flyte.runtime.backend import backends, local_server
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient

SIZES = (100, 10_000)
TRIALS = 25
ROUNDS = 3
LIMIT = 1.2


def objective(lr: float) -> float:
    """Notes when it starts."""
    with Path(os.environ["BENCH_TIMES"]).open("a") as file:
        file.write(f"{time.perf_counter()}\n")
    return lr


def grow(client: WireClient, sweep: SweepRef, size: int) -> None:
    """Runs trials without processes until the sweep has so many."""
    agent = client.register_agent(sweep, "bench")
    started = time.monotonic()
    for number in range(size):
        (command,) = client.heartbeat(agent, {})
        body = {
            "files": {"wandb-summary.json": {"offset": 0, "content": ['{"loss": 0.5}']}},
            "complete": True,
            "exitcode": 0,
        }
        client.stream(sweep.entity, sweep.project, command.run_id, body)
        if number % 2500 == 2499:
            print(f"  {number + 1} trials, {time.monotonic() - started:.0f} s", flush=True)


async def ours(sweep_id: str) -> None:
    """Our agent."""
    from bench_many_trials import objective as importable
    from wandb_flyte import run_agent

    await run_agent(importable, sweep_id=sweep_id, count=TRIALS)


def per_trial(sweep: SweepRef, folder: Path) -> float:
    """Seconds a trial, without the first one, which warms the worker up."""
    times = folder / f"times-{time.monotonic_ns()}"
    place = {"WANDB_PROJECT": sweep.project, "WANDB_ENTITY": sweep.entity}
    environment = {**os.environ, **place, "BENCH_TIMES": str(times)}
    command = [sys.executable, __file__, sweep.sweep_id]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    starts = [float(line) for line in times.read_text().split()]
    return median(later - earlier for earlier, later in pairwise(starts[1:]))


def compare(client: WireClient, entity: str, folder: Path) -> int:
    """Measure small and large, taking turns; 1 when large costs more."""
    config = {
        "method": "random",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"lr": {"min": 0.0, "max": 1.0}},
    }
    sweeps = []
    for size in SIZES:
        sweep = client.create_sweep(config, entity, f"bench-{size}")
        grow(client, sweep, size)
        sweeps.append(sweep)
    pairs = [[per_trial(sweep, folder) for sweep in sweeps] for _ in range(ROUNDS)]
    for size, column in zip(SIZES, zip(*pairs, strict=True), strict=True):
        print(f"a trial after {size} others: {median(column) * 1000:.0f} ms")
    ratio = median(large / small for small, large in pairs)
    print(f"ratio: {ratio:.2f} (limit {LIMIT})")
    return int(ratio > LIMIT)


def main() -> int:
    """Print the figures; 1 when one is over its limit."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.update(WANDB_FLYTE_HOME=scratch, WANDB_DIR=scratch, WANDB_SILENT="true")
        server = local_server.start()
        try:
            backends.activate(backends.resolve_backend("local", in_pod=False))
            return compare(WireClient(server.url, server.key), server.entity, Path(scratch))
        finally:
            local_server.stop()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(ours(sys.argv[1]))
        sys.exit(0)
    sys.exit(main())
