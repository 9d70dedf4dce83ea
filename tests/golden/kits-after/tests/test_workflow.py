"""The sweep, run for real on a local backend that lives as long as a test."""

from typing import Any

import flyte
import pytest
from wandb_flyte import SweepResult, load_sweep_config

from demo import workflow


def run(task: Any, **inputs: int) -> SweepResult:
    """Run a task in Flyte's local mode."""
    flyte.init()
    result: SweepResult = flyte.with_runcontext(mode="local").run(task, **inputs).outputs()[0]
    return result


def test_sweep_file_is_valid() -> None:
    """sweep.yaml is a sweep config."""
    assert load_sweep_config(workflow.SWEEP_FILE)


@pytest.mark.usefixtures("wandb_backend")
def test_one_trial() -> None:
    """The objective runs with values that the sweep suggests, and logs the sweep's metric."""
    result = run(workflow.run_sweep, total_trials=1)

    assert result.counts == {"finished": 1}
    assert result.best is not None or not result.metric, f"no trial logged {result.metric}"


@pytest.mark.usefixtures("wandb_backend")
def test_two_agents() -> None:
    """Two agents share the trials of one sweep."""
    result = run(workflow.run_parallel_sweep, total_trials=2, num_agents=2)

    assert len(result.trials) > 0
    assert result.counts == {"finished": len(result.trials)}
