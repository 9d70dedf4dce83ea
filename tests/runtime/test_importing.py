"""What a file does while a worker process imports it, and what becomes of it without an agent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient

from .processes import is_alive, wait_for

NOTES_ITSELF = """\
import os, pathlib

with pathlib.Path("imports").open("a") as notes:
    notes.write(f"{os.getpid()}\\n")
"""

A_SWEEP = (
    NOTES_ITSELF
    + """
import flyte
from wandb_flyte import run_agent, run_agents, wandb_config, wandb_sweep, wandb_sweep_config

env = flyte.TaskEnvironment(name="bare")
parameters = {"lr": {"min": 0.0, "max": 1.0}}
defaults = {
    **wandb_config(project="bare"),
    **wandb_sweep_config(method="random", metric={"name": "loss"}, parameters=parameters),
}


def objective(lr: float) -> float:
    return lr


@wandb_sweep(defaults=defaults)
@env.task
async def agent(number: int):
    return await run_agent(objective)


@wandb_sweep(defaults=defaults)
@env.task
async def sweep(total_trials: int):
    return await run_agents(lambda number: agent(number), 1)


flyte.init()
"""
)
RUN = 'flyte.with_runcontext(mode="local").run(sweep, total_trials=2)\n'
AN_AGENT = (
    NOTES_ITSELF
    + """
import asyncio, sys
from wandb_flyte import run_agent

def objective(lr: float) -> float:
    return lr

"""
)
START = 'asyncio.run(run_agent(objective, sweep_id="{sweep}"))\n'
STUCK = (
    NOTES_ITSELF
    + """
import subprocess, time

child = subprocess.Popen(["sleep", "600"])
pathlib.Path("child.part").write_text(str(child.pid))
pathlib.Path("child.part").rename("child.pid")
time.sleep(600)
"""
)


def run_file(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """`python FILE`, ended with all that it started when that does not end."""
    (folder / "bare.py").write_text(text)
    return subprocess.run(
        [sys.executable, "bare.py"], cwd=folder, capture_output=True, text=True, timeout=90
    )


@pytest.mark.parametrize("caught", [False, True])
def test_a_sweep_at_the_top_level_of_a_file_is_refused_by_its_workers(
    wire: WireClient, in_folder: Path, caught: bool
) -> None:
    """A worker that would start the sweep once more says so instead, with the line."""
    run = f"try:\n    {RUN}except Exception as error:\n    print(error)\n" if caught else RUN
    done = run_file(in_folder, A_SWEEP + run)
    line = (A_SWEEP + run).splitlines().index(f"{'    ' * caught}{RUN.rstrip()}") + 1
    said = (
        f"The objective can't be imported: {in_folder}/bare.py:{line} starts the task `bare.sweep` "
        "whenever the file is imported, as each worker process does. "
        'Put it under `if __name__ == "__main__":`.'
    )

    assert said in done.stdout + done.stderr
    # The program, and the one worker that its agent starts.
    assert len((in_folder / "imports").read_text().splitlines()) == 2


def test_an_agent_at_the_top_level_of_a_file_is_refused_by_its_workers(
    new_sweep: Callable[..., SweepRef], in_folder: Path
) -> None:
    """The same for an agent without a Flyte task."""
    text = AN_AGENT + START.format(sweep=new_sweep(1, 2).path)
    done = run_file(in_folder, text)

    assert done.returncode == 1
    assert (
        "UserError: The objective can't be imported: "
        f"{in_folder}/bare.py:{len(text.splitlines())} starts an agent, with `run_agent()`, "
        "whenever the file is imported, as each worker process does.\n"
        'Put it under `if __name__ == "__main__":`.\n'
    ) in done.stdout + done.stderr
    assert len((in_folder / "imports").read_text().splitlines()) == 2


def test_a_guarded_agent_runs(new_sweep: Callable[..., SweepRef], in_folder: Path) -> None:
    """Under the guard the same file runs its trials."""
    call = START.format(sweep=new_sweep(1, 2).path).replace("asyncio.run(", "print(asyncio.run(")
    done = run_file(in_folder, f'{AN_AGENT}if __name__ == "__main__":\n    {call.rstrip()})\n')

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("state='finished'") == 2


def test_a_worker_that_imports_ends_with_its_agent(
    new_sweep: Callable[..., SweepRef], in_folder: Path
) -> None:
    """A killed agent takes along a worker that was never ready, and what its import started."""
    (in_folder / "stuck.py").write_text(STUCK)
    start = START.format(sweep=new_sweep(1).path).replace("objective", '"stuck.py:objective"')
    code = f"import asyncio\nfrom wandb_flyte import run_agent\n{start}"
    with subprocess.Popen([sys.executable, "-c", code]) as agent:
        wait_for((in_folder / "child.pid").exists)
        agent.kill()
    pids = [(in_folder / name).read_text().strip() for name in ("imports", "child.pid")]
    wait_for(lambda: not any(is_alive(int(pid)) for pid in pids))
