"""Faults of Flyte's own W&B plugin that wandb_flyte does not have, told by the same code for both.

With the plugin imported instead each of these tests has to fail, and one that passes is an error:
then the plugin has mended it.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flyte
import pytest
from wandb_flyte.runtime.backend import backends

PLUGIN = "flyteplugins.wandb"
env = flyte.TaskEnvironment(name="plugin-faults")


@pytest.fixture(
    params=[
        "wandb_flyte",
        pytest.param(PLUGIN, marks=[pytest.mark.xfail(strict=True), pytest.mark.long]),
    ],
)
def package(request: pytest.FixtureRequest, backend: Any) -> Any:
    """wandb_flyte, and the plugin in its place; both find the backend in the environment."""
    found = pytest.importorskip(request.param)
    backends.activate(backends.resolve_backend("local", in_pod=False))
    return found


@pytest.fixture
def settings(package: Any, backend: Any, project: str) -> dict[str, str]:
    """Project and entity of the test."""
    return dict(package.wandb_config(project=project, entity=backend.entity))


@pytest.fixture
def sweep_settings(package: Any, settings: dict[str, str]) -> dict[str, str]:
    """The same, and a sweep over four points."""
    sweep = package.wandb_sweep_config(
        method="grid",
        metric={"name": "loss", "goal": "minimize"},
        parameters={"x": {"values": [1, 2, 3, 4]}},
    )
    return {**settings, **dict(sweep)}


def runs_of(reader: Any) -> list[Any]:
    return list(reader.api().runs(f"{reader.entity}/{reader.project}"))


def test_a_task_that_raises_is_a_failed_run(
    package: Any, settings: dict[str, str], run_local: Callable[..., Any], reader: Any
) -> None:
    """Its run is failed, with exit code 1."""

    @package.wandb_init
    @env.task
    async def train() -> None:
        raise ValueError("bad data")

    with pytest.raises(flyte.errors.RuntimeUserError):
        run_local(train, settings)

    (run,) = reader.runs()
    assert (run.state, reader.exit_code(run)) == ("failed", 1)


def test_an_objective_that_raises_is_a_failed_run(
    package: Any, backend: Any, reader: Any, project: str
) -> None:
    """Its run is failed, with exit code 1."""

    @package.wandb_init(project=project, entity=backend.entity)
    def objective() -> None:
        raise ValueError("bad rate")

    with pytest.raises(ValueError, match="bad rate"):
        objective()

    (run,) = reader.runs()
    assert (run.state, reader.exit_code(run)) == ("failed", 1)


def test_a_sweep_whose_trials_all_fail_fails(
    package: Any, sweep_settings: dict[str, str], run_local: Callable[..., Any]
) -> None:
    """Flyte's run fails, too."""

    @package.wandb_init
    def objective() -> None:
        raise ValueError("bad rate")

    @package.wandb_sweep
    @env.task
    async def sweep(total_trials: int = 2) -> str:
        import wandb

        wandb.agent(package.get_wandb_sweep_id(), function=objective, count=total_trials)
        if finish := getattr(package, "finish_sweep", None):
            await finish([])
        return "well"

    with pytest.raises(flyte.errors.RuntimeUserError):
        run_local(sweep, sweep_settings)


def retried_sweep(package: Any) -> Any:
    """A task that runs two trials and fails once, after them."""
    attempts: list[int] = []

    @package.wandb_init
    def objective() -> None:
        package.get_wandb_run().log({"loss": 1.0})

    @package.wandb_sweep
    @env.task(retries=1)
    async def sweep(total_trials: int = 2) -> str:
        import wandb

        attempts.append(1)
        sweep_id = str(package.get_wandb_sweep_id())
        wandb.agent(sweep_id, function=objective, count=total_trials)
        if len(attempts) == 1:
            raise OSError("the node is gone")
        return sweep_id

    return sweep


def test_a_retried_agent_goes_on_with_what_is_left(
    package: Any, sweep_settings: dict[str, str], run_local: Callable[..., Any], reader: Any
) -> None:
    """Two trials were asked for, and two there are, over all attempts."""
    run_local(retried_sweep(package), sweep_settings)

    assert len(runs_of(reader)) == 2


def test_a_retried_parent_has_one_sweep(
    package: Any, sweep_settings: dict[str, str], run_local: Callable[..., Any], reader: Any
) -> None:
    """The second attempt works on the sweep of the first one."""
    sweep_id = run_local(retried_sweep(package), sweep_settings)

    assert reader.sweeps() == [sweep_id]


