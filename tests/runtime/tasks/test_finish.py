"""finish_sweep: what came of a sweep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    AgentResult,
    SweepFailed,
    SweepResult,
    TrialResult,
    finish_sweep,
    get_wandb_run,
    get_wandb_sweep_id,
    wandb_config,
    wandb_init,
    wandb_sweep,
    wandb_sweep_config,
)
from wandb_flyte.runtime.tasks.reasons import short_place

from .sweeps import GRID, objective, run_grid

env = flyte.TaskEnvironment(name="finish")


def test_finish_sweep_tells_what_came_of_it(
    run_local: Callable[..., Any], reader: Any, project: str, backend: Any
) -> None:
    """The result has each trial with state, metric and the agent's reason, and the best one."""

    @wandb_init
    def picky() -> float:
        x = int(get_wandb_run().config.x)
        if x == 2:
            raise ValueError("two")
        get_wandb_run().log({"loss": 10.0 - x})
        return 0.0

    @wandb_sweep
    @env.task
    async def task() -> SweepResult:
        import wandb

        wandb.agent(get_wandb_sweep_id(), function=picky, count=3)
        failed = next(run.id for run in reader.runs() if run.state == "failed")
        told = TrialResult(failed, "failed", error="ValueError: two", where="f.py:1", agent="a")
        return await finish_sweep([AgentResult("a", [told]), RuntimeError("a pod was lost")])

    result = run_grid(run_local, project, task)

    assert isinstance(result, SweepResult)
    assert result.counts == {"finished": 2, "failed": 1}
    assert result.best is not None
    assert (result.best.config, result.best.metric) == ({"x": 3}, 7.0)
    assert [(trial.error, trial.where) for trial in result.failures] == [
        ("ValueError: two", "f.py:1")
    ]
    assert result.url == f"{backend.url}/local/{project}/sweeps/{result.sweep_id}"
    assert reader.sweep(result.sweep_id).state == "FINISHED"


def test_a_sweep_without_a_finished_trial_fails(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """finish_sweep raises when no trial finished, with the agents' reason."""
    raised: list[SweepFailed] = []

    @wandb_sweep
    @env.task
    async def task() -> None:
        try:
            await finish_sweep([RuntimeError("a pod was lost")])
        except SweepFailed as error:
            raised.append(error)
            raise

    with pytest.raises(flyte.errors.RuntimeUserError, match="No trial of sweep"):
        run_grid(run_local, project, task)

    assert raised[0].message.endswith("finished: none ran. 1 agent failed: a pod was lost.")
    assert raised[0].result.trials == []


def test_a_sweep_whose_trials_all_failed_is_tried_once(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """Flyte does not retry it, and the error has the trials' reasons, read from their runs."""
    attempts: list[int] = []

    @wandb_init
    def boom() -> None:
        raise RuntimeError("boom")

    @wandb_sweep
    @env.task(retries=3)
    async def task() -> SweepResult:
        import wandb

        attempts.append(1)
        wandb.agent(get_wandb_sweep_id(), function=boom, count=2)
        return await finish_sweep([])

    with pytest.raises(flyte.errors.RuntimeUserError) as caught:
        run_grid(run_local, project, task)

    line = boom.__code__.co_firstlineno + 2
    sweep_id = reader.sweeps()[0]
    place = short_place(f"{__file__}:{line}")
    assert str(caught.value).splitlines()[0] == (
        f"No trial of sweep `{sweep_id}` finished. 2 trials failed: RuntimeError: boom ({place})."
    )
    assert len(attempts) == 1


def test_a_metric_that_nobody_logged_is_told(
    run_local: Callable[..., Any], backend: Any, project: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """finish_sweep warns when trials finished and none has the sweep's metric."""

    @wandb_init
    def other() -> None:
        get_wandb_run().log({"acc": 0.5})

    @wandb_sweep
    @env.task
    async def task() -> SweepResult:
        import wandb

        wandb.agent(get_wandb_sweep_id(), function=other, count=2)
        return await finish_sweep([])

    result = run_grid(run_local, project, task)

    assert result.best is None
    said = capfd.readouterr().err.splitlines()
    assert "wandb-flyte: warning: no trial gave a finite `loss`; they logged `acc`" in said


@pytest.mark.parametrize("summary", ["min,max", "mean"])
def test_the_best_trial_is_so_by_the_goal_whatever_define_metric_keeps(
    run_local: Callable[..., Any], backend: Any, project: str, summary: str
) -> None:
    """With `summary="min,max"` a maximized metric's value is its highest; a lone mean counts."""

    @wandb_init
    def rising() -> None:
        run = get_wandb_run()
        run.define_metric("acc", summary=summary)
        for epoch in range(3):
            run.log({"acc": epoch * run.config.x / 10})

    @wandb_sweep
    @env.task
    async def task() -> SweepResult:
        import wandb

        wandb.agent(get_wandb_sweep_id(), function=rising, count=2)
        return await finish_sweep([])

    metric = {"name": "acc", "goal": "maximize"}
    config = wandb_sweep_config(**{**GRID.given(), "metric": metric})
    result = run_local(task, {**wandb_config(project=project), **config})

    assert result.best is not None
    assert result.best.config == {"x": 2}
    assert result.best.metric == pytest.approx(0.4 if summary == "min,max" else 0.2)


def test_prior_runs_are_no_trials(run_local: Callable[..., Any], reader: Any, project: str) -> None:
    """They are in no result, not the best either, and take nothing of the budget."""

    @wandb_init
    @env.task
    async def before() -> str:
        get_wandb_run().log({"loss": -1.0})
        return str(get_wandb_run().id)

    @wandb_sweep
    @env.task
    async def task(total_trials: int, sweep_id: str = "") -> SweepResult:
        import wandb

        wandb.agent(get_wandb_sweep_id(), function=objective, count=total_trials)
        return await finish_sweep([])

    prior = run_local(before, wandb_config(project=project, config={"x": 9}))
    begun = time.time()
    while int(time.time()) == int(begun):
        time.sleep(0.02)
    config = wandb_sweep_config(**{**GRID.given(), "prior_runs": [prior]})
    context = {**wandb_config(project=project), **config}
    first = run_local(task, context, total_trials=2)
    more = run_local(task, context, total_trials=3, sweep_id=first.sweep_id)

    assert [trial.config for trial in first.trials] == [{"x": 1}, {"x": 2}]
    assert first.best == first.trials[0]
    assert [trial.config for trial in more.trials] == [{"x": 1}, {"x": 2}, {"x": 3}]
    assert prior in {run.id for run in reader.sweep(first.sweep_id).runs}


def test_finish_sweep_needs_a_sweep() -> None:
    """finish_sweep outside of a sweep's task says where it belongs."""
    with pytest.raises(Exception, match="where there is no sweep"):
        asyncio.run(finish_sweep([]))
