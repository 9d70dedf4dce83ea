"""A sweep config and tasks that several files of tests use."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import flyte
from wandb_flyte import (
    get_wandb_run,
    get_wandb_sweep_id,
    wandb_config,
    wandb_init,
    wandb_sweep,
    wandb_sweep_config,
)

GRID = wandb_sweep_config(
    method="grid",
    metric={"name": "loss", "goal": "minimize"},
    parameters={"x": {"values": [1, 2, 3, 4]}},
)

env = flyte.TaskEnvironment(name="sweep")


@wandb_sweep
@env.task
async def which() -> str:
    return str(get_wandb_sweep_id())


@wandb_sweep
@env.task
async def budgeted(total_trials: int = 7, sweep_id: str = "") -> str:
    return str(get_wandb_sweep_id())


@wandb_init
def objective() -> None:
    run = get_wandb_run()
    run.log({"loss": run.config.x * 2})


def logs_threads(x: int) -> dict[str, float]:
    return {"loss": x, "threads": int(os.environ["OMP_NUM_THREADS"])}


def run_grid(run_local: Callable[..., Any], project: str, task: Any) -> Any:
    return run_local(task, {**wandb_config(project=project), **GRID})
