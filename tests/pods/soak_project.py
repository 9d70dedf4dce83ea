"""What the pods run: a sweep whose trials log rows and note in a journal what they did."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import flyte
from wandb_flyte import (
    AgentResult,
    SweepResult,
    get_wandb_sweep_id,
    run_agent,
    run_agents,
    wandb_sweep,
)

ROWS = 6

env = flyte.TaskEnvironment(name="soak")


def note(what: str, **more: object) -> None:
    """Adds a line to the journal: one write, so that lines of several processes do not mix."""
    line = {"at": time.time(), "pid": os.getpid(), "what": what, **more}
    fd = os.open(Path(os.environ["SOAK_JOURNAL"]), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(fd, json.dumps(line).encode() + b"\n")
    finally:
        os.close(fd)


def objective(x: float) -> float:
    """Logs rows, one at a time."""
    import wandb

    run = wandb.run
    pod = os.environ["PODS_MARK"]
    note("start", run=run.id, pod=pod, x=x)
    for row in range(ROWS):
        run.log({"row": row, "loss": x * (ROWS - row), "pod": pod})
        note("row", run=run.id, pod=pod, row=row)
        time.sleep(float(os.environ["SOAK_ROW_S"]))
    note("end", run=run.id, pod=pod)
    return x


@wandb_sweep
@env.task(retries=30)
async def sweep_agent(agent_id: int, sweep_id: str) -> AgentResult:
    return await run_agent(objective)


@wandb_sweep
@env.task(retries=30)
async def run_parallel_sweep(total_trials: int, num_agents: int, sweep_id: str = "") -> SweepResult:
    sweep_id = str(get_wandb_sweep_id())
    # Without retries an agent is gone for good with its pod, and others finish its share.
    task = sweep_agent.override(retries=int(os.environ["SOAK_RETRIES"]))
    return await run_agents(lambda i: task(agent_id=i, sweep_id=sweep_id), num_agents)
