"""A sweep's parent that is retried, runs out of time, is cancelled or interrupted."""

from __future__ import annotations

import asyncio
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
    get_wandb_sweep_id,
    wandb_config,
    wandb_sweep,
)
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.backend.wire_errors import BackendAway
from wandb_flyte.runtime.tasks.current import current_sweep

from .sweeps import GRID, run_grid

env = flyte.TaskEnvironment(name="sweep-ends")


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


NIGHTLY = """
import flyte
from wandb_flyte import get_wandb_sweep_id, run_agent, wandb_config, wandb_sweep, wandb_sweep_config

env = flyte.TaskEnvironment(name="nightly")
DEFAULTS = {
    **wandb_config(project=PROJECT),
    **wandb_sweep_config(method="grid", parameters={"x": {"values": [1]}}),
}


def objective(x: int) -> float:
    return float(x)


@wandb_sweep(defaults=DEFAULTS)
@env.task
async def nightly() -> str:
    await run_agent(objective)
    return str(get_wandb_sweep_id())


if __name__ == "__main__":
    flyte.init()
    for _ in range(TIMES):
        run = flyte.with_runcontext(mode="local", name="nightly").run(nightly)
        print("sweep", run.outputs()[0], flush=True)
"""


@pytest.mark.parametrize(
    ("processes", "times"),
    [
        pytest.param(2, 1, marks=pytest.mark.long, id="processes"),
        pytest.param(1, 2, id="one process"),
    ],
)
def test_a_local_runs_name_may_come_again(
    processes: int, times: int, backend: Any, reader: Any, project: str
) -> None:
    """A run of a name that was used before is another run: its sweep and its trials are its own."""
    file = Path.cwd() / "nightly.py"
    file.write_text(NIGHTLY.replace("PROJECT", repr(project)).replace("TIMES", str(times)))
    printed = [
        subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True)
        for _ in range(processes)
    ]
    lines = "".join(process.stdout for process in printed).splitlines()
    seen = [line.split()[1] for line in lines if line.startswith("sweep ")]

    assert len(seen) == len(set(seen)) == 2
    assert sorted(reader.sweeps()) == sorted(seen)
    assert len(reader.runs()) == 2


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

    assert "`sweep-ends.endless` did not end within 1 s, the task's timeout." in str(caught.value)
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
