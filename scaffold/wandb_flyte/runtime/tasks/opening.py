"""Opens and closes W&B runs: the plan, the settings and the backend become one `wandb.init`."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime.backend import backends
from wandb_flyte.runtime.tasks.plan import RunPlan, SharedWriter
from wandb_flyte.runtime.tasks.settings import WandbConfig

logger = logging.getLogger(__name__)

# In a local run parent and child share a process, so a child that joins gets the run itself.
_open_runs: dict[str, Any] = {}
_lock = threading.RLock()


@dataclass(frozen=True)
class OpenRun:
    """A W&B run that a decorated call writes to.

    Attributes:
        run: The W&B run, or None for a rank that has none.
        owned: Whether it is this call's to finish.
        app_url: The address of the backend's pages, empty when it is not known.
        process: The process that it belongs to.
    """

    run: Any
    owned: bool
    app_url: str = ""
    process: int = field(default_factory=os.getpid)

    @property
    def is_open(self) -> bool:
        """Whether it can be written to: the call may have finished it itself."""
        return self.run is not None and not self.run._is_finished

    def close(self, error: BaseException | None) -> None:
        """Ends the run as the call ended: with its exit code, its traceback in the run's log."""
        if self.run is None or self.process != os.getpid():
            return
        from wandb_flyte.runtime.trials.failures import exit_code_of, log_failure, note_failure

        exit_code = 0 if error is None else exit_code_of(error)
        if error is not None and exit_code:
            log_failure(error)
        if self.owned:
            with _lock:
                _open_runs.pop(self.run.id, None)
            if error is not None and exit_code and self.is_open:
                note_failure(self.run, error)
            self.run.finish(exit_code=exit_code)


def open_planned(plan: RunPlan, settings: WandbConfig, here: _flyte.Where) -> OpenRun:
    """Opens the run that was planned for a Flyte action."""
    if not plan.opens:
        return OpenRun(None, owned=False)
    with _lock:
        joined = _open_runs.get(plan.run_id) if plan.joins and not here.in_pod else None
        if joined is not None:
            return OpenRun(joined, owned=False)
        backend = use_backend(settings, in_pod=here.in_pod)
        arguments = settings.init_arguments() | {"id": plan.run_id}
        if plan.group:
            arguments["group"] = plan.group
        writer = plan.writer
        if here.in_pod and writer is None:
            # A child in another pod may join later: several writers, one of them decides the end.
            writer = SharedWriter(primary=not plan.joins, label=here.action_name)
        if plan.joins and writer is None:
            arguments.setdefault("resume", "allow")
        run = _init(arguments, settings, backend, writer, alone=here.in_pod)
        _open_runs[run.id] = run
    return OpenRun(run, owned=True, app_url=backend.app_url if backend else "")


def is_a_tasks(run: Any) -> bool:
    """Whether a run was opened for a Flyte task, and is open still."""
    return run is not None and _open_runs.get(run.id) is run


def open_plain(settings: WandbConfig, *, in_trial: bool) -> OpenRun:
    """Opens a run outside of a Flyte task: an objective's, or a function's that was just called.

    Args:
        settings: The run settings.
        in_trial: Whether a sweep's trial runs here: it says which run and project it is.
    """
    arguments = settings.init_arguments()
    if in_trial:
        for name in ("project", "entity", "id"):
            arguments.pop(name, None)
        return OpenRun(_init(arguments, settings, None, None, alone=True), owned=True)
    # Outside of Flyte nothing is chosen for the user, but for what was asked for outright.
    asked = backends.backend_name(settings.backend) != "auto"
    backend = use_backend(settings, in_pod=False) if asked else None
    return OpenRun(_init(arguments, settings, backend, None, alone=True), owned=True)


def use_backend(settings: WandbConfig, *, in_pod: bool) -> backends.Backend | None:
    """Resolves and activates the backend; None for runs that reach none."""
    if (settings.mode or os.environ.get("WANDB_MODE")) in backends.OFFLINE_MODES:
        return None
    backend = backends.resolve_backend(settings.backend, in_pod=in_pod, host=settings.host)
    backends.activate(backend)
    return backend


def _init(
    arguments: dict[str, Any],
    settings: WandbConfig,
    backend: backends.Backend | None,
    writer: SharedWriter | None,
    *,
    alone: bool,
) -> Any:
    import wandb

    if not alone and wandb.run is not None and "reinit" not in arguments:
        # Tasks of a local run that run at the same time: `wandb.run` can be one of them only.
        logger.warning(
            "`wandb.run` and `wandb.log` belong to run `%s`; "
            "run `%s` of a task at the same time is get_wandb_run()",
            wandb.run.id,
            arguments.get("id"),
        )
        arguments["reinit"] = "create_new"
    ours: dict[str, Any] = {}
    if backend is None and settings.host:
        ours["base_url"] = backends.api_url(settings.host)
    if writer is not None:
        ours |= {"mode": "shared", "x_primary": writer.primary, "x_label": writer.label}
        if not writer.primary:
            ours["x_update_finish_state"] = False
    if ours:
        arguments["settings"] = _with(arguments.get("settings"), ours)
    run = wandb.init(**arguments)
    sys.stdout.flush()
    return run


def _with(given: Any, ours: Mapping[str, Any]) -> Any:
    """The user's `wandb.Settings`, or the mapping of them, with ours added; theirs stay as is."""
    import wandb

    if isinstance(given, wandb.Settings):
        copied = given.model_copy()
        for name, value in ours.items():
            setattr(copied, name, value)
        return copied
    return wandb.Settings(**{**(given or {}), **ours})
