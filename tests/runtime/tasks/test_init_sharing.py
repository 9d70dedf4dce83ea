"""Tasks that share a run: parents and children, traces, helpers, tasks at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    get_wandb_run,
    wandb_config,
    wandb_init,
)

env = flyte.TaskEnvironment(name="init-sharing")


@wandb_init
@env.task
async def child(value: float) -> str:
    get_wandb_run().log({"child": value})
    return str(get_wandb_run().id)


@wandb_init(run_mode="new")
@env.task
async def own_child(value: float) -> str:
    await asyncio.sleep(0.01)
    get_wandb_run().log({"child": value})
    return str(get_wandb_run().id)


@wandb_init(run_mode="shared")
@env.task
async def shared_child(value: float) -> str:
    get_wandb_run().log({"shared": value})
    return str(get_wandb_run().id)


def test_children_share_or_open_runs(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """`auto` and `shared` write to the parent's run, which stays open; `new` has its own."""

    @wandb_init
    @env.task
    async def parent() -> list[str]:
        ids = [str(get_wandb_run().id), await child(1.0), await shared_child(2.0)]
        ids.append(await own_child(3.0))
        get_wandb_run().log({"parent": 4.0})
        return ids

    own, joined, shared, separate = run_local(parent, wandb_config(project=project))

    assert own == joined == shared != separate
    summary = reader.run(own).summary
    assert (summary["child"], summary["shared"], summary["parent"]) == (1.0, 2.0, 4.0)
    assert reader.run(separate).summary["child"] == 3.0
    assert len(reader.runs()) == 2


def test_what_a_decorator_says_is_for_its_task_alone(
    run_local: Callable[..., Any], backend: Any, project: str
) -> None:
    """A child does not inherit the parent's decorator: neither its settings, nor its run."""

    @wandb_init(run_mode="new")
    @env.task
    async def decorated() -> list[str]:
        return list(get_wandb_run().tags or ())

    @env.task
    async def plain() -> bool:
        return get_wandb_run() is None

    @wandb_init(tags=["parent"])
    @env.task
    async def parent() -> tuple[list[str], bool]:
        return await decorated(), await plain()

    flyte.init()
    runner = flyte.with_runcontext(mode="local", custom_context=dict(wandb_config(project=project)))
    assert tuple(runner.run(parent).outputs()) == ([], True)


def test_shared_without_a_parent_says_what_it_needs(
    run_local: Callable[..., Any], backend: Any, project: str
) -> None:
    """run_mode="shared" in a task without a parent's run is refused."""
    with pytest.raises(flyte.errors.RuntimeUserError, match="needs a parent task with a run"):
        run_local(shared_child, wandb_config(project=project), value=1.0)


def test_tasks_at_the_same_time_have_their_own_runs(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """Two tasks that run side by side in one process each log to their own run."""

    @env.task
    async def parent() -> list[str]:
        return list(await asyncio.gather(*(own_child(float(value)) for value in range(3))))

    ids = run_local(parent, wandb_config(project=project))

    assert len(set(ids)) == 3
    assert [reader.run(run_id).summary["child"] for run_id in ids] == [0.0, 1.0, 2.0]


def test_a_given_id_is_used_once(run_local: Callable[..., Any], reader: Any, project: str) -> None:
    """The id in the settings is the parent's; a child with a run of its own gets another one."""

    @wandb_init
    @env.task
    async def parent() -> list[str]:
        return [str(get_wandb_run().id), await child(1.0), await own_child(2.0)]

    own, joined, separate = run_local(parent, wandb_config(project=project, id="given"))

    assert own == joined == "given"
    assert separate != "given"


def test_traces_read_the_parents_run(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """A trace, sync or async, logs to the run of the task that calls it."""

    @flyte.trace
    async def step(value: float) -> float:
        get_wandb_run().log({"traced": value})
        return value

    @flyte.trace
    def sync_step(value: float) -> float:
        get_wandb_run().log({"sync_traced": value})
        return value

    @wandb_init
    @env.task
    async def parent() -> None:
        await step(1.0)

    @wandb_init
    @env.task
    def sync_parent() -> None:
        sync_step(2.0)

    run_local(parent, wandb_config(project=project))
    run_local(sync_parent, wandb_config(project=project))

    first, second = reader.runs()
    assert first.summary["traced"] == 1.0
    assert second.summary["sync_traced"] == 2.0


def test_a_decorated_helper_writes_to_its_tasks_run(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """A decorated plain function that a task calls uses the task's run and leaves it open."""

    @wandb_init
    def helper() -> None:
        get_wandb_run().log({"helper": 1.0})

    @wandb_init
    @env.task
    async def parent() -> None:
        helper()
        get_wandb_run().log({"parent": 2.0})

    run_local(parent, wandb_config(project=project))

    (run,) = reader.runs()
    assert (run.summary["helper"], run.summary["parent"]) == (1.0, 2.0)
