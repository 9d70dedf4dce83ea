"""@wandb_sweep: a task has a sweep, made once, and its sub-actions share it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    get_wandb_context,
    get_wandb_run,
    get_wandb_sweep_context,
    get_wandb_sweep_id,
    wandb_config,
    wandb_init,
    wandb_sweep,
    wandb_sweep_config,
)

from .sweeps import GRID, budgeted, objective, which

env = flyte.TaskEnvironment(name="sweep")


@wandb_sweep
@env.task
async def joined(sweep_id: str) -> str:
    return str(get_wandb_sweep_id())


@wandb_sweep
@env.task
def which_in_thread() -> str:
    return str(get_wandb_sweep_id())


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


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"parameters": {"x": {"value": 1}}}, "digits: grid over x"),
        ({"name": "mine", "parameters": {"x": {"value": 1}}}, "mine"),
        (
            {
                "program": "src/train.py",
                "parameters": {name: {"value": 1} for name in ("lr", "depth", "width", "decay")},
            },
            "train: grid over lr, depth, width, …",
        ),
    ],
)
def test_a_sweep_is_called_after_what_it_searches(
    run_local: Callable[..., Any], backend: Any, config: dict[str, Any], name: str
) -> None:
    """Without a name of its own: what the list of a project's sweeps is looked through for."""
    context = {**wandb_config(project="digits"), **wandb_sweep_config(method="grid", **config)}
    sweep_id = run_local(which, context)

    import wandb

    api = wandb.Api(api_key=backend.key, overrides={"base_url": backend.url})
    assert api.sweep(f"local/digits/{sweep_id}").name == name


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
