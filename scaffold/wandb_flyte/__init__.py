"""W&B sweeps on Flyte: decorators that carry W&B runs and sweeps through Flyte tasks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from wandb_flyte._version import __version__

if TYPE_CHECKING:
    from wandb_flyte.errors import UserError
    from wandb_flyte.runtime.agents.agent import run_agent
    from wandb_flyte.runtime.distributed import get_distributed_info
    from wandb_flyte.runtime.local_run import run_locally
    from wandb_flyte.runtime.results import AgentResult, SweepResult, TrialResult
    from wandb_flyte.runtime.tasks.context import (
        get_wandb_context,
        get_wandb_sweep_context,
        load_sweep_config,
        wandb_config,
        wandb_sweep_config,
    )
    from wandb_flyte.runtime.tasks.current import (
        get_wandb_run,
        get_wandb_run_dir,
        get_wandb_sweep_id,
    )
    from wandb_flyte.runtime.tasks.downloads import (
        DownloadFailed,
        download_wandb_run_dir,
        download_wandb_run_logs,
        download_wandb_sweep_dirs,
        download_wandb_sweep_logs,
    )
    from wandb_flyte.runtime.tasks.finishing import SweepFailed
    from wandb_flyte.runtime.tasks.init import wandb_init
    from wandb_flyte.runtime.tasks.links import Wandb, WandbSweep
    from wandb_flyte.runtime.tasks.sweep import (
        finish_sweep,
        run_agents,
        wandb_sweep,
    )
    from wandb_flyte.runtime.trials.checkpoints import checkpoint_dir
    from wandb_flyte.runtime.trials.failures import ProgramFailed
    from wandb_flyte.runtime.trials.program import run_program

# Resolved on first use (PEP 562), so that importing the package costs next to nothing.
_HOME = {
    "AgentResult": "runtime.results",
    "DownloadFailed": "runtime.tasks.downloads",
    "ProgramFailed": "runtime.trials.failures",
    "SweepFailed": "runtime.tasks.finishing",
    "SweepResult": "runtime.results",
    "TrialResult": "runtime.results",
    "UserError": "errors",
    "Wandb": "runtime.tasks.links",
    "WandbSweep": "runtime.tasks.links",
    "checkpoint_dir": "runtime.trials.checkpoints",
    "download_wandb_run_dir": "runtime.tasks.downloads",
    "download_wandb_run_logs": "runtime.tasks.downloads",
    "download_wandb_sweep_dirs": "runtime.tasks.downloads",
    "download_wandb_sweep_logs": "runtime.tasks.downloads",
    "finish_sweep": "runtime.tasks.sweep",
    "get_distributed_info": "runtime.distributed",
    "get_wandb_context": "runtime.tasks.context",
    "get_wandb_run": "runtime.tasks.current",
    "get_wandb_run_dir": "runtime.tasks.current",
    "get_wandb_sweep_context": "runtime.tasks.context",
    "get_wandb_sweep_id": "runtime.tasks.current",
    "load_sweep_config": "runtime.tasks.context",
    "run_agent": "runtime.agents.agent",
    "run_agents": "runtime.tasks.sweep",
    "run_locally": "runtime.local_run",
    "run_program": "runtime.trials.program",
    "wandb_config": "runtime.tasks.context",
    "wandb_init": "runtime.tasks.init",
    "wandb_sweep": "runtime.tasks.sweep",
    "wandb_sweep_config": "runtime.tasks.context",
}

__all__ = [
    "AgentResult",
    "DownloadFailed",
    "ProgramFailed",
    "SweepFailed",
    "SweepResult",
    "TrialResult",
    "UserError",
    "Wandb",
    "WandbSweep",
    "__version__",
    "checkpoint_dir",
    "download_wandb_run_dir",
    "download_wandb_run_logs",
    "download_wandb_sweep_dirs",
    "download_wandb_sweep_logs",
    "finish_sweep",
    "get_distributed_info",
    "get_wandb_context",
    "get_wandb_run",
    "get_wandb_run_dir",
    "get_wandb_sweep_context",
    "get_wandb_sweep_id",
    "load_sweep_config",
    "run_agent",
    "run_agents",
    "run_locally",
    "run_program",
    "wandb_config",
    "wandb_init",
    "wandb_sweep",
    "wandb_sweep_config",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
