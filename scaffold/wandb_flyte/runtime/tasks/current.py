"""Which W&B run and which sweep the code that runs here belongs to."""

from __future__ import annotations

import sys
from typing import Any

from wandb_flyte.runtime.state import state_here
from wandb_flyte.runtime.tasks.frame import current_frame
from wandb_flyte.runtime.tasks.joining import CurrentSweep
from wandb_flyte.runtime.tasks.opening import is_a_tasks


def get_wandb_run() -> Any:
    """The W&B run of the decorated task or objective that runs here, or None.

    A trace gets the run of its task.
    """
    frame = current_frame()
    if frame.run is not None:
        return frame.run
    wandb: Any = sys.modules.get("wandb")
    run = wandb.run if wandb is not None else None
    # In a local run `wandb.run` may be another task's, which on a cluster is out of reach.
    return None if frame.action and is_a_tasks(run) else run


def get_wandb_run_dir() -> str | None:
    """The local folder of the current W&B run's files, or None when there is no run.

    For files of other tasks, and after a run's end, there is `download_wandb_run_dir`.
    """
    run = get_wandb_run()
    return None if run is None else str(run.dir)


def get_wandb_sweep_id() -> str | None:
    """The id of the sweep that the current task or trial belongs to, or None."""
    sweep = current_sweep()
    if sweep is not None:
        return sweep.ref.sweep_id
    from wandb_flyte.runtime.trials.trial import current_trial

    trial = current_trial()
    return state_here().sweep_id or (trial.sweep_id if trial else "") or None


def current_sweep() -> CurrentSweep | None:
    """The sweep of the @wandb_sweep task that runs here, with its backend, or None."""
    sweep = current_frame().sweep
    return sweep if isinstance(sweep, CurrentSweep) else None
