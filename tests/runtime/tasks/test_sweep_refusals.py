"""What @wandb_sweep refuses, before a sweep is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    wandb_config,
    wandb_sweep,
    wandb_sweep_config,
)
from wandb_flyte.runtime.tasks.sweep import NotATask

from .sweeps import GRID, budgeted, objective, which


def test_no_budget_is_refused(run_local: Callable[..., Any], backend: Any, project: str) -> None:
    """total_trials=0 is told, and no sweep is made."""
    with pytest.raises(flyte.errors.RuntimeUserError, match="`total_trials` is `0`"):
        run_local(budgeted, {**wandb_config(project=project), **GRID}, total_trials=0)


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
