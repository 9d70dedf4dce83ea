"""An agent's timeout and retries in a local run, where Flyte does not hold to the timeout."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    AgentResult,
    SweepResult,
    get_wandb_sweep_id,
    run_agent,
    run_agents,
    wandb_sweep,
)

from .sweeps import run_grid

env = flyte.TaskEnvironment(name="timeouts")
OBJECTIVE = f"{__file__}:hangs_once"


def hangs_once(x: float) -> float:
    """Hangs in its first attempt, if it is the trial with x = 2."""
    import wandb

    with Path(f"attempts-{x}").open("a") as file:
        file.write(f"{wandb.run.id}\n")
    while x == 2 and len(Path("attempts-2").read_text().split()) == 1:
        time.sleep(0.05)
    return x


@wandb_sweep
@env.task(timeout=3600)
async def agent(agent_id: int, sweep_id: str) -> AgentResult:
    return await run_agent(OBJECTIVE, max_trial_restarts=9)


@wandb_sweep
@env.task(timeout=3600)
def agent_in_thread(sweep_id: str) -> int:
    while True:
        time.sleep(0.05)


def test_an_agent_that_takes_too_long_is_retried(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """`.override(timeout=…, retries=…)` counts: its trial is lost with it, and taken up again."""

    @wandb_sweep
    @env.task
    async def parent() -> SweepResult:
        sweep_id = str(get_wandb_sweep_id())
        limited = agent.override(retries=9).override(timeout=20)
        return await run_agents(lambda number: limited(agent_id=number, sweep_id=sweep_id), 1)

    result = run_grid(run_local, project, parent)

    assert result.counts == {"finished": 4}
    assert sorted(trial.config["x"] for trial in result.trials) == [1, 2, 3, 4]
    assert len(Path("attempts-2").read_text().split()) > 1
    assert len(set(Path("attempts-2").read_text().split())) == 1
    assert len(reader.runs()) == 4


def test_a_plain_functions_timeout_holds_too(
    run_local: Callable[..., Any], backend: Any, project: str
) -> None:
    """An agent that is no coroutine is broken off at its next line; the parent has its own time."""

    @wandb_sweep
    @env.task
    async def parent() -> str:
        sweep_id = str(get_wandb_sweep_id())
        with pytest.raises(flyte.errors.RuntimeUserError) as caught:
            await agent_in_thread.override(timeout=1).aio(sweep_id=sweep_id)
        return str(caught.value)

    told = run_grid(run_local, project, parent)

    assert "`timeouts.agent_in_thread` did not end within 1 s, the task's timeout." in told
