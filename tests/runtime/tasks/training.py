"""A task with a run, which several files of tests use."""

from __future__ import annotations

import flyte
from wandb_flyte import get_wandb_run, wandb_init

env = flyte.TaskEnvironment(name="init")


@wandb_init
@env.task
async def train(rate: float) -> str:
    """Trains."""
    run = get_wandb_run()
    run.log({"loss": rate * 2})
    return f"{run.entity}/{run.project}/{run.id}"
