"""What a trial costs beside its objective: our agent's warm worker, bare wandb, `wandb.agent`.

All three run the same objective, which logs 5 rows, with the same settings against one local
backend, each in a process of its own. A figure is the median time from one trial's start to the
next one's.
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

ROWS = 5
TRIALS = 20
AGENT_TRIALS = 4
ROUNDS = 5
BARE_LIMIT = 1.5
AGENT_LIMIT = 20.0
starts: list[float] = []


def objective() -> None:
    """Opens a run, logs 5 rows, closes it."""
    import wandb

    starts.append(time.perf_counter())
    path = os.environ.get("BENCH_STARTS")
    if path:
        with Path(path).open("a") as file:
            file.write(f"{time.time()}\n")
    with wandb.init() as run:
        for row in range(ROWS):
            run.log({"loss": 1.0 / (row + 1)})


def per_trial(times: list[float]) -> float:
    """Seconds from a start to the next one; the first trial, which warms wandb up, is left out."""
    return median(later - earlier for earlier, later in pairwise(times[1:]))


def bare() -> float:
    """Bare `wandb.init` to `finish`, one after another."""
    for _ in range(TRIALS):
        objective()
    return per_trial(starts)


def ours(sweep_id: str) -> float:
    """Our agent."""
    from bench_trial_overhead import objective as importable
    from wandb_flyte import run_agent

    with tempfile.NamedTemporaryFile(mode="r") as file:
        os.environ["BENCH_STARTS"] = file.name
        asyncio.run(run_agent(importable, sweep_id=sweep_id, count=TRIALS))
        return per_trial([float(line) for line in file.read().split()])


def theirs(sweep_id: str) -> float:
    """wandb's agent; each of its trials takes seconds, so fewer of them."""
    import wandb

    wandb.agent(sweep_id, function=objective, count=AGENT_TRIALS)
    return per_trial(starts)


def measure(what: str, sweep: SweepRef) -> float:
    """Seconds a trial, measured in a process of its own."""
    environment = {**os.environ, "WANDB_PROJECT": sweep.project, "WANDB_ENTITY": sweep.entity}
    command = [sys.executable, __file__, what, sweep.sweep_id]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def main() -> int:
    """Print the figures; 1 when one is over its limit."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(WANDB_FLYTE_HOME=folder, WANDB_DIR=folder, WANDB_SILENT="true")
        server = local_server.start()
        try:
            backends.activate(backends.resolve_backend("local", in_pod=False))
            return compare(WireClient(server.url, server.key), server.entity)
        finally:
            local_server.stop()


def compare(client: WireClient, entity: str) -> int:
    """Measure the three, bare and ours taking turns."""
    config = {"method": "random", "parameters": {"lr": {"min": 0.0, "max": 1.0}}}
    sweep = client.create_sweep(config, entity, "bench")
    pairs = [(measure("bare", sweep), measure("ours", sweep)) for _ in range(ROUNDS)]
    theirs_s = measure("theirs", sweep)
    bare_s, ours_s = (median(column) for column in zip(*pairs, strict=True))
    to_bare = median(mine / plain for plain, mine in pairs)
    to_agent = theirs_s / ours_s
    print(f"bare wandb.init … finish: {bare_s * 1000:.0f} ms a trial")
    print(f"our agent: {ours_s * 1000:.0f} ms, {to_bare:.2f} times that (limit {BARE_LIMIT})")
    print(f"wandb.agent: {theirs_s * 1000:.0f} ms, {to_agent:.0f} times ours (at least 20)")
    return int(to_bare > BARE_LIMIT or to_agent < AGENT_LIMIT)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        what, sweep_id = sys.argv[1:]
        print(bare() if what == "bare" else ours(sweep_id) if what == "ours" else theirs(sweep_id))
        sys.exit(0)
    sys.exit(main())
