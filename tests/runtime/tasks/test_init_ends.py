"""How the run of a task or an objective ends: as the call did, with its exit code and traceback."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    get_wandb_run,
    wandb_config,
    wandb_init,
)

env = flyte.TaskEnvironment(name="init-ends")


@wandb_init
@env.task
async def broken(reason: str) -> None:
    get_wandb_run().log({"loss": 1.0})
    raise ValueError(reason)


@wandb_init
@env.task
def broken_in_thread(reason: str) -> None:
    raise ValueError(reason)


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
