"""@wandb_init: a task or an objective has a W&B run, and is what it was otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cloudpickle
import flyte
import pytest
from wandb_flyte import (
    get_wandb_run,
    get_wandb_run_dir,
    wandb_config,
    wandb_init,
)

from . import training
from .training import env, train


@wandb_init
@env.task
def train_in_thread(rate: float) -> str:
    get_wandb_run().log({"loss": rate * 2})
    return str(get_wandb_run().id)


@pytest.mark.parametrize("task", [train, train_in_thread], ids=["async", "sync"])
def test_a_task_has_a_run(
    task: Any, run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """The run is in the project of the settings, has what was logged, and is finished."""
    run_local(task, wandb_config(project=project, tags=["first"]), rate=0.5)

    (run,) = reader.runs()
    assert run.summary["loss"] == 1.0
    assert run.tags == ["first"]
    assert (run.state, reader.exit_code(run)) == ("finished", 0)


def test_override_keeps_the_run(run_local: Callable[..., Any], reader: Any, project: str) -> None:
    """A task that was overridden still has its run, in a local run too."""

    @env.task
    async def parent() -> str:
        return await train.override(short_name="quick", retries=2)(rate=1.0)

    run_local(parent, wandb_config(project=project))

    assert [run.summary["loss"] for run in reader.runs()] == [2.0]


def test_the_link_leads_to_the_opened_run(
    run_local: Callable[..., Any], backend: Any, project: str
) -> None:
    """The link that Flyte renders before a task starts is the run's address."""
    links: dict[str, str] = {}

    @env.task
    async def parent() -> list[str]:
        here = flyte.ctx()
        paths = [await train(0.1), await train(0.2)]
        for path in paths:
            links[path] = train.links[0].get_link(
                run_name=here.action.run_name,
                project="",
                domain="",
                context=here.custom_context,
                parent_action_name=here.action.name,
                action_name=path.rpartition("/")[2].removeprefix(f"{here.action.run_name}-"),
                pod_name="localhost",
            )
        return paths

    paths = run_local(parent, wandb_config(project=project))

    assert links == {
        path: f"{backend.url}/{'/'.join(path.split('/')[:2])}/runs/{path.rpartition('/')[2]}"
        for path in paths
    }


def test_wandb_run_is_the_tasks_run(
    run_local: Callable[..., Any], backend: Any, project: str
) -> None:
    """Code that logs with `wandb.log`, as training libraries do, reaches the task's run."""

    @wandb_init
    @env.task
    async def task() -> bool:
        import wandb

        return wandb.run is get_wandb_run() and get_wandb_run_dir() == wandb.run.dir

    assert run_local(task, wandb_config(project=project)) is True
    assert get_wandb_run() is None
    assert get_wandb_run_dir() is None


def test_a_rank_without_a_run_gets_none(
    run_local: Callable[..., Any], backend: Any, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default only the first rank of a distributed task has a run."""
    for name, value in {"RANK": "1", "LOCAL_RANK": "1", "WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)

    @wandb_init
    @env.task
    async def task() -> bool:
        return get_wandb_run() is None

    assert run_local(task, wandb_config(project=project)) is True


def test_a_wrapped_function_looks_like_itself() -> None:
    """Flyte finds name, module, signature, source file and async-ness of the user's function."""
    import inspect

    assert train.func.__name__ == "train"
    assert train.func.__module__ == training.__name__
    assert train.func.__doc__ == "Trains."
    assert inspect.iscoroutinefunction(train.func)
    assert not inspect.iscoroutinefunction(train_in_thread.func)
    assert list(inspect.signature(train.func).parameters) == ["rate"]
    assert train.source_file == training.__file__
    first_line = inspect.unwrap(train.func).__code__.co_firstlineno
    assert train.func.__code__.co_firstlineno == first_line
    assert "async def train(rate: float)" in inspect.getsource(train.func)


def test_the_environment_deploys_the_decorated_task() -> None:
    """The task in the environment, which `flyte deploy` takes, is the one with link and run."""
    assert env.tasks["init.train"] is train
    assert [link.name for link in train.links] == ["Weights & Biases"]


def test_a_decorated_task_can_be_pickled() -> None:
    """Notebooks and distributed tasks send the function to other processes by cloudpickle."""
    copied = cloudpickle.loads(cloudpickle.dumps(train.func))

    assert copied.__name__ == "train"
