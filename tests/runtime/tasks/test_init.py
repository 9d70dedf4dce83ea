"""@wandb_init: a task or an objective has a W&B run, which ends as the call ends."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import cloudpickle
import flyte
import pytest
from wandb_flyte import (
    get_wandb_context,
    get_wandb_run,
    get_wandb_run_dir,
    wandb_config,
    wandb_init,
)
from wandb_flyte.errors import UserError

env = flyte.TaskEnvironment(name="init")


@wandb_init
@env.task
async def train(rate: float) -> str:
    """Trains."""
    run = get_wandb_run()
    run.log({"loss": rate * 2})
    return f"{run.entity}/{run.project}/{run.id}"


@wandb_init
@env.task
def train_in_thread(rate: float) -> str:
    get_wandb_run().log({"loss": rate * 2})
    return str(get_wandb_run().id)


@wandb_init
@env.task
async def broken(reason: str) -> None:
    get_wandb_run().log({"loss": 1.0})
    raise ValueError(reason)


@wandb_init
@env.task
def broken_in_thread(reason: str) -> None:
    raise ValueError(reason)


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


@pytest.mark.parametrize("task", [broken, broken_in_thread], ids=["async", "sync"])
def test_a_task_that_raises_has_failed(
    task: Any, run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """Its run is failed with exit code 1, and the traceback is in the run's log."""
    with pytest.raises(flyte.errors.RuntimeUserError, match="bad data"):
        run_local(task, wandb_config(project=project), reason="bad data")

    (run,) = reader.runs()
    assert (run.state, reader.exit_code(run)) == ("failed", 1)
    log = reader.log(run)
    assert "Traceback (most recent call last)" in log
    assert "raise ValueError(reason)" in log
    assert "ValueError: bad data" in log


@pytest.mark.parametrize(
    ("code", "state", "recorded"),
    [(3, "failed", 3), ("out of disk", "failed", 1), (0, "finished", 0)],
)
def test_sys_exit_is_recorded_with_its_code(
    code: object, state: str, recorded: int, backend: Any, reader: Any, project: str
) -> None:
    """sys.exit(n) in an objective ends its run with exit code n."""

    @wandb_init(project=project, backend="local")
    def objective() -> None:
        sys.exit(code)  # type: ignore[arg-type]

    with pytest.raises(SystemExit):
        objective()

    (run,) = reader.runs()
    assert (run.state, reader.exit_code(run)) == (state, recorded)


@wandb_init
@env.task
async def exiting(code: int) -> None:
    sys.exit(code)


@wandb_init
@env.task
def exiting_in_thread(code: int) -> None:
    sys.exit(code)


