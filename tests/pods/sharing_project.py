"""What the pods run: a parent whose run its trace and its children in other pods write to."""

from __future__ import annotations

import flyte
from wandb_flyte import get_wandb_run, wandb_init

env = flyte.TaskEnvironment(name="sharing")


@flyte.trace
async def traced(value: float) -> float:
    get_wandb_run().log({"traced": value})
    return value


@wandb_init
@env.task
async def child(value: float) -> str:
    get_wandb_run().log({"child": value})
    return str(get_wandb_run().id)


@wandb_init(run_mode="shared")
@env.task
async def broken_child(value: float) -> str:
    get_wandb_run().log({"broken": value})
    raise ValueError("this child fails, and the parent's run goes on")


@wandb_init(run_mode="new")
@env.task
async def own_child(value: float) -> str:
    get_wandb_run().log({"own": value})
    return str(get_wandb_run().id)


@wandb_init
@env.task
async def parent() -> list[str]:
    run = get_wandb_run()
    run.log({"parent": 1.0})
    await traced(2.0)
    ids = [str(run.id), await child(3.0), await own_child(4.0)]
    try:
        await broken_child(5.0)
    except flyte.errors.RuntimeUserError as error:
        run.summary["reason"] = str(error)
    run.log({"after": 6.0})
    return ids
