"""What `@wandb_init` does around a call: opens the run, shows it, ends it as the call ended."""

from __future__ import annotations

import inspect
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime._threads import in_thread
from wandb_flyte.runtime.distributed import Rank, Topology, rank_from_env, topology_of
from wandb_flyte.runtime.state import State, state_here
from wandb_flyte.runtime.tasks.frame import current_frame, entered_frame, settings_here
from wandb_flyte.runtime.tasks.opening import OpenRun, open_plain, open_planned
from wandb_flyte.runtime.tasks.plan import base_id, plan_run
from wandb_flyte.runtime.tasks.settings import WandbConfig

if TYPE_CHECKING:
    from wandb_flyte.runtime.trials.trial import Trial

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TaskLayer:
    """Opens a run around a task's function."""

    own: WandbConfig
    under: Mapping[str, str] = field(default_factory=dict)
    declared: Topology | None = None

    def call(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with _frame(self):
            opened = self._open()
            try:
                with self._published(opened):
                    result = fn(*args, **kwargs)
            except BaseException as error:
                opened.close(error)
                raise
            opened.close(None)
            if self._downloads(opened):
                # Loads flyte.io, which few tasks need.
                from wandb_flyte.runtime.tasks.downloads import download_run_logs_sync

                download_run_logs_sync(opened.run.id)
            return result

    async def acall(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        with _frame(self):
            # Opening and closing take a while, and other tasks of a local run share the loop.
            opened = await in_thread(self._open, undo=OpenRun.close)
            try:
                with self._published(opened):
                    result = await fn(*args, **kwargs)
            except BaseException as error:
                await in_thread(opened.close, error)
                raise
            await in_thread(opened.close, None)
            if self._downloads(opened):
                from wandb_flyte.runtime.tasks.downloads import download_wandb_run_logs

                await download_wandb_run_logs(opened.run.id)
            return result

    def _open(self) -> OpenRun:
        here = _flyte.where()
        settings = settings_here()
        if here is None:
            # The task was called like a function: `train.forward(…)`, or in a plain script.
            return open_plain(settings, in_trial=_in_trial())
        rank = rank_from_env(os.environ)
        plan = plan_run(
            base_id=base_id(here.run_name, here.action_name),
            run_mode=settings.run_mode or "auto",
            rank_scope=settings.rank_scope or "global",
            given_id=settings.id,
            given_group=settings.group,
            parent_id=state_here().run_id or None,
            topology=self.declared or topology_of(rank),
            rank=rank or Rank(),
        )
        return open_planned(plan, settings, here)

    def _published(self, opened: OpenRun) -> AbstractContextManager[Any]:
        """Shows the run to the task, its traces and its sub-actions."""
        scope = ExitStack()
        if opened.run is None:
            return scope
        scope.enter_context(entered_frame(run=opened.run))
        here = _flyte.where()
        if here is not None:
            scope.enter_context(_flyte.publish(_inherited(here, opened)))
        return scope

    def _downloads(self, opened: OpenRun) -> bool:
        wanted = bool(settings_here().download_logs) and opened.owned and opened.run is not None
        if wanted and self.declared is not None:
            logger.warning("download_logs has no effect on a distributed task")
            return False
        return wanted and _flyte.where() is not None


@dataclass(frozen=True)
class FunctionLayer:
    """Opens a run around a plain function: a sweep's objective."""

    own: WandbConfig
    under: Mapping[str, str] = field(default_factory=dict)

    def call(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with _frame(self):
            opened = self._open()
            try:
                with entered_frame(run=opened.run):
                    result = fn(*args, **kwargs)
                    if inspect.isawaitable(result):
                        # Another decorator's function around one that is `async`.
                        return self._finish(opened, result)
                    log_result(opened, result)
            except BaseException as error:
                opened.close(error)
                raise
            opened.close(None)
            return result

    async def acall(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        with _frame(self):
            return await self._finish(self._open(), fn(*args, **kwargs))

    async def _finish(self, opened: OpenRun, awaitable: Awaitable[Any]) -> Any:
        with _frame(self):
            try:
                with entered_frame(run=opened.run):
                    result = await awaitable
                    log_result(opened, result)
            except BaseException as error:
                opened.close(error)
                raise
            opened.close(None)
            return result

    def _open(self) -> OpenRun:
        frame, trial = current_frame(), _trial()
        if trial is None and frame.action and frame.run is not None:
            # A helper called by a task that has a run: it writes to that one.
            return OpenRun(frame.run, owned=False)
        wandb: Any = sys.modules.get("wandb")
        opened = wandb.run if wandb is not None and trial is not None else None
        if trial is not None and opened is not None and opened.id == trial.run_id:
            # The agent has opened it, to hand the hyperparameters over as arguments.
            return OpenRun(opened, owned=False)
        return open_plain(settings_here(), in_trial=_in_trial())


def log_result(opened: OpenRun, result: object) -> None:
    """Logs what a trial's objective returned; whoever opened the run before does so itself."""
    trial = _trial()
    if trial is None or not opened.is_open or not opened.owned:
        return
    from wandb_flyte.runtime.results import log_returned

    log_returned(opened.run, result, trial.metric_name)


def _frame(layer: TaskLayer | FunctionLayer) -> AbstractContextManager[None]:
    return entered_frame(over=layer.own, under=WandbConfig.read_or_empty(layer.under))


def _trial() -> Trial | None:
    """The trial that runs here; where none was started, its module is not loaded either."""
    trial = sys.modules.get("wandb_flyte.runtime.trials.trial")
    return trial.current_trial() if trial is not None else None


def _in_trial() -> bool:
    """Whether run id and project are set already: by our worker, or by wandb.agent."""
    return _trial() is not None or bool(os.environ.get("WANDB_SWEEP_ID"))


def _inherited(here: _flyte.Where, opened: OpenRun) -> dict[str, str]:
    """What the sub-actions of a task with a run are told."""
    run = opened.run
    state = State.read(here.context)
    place: dict[str, str] = {}
    if not state.sweep_id:
        place = {"entity": str(run.entity or ""), "project": str(run.project or "")}
    entries = state.entries(run_id=run.id, app_url=opened.app_url or state.app_url, **place)
    given = WandbConfig.read(here.context)
    if given is not None and given.id is not None:
        # The id was for this run. An id that a sub-action finds is one set for itself.
        entries |= {**replace(given, id=None)}
    return entries
