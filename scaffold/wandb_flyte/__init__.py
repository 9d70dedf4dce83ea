"""W&B sweeps on Flyte: decorators that carry W&B runs and sweeps through Flyte tasks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from wandb_flyte._version import __version__

if TYPE_CHECKING:
    from wandb_flyte.errors import UserError
    from wandb_flyte.runtime.agent import run_agent
    from wandb_flyte.runtime.checkpoints import checkpoint_dir
    from wandb_flyte.runtime.context import (
        get_wandb_context,
        get_wandb_sweep_context,
        load_sweep_config,
        wandb_config,
        wandb_sweep_config,
    )
    from wandb_flyte.runtime.current import (
        get_wandb_run,
        get_wandb_run_dir,
        get_wandb_sweep_id,
    )
    from wandb_flyte.runtime.distributed import get_distributed_info
    from wandb_flyte.runtime.downloads import (
        DownloadFailed,
        download_wandb_run_dir,
        download_wandb_run_logs,
        download_wandb_sweep_dirs,
        download_wandb_sweep_logs,
    )
    from wandb_flyte.runtime.failures import ProgramFailed
    from wandb_flyte.runtime.finishing import SweepFailed
    from wandb_flyte.runtime.init import wandb_init
    from wandb_flyte.runtime.links import Wandb, WandbSweep
    from wandb_flyte.runtime.local_run import run_locally
    from wandb_flyte.runtime.program import run_program
    from wandb_flyte.runtime.results import AgentResult, SweepResult, TrialResult
    from wandb_flyte.runtime.sweep import (
        finish_sweep,
        run_agents,
        wandb_sweep,
    )

# Resolved on first use (PEP 562), so that importing the package costs next to nothing.
_HOME = {
    "AgentResult": "runtime.results",
    "DownloadFailed": "runtime.downloads",
    "ProgramFailed": "runtime.failures",
    "SweepFailed": "runtime.finishing",
    "SweepResult": "runtime.results",
    "TrialResult": "runtime.results",
    "UserError": "errors",
    "Wandb": "runtime.links",
    "WandbSweep": "runtime.links",
    "checkpoint_dir": "runtime.checkpoints",
    "download_wandb_run_dir": "runtime.downloads",
    "download_wandb_run_logs": "runtime.downloads",
    "download_wandb_sweep_dirs": "runtime.downloads",
    "download_wandb_sweep_logs": "runtime.downloads",
    "finish_sweep": "runtime.sweep",
    "get_distributed_info": "runtime.distributed",
    "get_wandb_context": "runtime.context",
    "get_wandb_run": "runtime.current",
    "get_wandb_run_dir": "runtime.current",
    "get_wandb_sweep_context": "runtime.context",
    "get_wandb_sweep_id": "runtime.current",
    "load_sweep_config": "runtime.context",
    "run_agent": "runtime.agent",
    "run_agents": "runtime.sweep",
    "run_locally": "runtime.local_run",
    "run_program": "runtime.program",
    "wandb_config": "runtime.context",
    "wandb_init": "runtime.init",
    "wandb_sweep": "runtime.sweep",
    "wandb_sweep_config": "runtime.context",
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
