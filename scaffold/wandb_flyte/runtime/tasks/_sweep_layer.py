"""What `@wandb_sweep` does around a call: joins or makes the sweep, shows it, cancels it."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from wandb_flyte.errors import UserError
from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime._threads import in_thread
from wandb_flyte.runtime.backend import backends
from wandb_flyte.runtime.environment import wandb_variables
from wandb_flyte.runtime.state import state_here
from wandb_flyte.runtime.tasks._sweep_place import sweep_place_here
from wandb_flyte.runtime.tasks.frame import entered_frame, settings_here, sweep_settings_here
from wandb_flyte.runtime.tasks.joining import CurrentSweep, SweepRequest, guard, join_sweep
from wandb_flyte.runtime.tasks.settings import WandbConfig, WandbSweepConfig
from wandb_flyte.runtime.trials._importing import refuse_while_importing
from wandb_flyte.runtime.trials._time_limits import (
    OutOfTime,
    awaited_within,
    called_within,
    limit_here,
)

_turns = threading.Lock()
# Sub-actions inherit it: one that waits for its own parent's turn would wait for ever.
_has_turn: ContextVar[bool] = ContextVar("has_turn", default=False)


@dataclass(frozen=True)
class SweepLayer:
    """Has a sweep around a task's function."""

    place: WandbConfig
    own: WandbSweepConfig
    under: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    limit_s: float | None = None

    def call(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with self._settled(), limit_here(self.limit_s) as limit_s:
            sweep = self._join(fn, args, kwargs)
            with self._published(sweep):
                try:
                    with _turn(sweep), called_within(_local(limit_s)):
                        result = fn(*args, **kwargs)
                except KeyboardInterrupt:
                    _cancel(sweep)
                    raise
                except OutOfTime as error:
                    _cancel(sweep)
                    raise self._too_long(limit_s, sweep) from error
            if self._downloads(sweep):
                # Loads flyte.io, which few tasks need.
                from wandb_flyte.runtime.tasks.downloads import download_sweep_logs_sync

                download_sweep_logs_sync(sweep.ref.path)
            return result

    async def acall(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        with self._settled(), limit_here(self.limit_s) as limit_s:
            sweep = await in_thread(self._join, fn, args, kwargs)
            with self._published(sweep):
                try:
                    async with awaited_within(_local(limit_s)):
                        result = await fn(*args, **kwargs)
                except (asyncio.CancelledError, KeyboardInterrupt):
                    await in_thread(_cancel, sweep)
                    raise
                except OutOfTime as error:
                    await in_thread(_cancel, sweep)
                    raise self._too_long(limit_s, sweep) from error
            if self._downloads(sweep):
                from wandb_flyte.runtime.tasks.downloads import download_wandb_sweep_logs

                await download_wandb_sweep_logs(sweep.ref.path)
            return result

    def _too_long(self, limit_s: float | None, sweep: CurrentSweep) -> Exception:
        return _flyte.out_of_time(
            f"`{self.name}` did not end within {limit_s:g} s, the task's timeout."
            + (f" Its sweep was canceled: {sweep.url}" if sweep.created else "")
        )

    def _join(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> CurrentSweep:
        refuse_while_importing(f"the task `{self.name}`")
        here = _flyte.where()
        if here is None:
            raise UserError(
                f"`{self.name}` is decorated with @wandb_sweep and runs inside Flyte only.",
                hint="Run it with flyte.run(…), `flyte run --local`, or `wandb-flyte run`.",
            )
        settings = settings_here()
        backends.require_online(settings.backend)
        backend = backends.resolve_backend(settings.backend, in_pod=here.in_pod, host=settings.host)
        backends.activate(backend)
        inputs = _inputs(fn, args, kwargs)
        sweep_id = str(inputs.get("sweep_id") or "") or state_here().sweep_id
        request = SweepRequest(
            here=here,
            sweep=sweep_settings_here(),
            place=sweep_place_here(sweep_id),
            sweep_id=sweep_id,
            total_trials=_budget(inputs.get("total_trials")),
        )
        return join_sweep(request, backend)

    @contextmanager
    def _settled(self) -> Iterator[None]:
        """Makes the decorator's settings count."""
        with entered_frame(
            over=self.place,
            under=WandbConfig.read_or_empty(self.under),
            sweep_over=self.own,
            sweep_under=WandbSweepConfig.read_or_empty(self.under),
        ):
            yield

    @contextmanager
    def _published(self, sweep: CurrentSweep) -> Iterator[None]:
        """Shows the sweep to the task, its sub-actions and the user's own wandb calls."""
        ref = sweep.ref
        state = state_here().entries(
            sweep_id=ref.sweep_id,
            entity=ref.entity,
            project=ref.project,
            app_url=sweep.backend.app_url,
        )
        place = WandbConfig(project=ref.project, entity=ref.entity)
        with ExitStack() as scope:
            scope.enter_context(guard.watching(sweep))
            scope.enter_context(entered_frame(sweep=sweep, over=place))
            scope.enter_context(_flyte.publish(state))
            scope.enter_context(
                wandb_variables({"WANDB_PROJECT": ref.project, "WANDB_ENTITY": ref.entity})
            )
            yield

    def _downloads(self, sweep: CurrentSweep) -> bool:
        """Whether the runs are shown: once, with the task that made the sweep."""
        return bool(sweep_settings_here().download_logs) and sweep.created


def _local(limit_s: float | None) -> float | None:
    """The limit in a local run: on a cluster Flyte holds to it by itself."""
    here = _flyte.where()
    return limit_s if here is not None and not here.in_pod else None


@contextmanager
def _turn(sweep: CurrentSweep) -> Iterator[None]:
    """Lets the agents of a local run that are plain functions run one after another.

    They run in threads of one process, and two wandb.agent calls there take each other's trials
    and hang: its state is in the process's environment. Coroutines take turns by themselves,
    because wandb.agent blocks their event loop, and run_agent needs none of this.
    """
    here = _flyte.where()
    if sweep.created or here is None or here.in_pod or _has_turn.get():
        yield
        return
    with _turns:
        token = _has_turn.set(True)
        try:
            yield
        finally:
            _has_turn.reset(token)


def _inputs(
    fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Mapping[str, Any]:
    """A call's arguments by name, those left to their defaults included."""
    bound = inspect.signature(fn).bind_partial(*args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


def _budget(total_trials: object) -> int | None:
    if not isinstance(total_trials, int) or isinstance(total_trials, bool):
        return None
    if total_trials < 1:
        raise UserError(
            f"`total_trials` is `{total_trials}`: a sweep needs at least one trial.",
            hint="Give the number of trials, such as 20.",
        )
    return total_trials


def _cancel(sweep: CurrentSweep) -> None:
    if sweep.created:
        sweep.cancel()
