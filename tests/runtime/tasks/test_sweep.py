"""@wandb_sweep: a task has a sweep, made once, and its sub-actions share it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    AgentResult,
    SweepResult,
    TrialResult,
    finish_sweep,
    get_wandb_context,
    get_wandb_run,
    get_wandb_sweep_context,
    get_wandb_sweep_id,
    wandb_config,
    wandb_init,
    wandb_sweep,
    wandb_sweep_config,
)
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.finishing import SweepFailed
from wandb_flyte.runtime.reasons import short_place
from wandb_flyte.runtime.sweep import NotATask, current_sweep
from wandb_flyte.runtime.wire import BackendAway

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
async def joined(sweep_id: str) -> str:
    return str(get_wandb_sweep_id())


@wandb_sweep
@env.task
def which_in_thread() -> str:
    return str(get_wandb_sweep_id())


@wandb_sweep
@env.task
async def budgeted(total_trials: int = 7, sweep_id: str = "") -> str:
    return str(get_wandb_sweep_id())


@wandb_init
def objective() -> None:
    run = get_wandb_run()
    run.log({"loss": run.config.x * 2})


@pytest.mark.parametrize("task", [which, which_in_thread], ids=["async", "sync"])
def test_a_task_makes_a_sweep(
    task: Any, run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """The sweep has the config of the settings, and its description names the Flyte action."""
    sweep_id = run_local(task, {**wandb_config(project=project), **GRID})

    sweep = reader.sweep(sweep_id)
    assert sweep.config["method"] == "grid"
    assert sweep.config["parameters"] == {"x": {"values": [1, 2, 3, 4]}}
    assert sweep.description.startswith("flyte:")
    assert get_wandb_sweep_id() is None


def test_sub_actions_join_the_parents_sweep(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """Children have the parent's sweep, overridden ones too, and no sweep is made for them."""

    @wandb_sweep
    @env.task
    async def parent() -> list[str]:
        own = str(get_wandb_sweep_id())
        return [own, await which(), await which.override(retries=3)(), await joined(own)]

    ids = run_local(parent, {**wandb_config(project=project), **GRID})

    assert len(set(ids)) == 1
    assert reader.sweeps() == [ids[0]]


