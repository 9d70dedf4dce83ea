"""Trials whose agent went away: they are run again under their own run ids."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    AgentResult,
    SweepResult,
    TrialResult,
    run_agent,
    run_agents,
    wandb_sweep,
)

from .sweeps import run_grid

env = flyte.TaskEnvironment(name="lost")
OBJECTIVE = f"{__file__}:objective"


def objective(x: float) -> float:
    """Waits in its first attempt, when it is the trial to be lost."""
    import time

    import wandb

    for row in range(3):
        wandb.log({"row": row})
    attempts = Path(f"attempts-{x}")
    with attempts.open("a") as file:
        file.write(f"{wandb.run.id}\n")
    lost = len(attempts.read_text().splitlines()) <= int(Path(f"lose-{x}").read_text())
    while lost:
        time.sleep(0.05)
    return x


def saving(x: float) -> float:
    """Saves after each row, and goes on from there."""
    import time

    import wandb
    from wandb_flyte import checkpoint_dir

    saved = checkpoint_dir() / "row"
    first = int(saved.read_text()) + 1 if saved.exists() else 0
    with Path(f"attempts-{x}").open("a") as file:
        file.write(f"{wandb.run.id}\n")
    for row in range(first, 6):
        wandb.log({"row": row})
        if not first and x == 2 and row == 4:
            # Logged, and not saved.
            time.sleep(2)
            Path("go").touch()
            time.sleep(600)
        saved.write_text(str(row))
        time.sleep(0.01)
    return x


@pytest.fixture
def lose(no_account: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says how often the agents of the trials with x = 1, 2, 3, 4 go away."""

    def say(*times: int) -> None:
        for x, count in enumerate(times, 1):
            Path(f"lose-{x}").write_text(str(count))

    return say


async def agent_that_goes_away(**options: Any) -> AgentResult:
    """An agent whose pod goes when its trial has to be lost."""
    agent = asyncio.ensure_future(run_agent(OBJECTIVE, **options))
    while not agent.done():
        await asyncio.wait({agent}, timeout=0.05)
        if any(_hangs(x) for x in (1, 2, 3, 4)):
            agent.cancel()
            with suppress(asyncio.CancelledError):
                await agent
            raise RuntimeError("the pod went away")
    return agent.result()


def _hangs(x: int) -> bool:
    attempts, lose = Path(f"attempts-{x}"), Path(f"lose-{x}")
    if not attempts.exists() or Path(f"gone-{x}-{len(attempts.read_text())}").exists():
        return False
    if len(attempts.read_text().splitlines()) > int(lose.read_text()):
        return False
    Path(f"gone-{x}-{len(attempts.read_text())}").touch()
    return True


@wandb_sweep
@env.task(retries=3)
async def retried(agent_id: int, sweep_id: str) -> AgentResult:
    return await agent_that_goes_away()


@wandb_sweep
@env.task
async def once(agent_id: int, sweep_id: str) -> AgentResult:
    return await agent_that_goes_away()


def rows(run: Any) -> list[int]:
    return [row["row"] for row in run.scan_history(keys=["row"])]


def sweep_of(agent: Any, count: int = 1) -> Any:
    """A parent task that runs agents."""
    from wandb_flyte import get_wandb_sweep_id

    @wandb_sweep
    @env.task
    async def parent() -> SweepResult:
        sweep_id = str(get_wandb_sweep_id())
        return await run_agents(lambda number: agent(agent_id=number, sweep_id=sweep_id), count)

    return parent


@pytest.mark.parametrize(
    "agent",
    [pytest.param(retried, id="retry"), pytest.param(once, id="top-up", marks=pytest.mark.long)],
)
def test_a_lost_trial_is_run_again_under_its_own_id(
    run_local: Callable[..., Any],
    reader: Any,
    project: str,
    lose: Callable[..., None],
    agent: Any,
) -> None:
    """By the agent's retry, or by another agent: 4 runs, each finished, with one history."""
    lose(0, 1, 0, 0)

    result = run_grid(run_local, project, sweep_of(agent))

    assert result.counts == {"finished": 4}
    assert sorted(trial.config["x"] for trial in result.trials) == [1, 2, 3, 4]
    assert {trial.error for trial in result.trials} == {""}
    assert all(trial.agent for trial in result.trials)
    first, second = Path("attempts-2").read_text().split()
    assert first == second
    assert [rows(run) for run in reader.runs()] == [[0, 1, 2]] * 4
    assert reader.sweep(result.sweep_id).state == "FINISHED"


def test_a_trial_that_takes_every_agent_along_fails(
    run_local: Callable[..., Any], reader: Any, project: str, lose: Callable[..., None]
) -> None:
    """It is restarted max_trial_restarts times, and the other trials are run."""
    lose(0, 9, 0, 0)

    result = run_grid(run_local, project, sweep_of(retried))

    assert result.counts == {"finished": 3, "failed": 1}
    (failed,) = result.failures
    assert isinstance(failed, TrialResult)
    assert (failed.config, failed.error) == ({"x": 2}, "lost with its agent 2 times")
    assert len(Path("attempts-2").read_text().split()) == 2
    assert sorted(run.state for run in reader.runs()) == ["failed", *["finished"] * 3]


@wandb_sweep
@env.task(retries=3)
async def two_trials(agent_id: int, sweep_id: str) -> AgentResult:
    return await agent_that_goes_away(count=2)


def test_count_holds_over_an_agents_attempts(
    run_local: Callable[..., Any], reader: Any, project: str, lose: Callable[..., None]
) -> None:
    """A trial that is taken up again is one of the `count`, and so are those before it."""
    lose(0, 1, 0, 0)

    result = run_grid(run_local, project, sweep_of(two_trials))

    assert result.counts == {"finished": 2}
    assert [trial.config["x"] for trial in result.trials] == [1, 2]
    assert len(Path("attempts-2").read_text().split()) == 2


@wandb_sweep
@env.task(retries=1)
async def saves(agent_id: int, sweep_id: str) -> AgentResult:
    agent = asyncio.ensure_future(run_agent(f"{__file__}:saving"))
    while not agent.done():
        await asyncio.wait({agent}, timeout=0.05)
        if Path("go").exists():
            Path("go").unlink()
            agent.cancel()
            with suppress(asyncio.CancelledError):
                await agent
            raise RuntimeError("the pod went away")
    return agent.result()


def test_a_lost_trial_goes_on_from_its_checkpoint(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """Its run goes on after the last row that its checkpoint knows: no row is missing or double."""
    result = run_grid(run_local, project, sweep_of(saves))

    assert result.counts == {"finished": 4}
    first, second = Path("attempts-2").read_text().split()
    assert first == second
    assert [rows(run) for run in reader.runs()] == [list(range(6))] * 4
    steps = [[row["_step"] for row in run.scan_history()] for run in reader.runs()]
    assert all(len(set(told)) == len(told) for told in steps)
