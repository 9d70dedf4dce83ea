"""Sweeps whose trials fail one after the other: they end before their time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    AgentResult,
    SweepResult,
    get_wandb_sweep_id,
    run_agent,
    run_agents,
    wandb_sweep,
)

from .sweeps import run_grid

env = flyte.TaskEnvironment(name="storms")


def fails(x: float) -> float:
    raise ValueError(f"bad {x}")


def odd_fails(x: float) -> float:
    if x % 2:
        raise ValueError(f"bad {x}")
    return x


@wandb_sweep
@env.task(retries=2)
async def agent(number: int, sweep_id: str, objective: str, limits: dict[str, int]) -> AgentResult:
    return await run_agent(f"{__file__}:{objective}", **limits)


def sweep_of(objective: str, **limits: int) -> Any:
    @wandb_sweep
    @env.task(retries=2)
    async def parent() -> SweepResult:
        sweep_id = str(get_wandb_sweep_id())
        return await run_agents(lambda number: agent(number, sweep_id, objective, limits), 1)

    return parent


@pytest.mark.parametrize(
    ("objective", "limits", "why", "failed"),
    [
        (
            "fails",
            {"max_consecutive_failures": 2},
            "2 trials failed one after the other (max_consecutive_failures is 2)",
            "2 trials failed: ValueError: bad 1 ",
        ),
        (
            "odd_fails",
            {"max_failed_trials": 1},
            "2 trials failed (max_failed_trials is 1)",
            "2 trials failed: ValueError: bad 1 ",
        ),
    ],
)
def test_a_storm_ends_the_sweep(
    run_local: Callable[..., Any],
    reader: Any,
    project: str,
    objective: str,
    limits: dict[str, int],
    why: str,
    failed: str,
) -> None:
    """One error has the limit and the failures by exception and place; nothing is retried."""
    with pytest.raises(flyte.errors.RuntimeUserError) as caught:
        run_grid(run_local, project, sweep_of(objective, **limits))

    (sweep_id,) = reader.sweeps()
    assert str(caught.value).startswith(f"Sweep `{sweep_id}` was ended: {why}. {failed}(")
    assert [run.state for run in reader.runs()].count("failed") == 2
    assert len(reader.runs()) < 4
    assert reader.sweep(sweep_id).state == "FINISHED"


def test_fewer_failures_are_no_storm(
    run_local: Callable[..., Any], reader: Any, project: str
) -> None:
    """As many failures as are allowed leave the sweep its budget."""
    limits = {"max_failed_trials": 2, "max_consecutive_failures": 2}
    result = run_grid(run_local, project, sweep_of("odd_fails", **limits))
    assert result.counts == {"failed": 2, "finished": 2}
    assert all(trial.agent and trial.where for trial in result.failures)