def test_a_sweep_id_that_is_given_is_joined(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """The task's own `sweep_id` input, when not empty, is the sweep; no config is needed then."""
    context = {**wandb_config(project=project), **GRID}
    sweep_id = run_local(which, context)

    assert run_local(budgeted, wandb_config(project=project), sweep_id=sweep_id) == sweep_id
    assert reader.sweeps() == [sweep_id]


def test_total_trials_is_the_run_cap(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """The task's `total_trials` input, its default too, is the budget; joining raises it."""
    context = {**wandb_config(project=project), **GRID}

    sweep_id = run_local(budgeted, context)
    assert reader.sweep(sweep_id).config["run_cap"] == 7
    run_local(budgeted, context, total_trials=9, sweep_id=sweep_id)
    assert reader.sweep(sweep_id).config["run_cap"] == 9
    run_local(budgeted, context, total_trials=5, sweep_id=sweep_id)
    assert reader.sweep(sweep_id).config["run_cap"] == 9


def test_a_sweep_that_ended_goes_on(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """Joining an ended sweep with a larger budget opens it again."""

    @wandb_sweep
    @env.task
    async def more(total_trials: int, sweep_id: str = "") -> str:
        import wandb

        wandb.agent(get_wandb_sweep_id(), function=objective, count=1)
        return str(get_wandb_sweep_id())

    context = {**wandb_config(project=project), **GRID}
    sweep_id = run_local(more, context, total_trials=1)
    assert reader.sweep(sweep_id).state == "FINISHED"

    run_local(more, context, total_trials=2, sweep_id=sweep_id)

    assert [run.config["x"] for run in reader.runs()] == [1, 2]


def test_prior_runs_belong_to_the_sweep(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """Runs named in prior_runs are the sweep's, and the sweep is found again like any other."""

    @wandb_init
    @env.task
    async def before() -> str:
        get_wandb_run().log({"loss": 1.0})
        return str(get_wandb_run().id)

    run_id = run_local(before, wandb_config(project=project, config={"x": 1}))
    config = wandb_sweep_config(**{**GRID.given(), "prior_runs": [run_id]})
    sweep_id = run_local(which, {**wandb_config(project=project), **config})

    assert [run.id for run in reader.sweep(sweep_id).runs] == [run_id]
    assert reader.sweep(sweep_id).description.startswith("flyte:")


def test_no_budget_is_refused(run_local: Callable[..., Any], backend: Any, project: str) -> None:
    """total_trials=0 is told, and no sweep is made."""
    with pytest.raises(flyte.errors.RuntimeUserError, match="`total_trials` is `0`"):
        run_local(budgeted, {**wandb_config(project=project), **GRID}, total_trials=0)


def test_a_retried_parent_finds_its_sweep(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """A parent that fails after making its sweep has the same one, also when that was changed."""
    seen: list[str] = []

    @wandb_sweep
    @env.task(retries=1)
    async def parent() -> str:
        seen.append(str(get_wandb_sweep_id()))
        if len(seen) == 1:
            sweep = current_sweep()
            assert sweep is not None
            with sweep.client() as client:
                client.update_sweep(sweep.ref, {**GRID.to_sweep_config(), "run_cap": 3})
            raise ValueError("a pod was lost")
        return seen[-1]

    run_local(parent, {**wandb_config(project=project), **GRID})

    assert len(seen) == 2
    assert reader.sweeps() == [seen[0]] == [seen[1]]


def test_the_links_lead_to_sweeps_page_and_sweep(
    run_local: Callable[..., Any], backend: Any, project: str
) -> None:
    """A parent links to the project's list of sweeps, an agent to its sweep."""

    def link(task: Any, pod_name: str = "localhost") -> str:
        here = flyte.ctx()
        return str(
            task.links[0].get_link(
                run_name=here.action.run_name,
                project="",
                domain="",
                context=here.custom_context,
                parent_action_name=here.action.name,
                action_name="a1",
                pod_name=pod_name,
            )
        )

    @wandb_sweep
    @env.task
    async def parent() -> list[str]:
        return [link(which), link(which, "{{.podName}}"), str(get_wandb_sweep_id())]

    @env.task
    async def outer() -> list[str]:
        return [link(parent), *await parent()]

    page, in_local, in_pod, sweep_id = run_local(outer, {**wandb_config(project=project), **GRID})

    sweeps = f"{backend.url}/local/{project}/sweeps"
    assert page == sweeps
    assert in_local == in_pod == f"{sweeps}/{sweep_id}"


def test_settings_may_stand_in_defaults(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """With `defaults` a launch needs no context; what the context says still wins."""

    @wandb_sweep(defaults={**wandb_config(project="elsewhere"), **GRID})
    @env.task
    async def task() -> list[str]:
        settings, sweep = get_wandb_context(), get_wandb_sweep_context()
        assert settings is not None
        assert sweep is not None
        return [str(get_wandb_sweep_id()), str(settings.project), str(sweep.method)]

    assert run_local(task)[1:] == ["elsewhere", "grid"]
    random = wandb_sweep_config(method="random")
    sweep_id, *rest = run_local(task, {**wandb_config(project=project), **random})
    assert rest == [project, "random"]
    assert reader.sweep(sweep_id).config["parameters"] == {"x": {"values": [1, 2, 3, 4]}}


def test_no_sweep_config_is_told(run_local: Callable[..., Any], backend: Any, project: str) -> None:
    """A task without a sweep config says where to give one."""
    with pytest.raises(flyte.errors.RuntimeUserError, match="@wandb_sweep found no sweep config"):
        run_local(which, wandb_config(project=project))


def test_a_wrong_sweep_config_is_told_before_anything_is_made(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """Every finding about the sweep config is told, and no sweep is made."""
    wrong = wandb_sweep_config(
        method="gird", metric={"name": "loss"}, parameters={"x": {"min": 2.0, "max": 1.0}}
    )
    with pytest.raises(flyte.errors.RuntimeUserError) as caught:
        run_local(which, {**wandb_config(project=project), **wrong})

    assert "`gird`" in str(caught.value)
    assert "parameters.x" in str(caught.value)


def test_it_decorates_tasks_only() -> None:
    """@wandb_sweep on an objective says what belongs there."""
    with pytest.raises(NotATask) as caught:
        wandb_sweep(objective)

    assert str(caught.value) == (
        "@wandb_sweep decorates `objective`, which is no Flyte task.\n"
        "Put it above @env.task; an objective takes @wandb_init."
    )


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


def run_grid(run_local: Callable[..., Any], project: str, task: Any) -> Any:
    return run_local(task, {**wandb_config(project=project), **GRID})


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


@pytest.mark.parametrize(
    ("error", "attempts"),
    [(UserError("no such objective"), 1), (BackendAway("no answer"), 2), (ValueError("lost"), 2)],
    ids=["user", "outage", "crash"],
)
def test_only_what_a_retry_may_mend_is_retried(
    run_local: Callable[..., Any], backend: Any, project: str, error: Exception, attempts: int
) -> None:
    """What the user has to mend fails at once; an outage and the task's own errors are retried."""
    seen: list[int] = []

    @wandb_sweep
    @env.task(retries=1)
    async def task() -> None:
        seen.append(1)
        raise error

    with pytest.raises(flyte.errors.RuntimeUserError, match=str(error)):
        run_grid(run_local, project, task)

    assert len(seen) == attempts


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ("local", "Unset it: the local backend needs no account and keeps to this machine."),
        ("wandb", 'Unset it. Without a W&B account there is the local backend: backend="local".'),
    ],
)
def test_wandb_that_is_told_to_stay_offline_is_told_before_a_sweep_is_made(
    run_local: Callable[..., Any],
    reader: Any,
    project: str,
    no_account: pytest.MonkeyPatch,
    given: Any,
    advice: str,
) -> None:
    """WANDB_MODE=offline ends the task at once, with advice for the backend that was asked for."""
    no_account.setenv("WANDB_MODE", "offline")

    with pytest.raises(flyte.errors.RuntimeUserError) as caught:
        run_local(which, {**wandb_config(project=project, backend=given), **GRID})

    assert str(caught.value) == (
        f"WANDB_MODE is `offline`, and a sweep's trials have to reach its backend.\n{advice}"
    )
    no_account.delenv("WANDB_MODE")
    with pytest.raises(ValueError, match="project"):
        reader.sweeps()


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


def test_finish_sweep_needs_a_sweep() -> None:
    """finish_sweep outside of a sweep's task says where it belongs."""
    with pytest.raises(Exception, match="where there is no sweep"):
        asyncio.run(finish_sweep([]))


def test_the_tasks_timeout_holds_in_a_local_run(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """A parent that runs past its timeout fails with what happened, and its sweep is canceled."""
    ids: list[str] = []

    @wandb_sweep
    @env.task(timeout=1)
    async def endless() -> None:
        ids.append(str(get_wandb_sweep_id()))
        await asyncio.Event().wait()

    with pytest.raises(flyte.errors.RuntimeUserError) as caught:
        run_grid(run_local, project, endless)

    assert "`sweep.endless` did not end within 1 s, the task's timeout." in str(caught.value)
    assert reader.sweep(ids[0]).state == "CANCELED"


def test_a_canceled_parent_cancels_its_sweep(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """When the parent's task is cancelled, its sweep is canceled at the backend."""
    ids: list[str] = []

    @wandb_sweep
    @env.task
    async def endless() -> None:
        ids.append(str(get_wandb_sweep_id()))
        await asyncio.Event().wait()

    @env.task
    async def outer() -> None:
        running = asyncio.ensure_future(endless())
        while not ids:
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    run_grid(run_local, project, outer)

    assert reader.sweep(ids[0]).state == "CANCELED"


INTERRUPTED = """
import asyncio
import flyte
from wandb_flyte import get_wandb_sweep_id, wandb_config, wandb_sweep, wandb_sweep_config

env = flyte.TaskEnvironment(name="interrupted")
DEFAULTS = {
    **wandb_config(project=PROJECT),
    **wandb_sweep_config(method="grid", parameters={"x": {"values": [1]}}),
}

@wandb_sweep(defaults=DEFAULTS)
@env.task
async def endless() -> None:
    print("sweep", get_wandb_sweep_id(), flush=True)
    await asyncio.Event().wait()

if __name__ == "__main__":
    flyte.init()
    flyte.run(endless)
"""


@pytest.mark.parametrize("by", ["python", "flyte"])
def test_ctrl_c_cancels_the_sweep(by: str, backend: Any, reader: Any, project: str) -> None:
    """Ctrl-C in a local run leaves no sweep behind that waits for trials."""
    file = Path.cwd() / "interrupted.py"
    file.write_text(INTERRUPTED.replace("PROJECT", repr(project)))
    flyte_command = str(Path(sys.executable).with_name("flyte"))
    command = {
        "python": [sys.executable, str(file)],
        "flyte": [flyte_command, "run", "--local", str(file), "endless"],
    }[by]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        sweep_id = next(line.split()[1] for line in process.stdout if line.startswith("sweep "))
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        finally:
            process.kill()

    deadline = time.monotonic() + 10
    while reader.sweep(sweep_id).state != "CANCELED" and time.monotonic() < deadline:
        time.sleep(0.1)
    assert reader.sweep(sweep_id).state == "CANCELED"
