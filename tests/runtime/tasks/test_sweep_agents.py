"""A sweep's agents in a local run: the user's own `wandb.agent`, and several at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    AgentResult,
    SweepResult,
    download_wandb_sweep_dirs,
    get_wandb_context,
    get_wandb_sweep_id,
    run_agent,
    run_agents,
    wandb_config,
    wandb_sweep,
    wandb_sweep_config,
)

from .sweeps import GRID, logs_threads, objective

env = flyte.TaskEnvironment(name="sweep-agents")


def test_the_users_own_agent_needs_no_project(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """`wandb.agent` and `wandb.Api` in a sweep's task reach its backend and its project."""

    @wandb_sweep
    @env.task
    async def task() -> int:
        import wandb

        wandb.agent(get_wandb_sweep_id(), function=objective, count=2)
        return len(wandb.Api().runs(f"local/{project}"))

    assert run_local(task, {**wandb_config(project=project), **GRID}) == 2
    runs = reader.runs()
    assert [run.summary["loss"] for run in runs] == [2, 4]
    assert {run.state for run in runs} == {"finished"}
    left = [name for name in os.environ if name in ("WANDB_PROJECT", "WANDB_SWEEP_ID")]
    assert left == []


def test_a_plain_task_below_a_sweep_knows_where_the_sweep_is(
    run_local: Callable[..., Any], reader: Any, project: str, tmp_path: Path
) -> None:
    """Its agent and its downloads go to the sweep's project, whatever the runs' settings say."""

    @env.task
    async def child() -> tuple[int, int]:
        result = await run_agent(objective, count=1, isolation="none")
        return len(result.trials), len(download_wandb_sweep_dirs(base_path=str(tmp_path)))

    @wandb_sweep
    @env.task
    async def parent() -> int:
        return sum(await child())

    settings = wandb_config(project=f"{project}-runs")
    sweep = wandb_sweep_config(**{**GRID.given(), "project": project})
    assert run_local(parent, {**settings, **sweep}) == 2
    assert [run.summary["loss"] for run in reader.runs()] == [2]


def test_agents_of_a_parallel_sweep_take_turns(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """Overridden agents that call wandb.agent in one local process share the sweep's trials."""

    @wandb_sweep
    @env.task
    async def agent(number: int, sweep_id: str, count: int) -> int:
        import wandb

        settings = get_wandb_context()
        assert settings is not None
        wandb.agent(sweep_id, function=objective, count=count, project=settings.project)
        return number

    @wandb_sweep
    @env.task
    async def parent() -> list[int]:
        sweep_id = str(get_wandb_sweep_id())
        agents = [
            agent.override(resources=flyte.Resources(cpu="2"), retries=3, timeout=1800)(
                number=number, sweep_id=sweep_id, count=1
            )
            for number in range(2)
        ]
        return list(await asyncio.gather(*agents))

    assert run_local(parent, {**wandb_config(project=project), **GRID}) == [0, 1]
    assert sorted(run.config["x"] for run in reader.runs()) == [1, 2]


def test_agents_that_are_plain_functions_take_turns(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """In a local run they are threads of one process, and share the sweep's trials too."""

    @wandb_sweep
    @env.task
    def agent(number: int, sweep_id: str) -> int:
        import wandb

        wandb.agent(sweep_id, function=objective, count=1)
        return number

    @wandb_sweep
    @env.task
    def agent_of_agents(sweep_id: str) -> int:
        return agent(number=1, sweep_id=sweep_id)

    @wandb_sweep
    @env.task
    async def parent() -> list[int]:
        sweep_id = str(get_wandb_sweep_id())
        agents = agent.aio(number=0, sweep_id=sweep_id), agent_of_agents.aio(sweep_id=sweep_id)
        return list(await asyncio.gather(*agents))

    assert run_local(parent, {**wandb_config(project=project), **GRID}) == [0, 1]
    assert sorted(run.config["x"] for run in reader.runs()) == [1, 2]


@pytest.mark.parametrize("own", ["", "7"])
def test_agents_of_a_local_run_share_the_cpus(
    own: str,
    run_local: Callable[..., Any],
    reader: Any,
    project: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Numeric libraries start each agent's share of threads, unless the user has said how many."""
    monkeypatch.setenv("OMP_NUM_THREADS", own)
    if not own:
        monkeypatch.delenv("OMP_NUM_THREADS")

    @wandb_sweep
    @env.task
    async def agent(number: int) -> AgentResult:
        return await run_agent(logs_threads, count=1)

    @wandb_sweep
    @env.task
    async def parent(total_trials: int = 2) -> SweepResult:
        return await run_agents(lambda number: agent(number=number), 2)

    run_local(parent, {**wandb_config(project=project), **GRID})
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    share = int(own) if own else max(1, (available or 1) // 2)
    assert [run.summary["threads"] for run in reader.runs()] == [share, share]