@pytest.mark.parametrize("task", [exiting, exiting_in_thread], ids=["async", "sync"])
def test_sys_exit_ends_a_local_run(
    task: Any, run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """A task that calls sys.exit(n) fails, where Flyte alone would hang; its run has the code."""
    with pytest.raises(flyte.errors.RuntimeUserError, match=r"called sys\.exit\(3\)"):
        run_local(task, wandb_config(project=project), code=3)

    (run,) = reader.runs()
    assert (run.state, reader.exit_code(run)) == ("failed", 3)


def test_an_objective_that_raises_has_failed(backend: Any, reader: Any, project: str) -> None:
    """Sync and async objectives end their runs with exit code 1 and raise."""

    @wandb_init(project=project, backend="local")
    def objective() -> None:
        raise KeyError("lr")

    @wandb_init(project=project, backend="local")
    async def async_objective() -> None:
        raise KeyError("lr")

    with pytest.raises(KeyError):
        objective()
    with pytest.raises(KeyError):
        asyncio.run(async_objective())

    runs = reader.runs()
    assert [(run.state, reader.exit_code(run)) for run in runs] == [("failed", 1)] * 2
    assert all("KeyError: 'lr'" in reader.log(run) for run in runs)


def test_override_keeps_the_run(run_local: Callable[..., Any], reader: Any, project: str) -> None:
    """A task that was overridden still has its run, in a local run too."""

    @env.task
    async def parent() -> str:
        return await train.override(short_name="quick", retries=2)(rate=1.0)

    run_local(parent, wandb_config(project=project))

    assert [run.summary["loss"] for run in reader.runs()] == [2.0]


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


def test_settings_come_from_decorator_then_context_then_defaults(
    run_local: Callable[..., Any], backend: Any, project: str
) -> None:
    """The decorator wins over the context, which wins over `defaults`."""

    @wandb_init(
        tags=["decorator"],
        defaults={**wandb_config(project="defaults", group="defaults", tags=["defaults"])},
    )
    @env.task
    async def task() -> list[str]:
        run, settings = get_wandb_run(), get_wandb_context()
        assert settings is not None
        assert (settings.project, settings.tags) == (run.project, list(run.tags))
        return [run.project, run.group, *run.tags]

    assert run_local(task) == ["defaults", "defaults", "decorator"]
    assert run_local(task, wandb_config(project=project)) == [project, "defaults", "decorator"]


def test_host_becomes_the_server_address(
    backend: Any, reader: Any, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """host= tells wandb which server to speak to, and is no argument of wandb.init."""
    monkeypatch.setenv("WANDB_API_KEY", backend.key)

    @wandb_init(project=project, host=backend.url)
    def objective() -> str:
        return str(get_wandb_run().settings.base_url)

    assert objective() == backend.url
    assert len(reader.runs()) == 1


@pytest.mark.parametrize("as_mapping", [False, True])
def test_the_callers_settings_stay_as_they_are(
    as_mapping: bool,
    run_local: Callable[..., Any],
    reader: Any,
    project: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """settings= reaches wandb with our own added, and the object that was given is not changed."""
    import wandb

    given: Any = {"run_notes": "mine"} if as_mapping else wandb.Settings(run_notes="mine")
    before = dict(given) if as_mapping else given.model_dump()
    for name, value in {"RANK": "0", "WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)

    @wandb_init(settings=given, run_mode="shared")
    @env.task
    async def task() -> str:
        settings = get_wandb_run().settings
        return f"{settings.run_notes} {settings.mode} {settings.x_label}"

    assert run_local(task, wandb_config(project=project)) == "mine shared rank-0"
    assert (dict(given) if as_mapping else given.model_dump()) == before
    (run,) = reader.runs()
    assert run.state == "finished"


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


def test_disabled_needs_no_backend(
    no_account: Any, run_local: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """mode="disabled" runs without a key and starts nothing."""
    monkeypatch.setenv("WANDB_FLYTE_BACKEND", "wandb")

    assert "/" in run_local(train, wandb_config(project="p", mode="disabled"), rate=0.5)


def test_a_missing_key_is_told(
    no_account: Any, run_local: Callable[..., Any], project: str
) -> None:
    """backend="wandb" without a key fails with what to do."""
    with pytest.raises(flyte.errors.RuntimeUserError, match="Run `wandb login`"):
        run_local(train, wandb_config(project=project, backend="wandb"), rate=0.5)


def test_a_wrapped_function_looks_like_itself() -> None:
    """Flyte finds name, module, signature, source file and async-ness of the user's function."""
    import inspect

    assert train.func.__name__ == "train"
    assert train.func.__module__ == __name__
    assert train.func.__doc__ == "Trains."
    assert inspect.iscoroutinefunction(train.func)
    assert not inspect.iscoroutinefunction(train_in_thread.func)
    assert list(inspect.signature(train.func).parameters) == ["rate"]
    assert train.source_file == __file__
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


def test_wrong_backend_name(no_account: Any, run_local: Callable[..., Any]) -> None:
    """A backend that does not exist is refused when the task is decorated."""
    with pytest.raises(UserError) as caught:
        wandb_init(backend="cloud")(env.task(lambda: None))

    assert str(caught.value) == (
        "backend= is `cloud`, which is no backend.\nIt is one of: auto, local, wandb."
    )