def link_of(task: Any, run_id: str) -> str:
    """Where Flyte's UI would lead, rendered in the task that calls the one with the link."""
    here = flyte.ctx()
    assert here is not None
    url = task.links[0].get_link(
        run_name=here.action.run_name,
        project="",
        domain="",
        context=dict(here.custom_context),
        parent_action_name=here.action.name,
        action_name=run_id.removeprefix(f"{here.action.run_name}-"),
        pod_name="localhost",
    )
    return str(url).rpartition("/")[2]


def test_the_link_of_a_child_leads_to_its_run(
    package: Any, settings: dict[str, str], run_local: Callable[..., Any]
) -> None:
    """Also when the context says that a child has its own, while its parent has one too."""

    @package.wandb_init
    @env.task
    async def child() -> str:
        return str(package.get_wandb_run().id)

    @package.wandb_init
    @env.task
    async def parent() -> list[str]:
        with package.wandb_config(run_mode="new"):
            opened = await child()
            return [opened, link_of(child, opened)]

    opened, linked = run_local(parent, settings)

    assert opened == linked


def test_override_keeps_the_run(
    package: Any, settings: dict[str, str], run_local: Callable[..., Any], reader: Any
) -> None:
    """A task that was overridden has its run in a local run."""

    @package.wandb_init
    @env.task
    async def train() -> None:
        package.get_wandb_run().log({"loss": 1.0})

    @env.task
    async def parent() -> None:
        await train.override(retries=2)()

    run_local(parent, settings)

    assert len(reader.runs()) == 1


def test_host_is_the_server(
    package: Any, backend: Any, run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """host= in the settings says where runs go, and breaks nothing."""

    @package.wandb_init
    @env.task
    async def train() -> None:
        package.get_wandb_run().log({"loss": 1.0})

    place = {"project": project, "entity": backend.entity, "host": backend.url}
    run_local(train, dict(package.wandb_config(**place)))

    assert len(reader.runs()) == 1


def test_a_project_of_digits_stays_text(
    package: Any, backend: Any, run_local: Callable[..., Any]
) -> None:
    """The project "123" is not the number 123."""

    @env.task
    async def read() -> str:
        found = package.get_wandb_context().project
        return f"{type(found).__name__} {found}"

    context = package.wandb_config(project="123", entity=backend.entity)
    assert run_local(read, dict(context)) == "str 123"


def test_a_nested_config_keeps_the_outer_one(
    package: Any, backend: Any, project: str, run_local: Callable[..., Any]
) -> None:
    """What the inner settings do not say is as the outer ones have it."""

    @env.task
    async def read() -> str:
        with package.wandb_config(tags=["inner"]):
            found = package.get_wandb_context()
            return f"{found.run_mode} {found.download_logs}"

    context = package.wandb_config(
        project=project, entity=backend.entity, run_mode="new", download_logs=True
    )
    assert run_local(read, dict(context)) == "new True"


def test_the_users_own_keys_are_left_alone(
    package: Any, settings: dict[str, str], run_local: Callable[..., Any]
) -> None:
    """A key of the context that begins with wandb_ and is not ours does no harm."""

    @env.task
    async def read() -> str:
        return str(package.get_wandb_context().project)

    assert run_local(read, {**settings, "wandb_team_of_mine": "blue"})


def test_the_callers_settings_stay_as_they_are(
    package: Any,
    settings: dict[str, str],
    run_local: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wandb.Settings object that was given is not written to."""
    import wandb

    given = wandb.Settings(run_notes="mine")
    before = given.model_dump()
    for name, value in {"RANK": "0", "WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)

    @package.wandb_init(settings=given, run_mode="shared")
    @env.task
    async def train() -> str:
        return str(package.get_wandb_run().id)

    run_local(train, settings)

    assert given.model_dump() == before


def test_a_downloaded_history_is_whole(
    package: Any,
    settings: dict[str, str],
    run_local: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """Each of 700 rows is in the file, where W&B's sample has 500."""

    @package.wandb_init
    @env.task
    async def train() -> str:
        run = package.get_wandb_run()
        for step in range(700):
            run.log({"loss": float(step)})
        return f"{run.entity}/{run.project}/{run.id}"

    folder = package.download_wandb_run_dir(run_local(train, settings), str(tmp_path / "run"))

    rows = json.loads((Path(folder) / "metrics_history.json").read_text())
    found = rows if isinstance(rows, list) else rows["loss"]
    assert len(found) == 700


def test_the_plugin_is_there_to_compare_with() -> None:
    """What has to fail above is the plugin, and not an import that went wrong."""
    pytest.importorskip(PLUGIN)
    plugin = importlib.import_module(PLUGIN)

    assert callable(plugin.wandb_init)
