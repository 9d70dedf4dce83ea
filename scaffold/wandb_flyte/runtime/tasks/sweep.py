"""`@wandb_sweep`: a W&B sweep for a Flyte task, made once and shared with its sub-actions."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from wandb_flyte.errors import UserError
from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime._checking import check_whole
from wandb_flyte.runtime._threads import in_thread
from wandb_flyte.runtime.backend import backends
from wandb_flyte.runtime.state import state_here
from wandb_flyte.runtime.tasks._sweep_layer import SweepLayer
from wandb_flyte.runtime.tasks.current import current_sweep
from wandb_flyte.runtime.tasks.joining import CurrentSweep
from wandb_flyte.runtime.tasks.links import WandbSweep
from wandb_flyte.runtime.tasks.settings import WandbConfig, WandbSweepConfig
from wandb_flyte.runtime.trials._time_limits import Overridden

if TYPE_CHECKING:
    from wandb_flyte.runtime.results import AgentResult, SweepResult


F = TypeVar("F", bound=Callable[..., Any])


@overload
def wandb_sweep(_func: F) -> F: ...


@overload
def wandb_sweep(
    _func: None = None,
    *,
    project: str | None = None,
    entity: str | None = None,
    download_logs: bool | None = None,
    defaults: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Callable[[F], F]: ...


def wandb_sweep(
    _func: F | None = None,
    *,
    project: str | None = None,
    entity: str | None = None,
    download_logs: bool | None = None,
    defaults: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> F | Callable[[F], F]:
    """Makes a W&B sweep when a Flyte task starts, or joins the one that its parent task made.

    Its id is there as `get_wandb_sweep_id()`. A retried task finds the sweep that it made before.
    It is the task's outermost decorator. Two of the task's inputs are read, where it has them:
    `sweep_id`, when not empty, is a sweep to join; `total_trials` is the budget, the sweep's
    `run_cap`.

    Args:
        project: The W&B project.
        entity: The W&B entity.
        download_logs: Whether the runs' files are shown in Flyte after the task.
        defaults: Settings that hold where neither decorator nor context says otherwise:
            `{**wandb_config(…), **wandb_sweep_config(…)}`, for launches without
            `flyte.with_runcontext`.
        **kwargs: Further keys of the sweep config, such as `name`, `run_cap` or `prior_runs`.

    Raises:
        UserError: It decorates something else than a Flyte task.
    """
    known = {name: kwargs.pop(name) for name in _SWEEP_FIELDS if name in kwargs}
    place = WandbConfig(project=project, entity=entity)
    own = WandbSweepConfig(download_logs=download_logs, kwargs=kwargs, **known)
    under = dict(defaults or {})

    def decorate(target: F) -> F:
        task: Any = target
        if not _flyte.is_task(task):
            name = getattr(task, "__qualname__", repr(task))
            raise NotATask(
                f"@wandb_sweep decorates `{name}`, which is no Flyte task.",
                hint="Put it above @env.task; an objective takes @wandb_init.",
            )
        backends.silence_telemetry(WandbConfig.read_or_empty(under).backend)
        layer = SweepLayer(place, own, under, name=task.name, limit_s=_flyte.max_runtime_s(task))
        link = WandbSweep(project=project, entity=entity, _defaults=under)
        _flyte.wrap_task(task, layer, (link,))
        _flyte.on_override(task, lambda copy: Overridden(_flyte.max_runtime_s(copy)))
        return target

    return decorate if _func is None else decorate(_func)


_SWEEP_FIELDS = ("method", "metric", "parameters", "name", "prior_runs")


class NotATask(UserError, RuntimeError):
    """@wandb_sweep on something else than a Flyte task."""


async def run_agents(
    start: Callable[[int], Awaitable[AgentResult]], num_agents: int
) -> SweepResult:
    """Runs the current task's sweep with several agents at once, and ends it.

    When all have ended and trials are left, because an agent was lost for good, further agents are
    started, one after another, until none is.

    Args:
        start: Starts an agent, given its number: a call of the agents' Flyte task.
        num_agents: How many agents run at once.

    Returns:
        Every trial of the sweep, those of earlier attempts too, and the best one.

    Raises:
        SweepFailed: No trial finished, or an agent ended the sweep because too many failed; its
            `result` has them all.
        UserError: There is no sweep here, or no agent is asked for.
    """
    from wandb_flyte.runtime.tasks.finishing import trials_left

    check_whole("num_agents", num_agents, 1, "the number of agents that run at once")
    sweep = _sweep_here("run_agents()")
    with _flyte.publish(state_here().entries(agents=num_agents)):
        starts = [start(number) for number in range(num_agents)]
        agents = list(await asyncio.gather(*starts, return_exceptions=True))
    before, left = sys.maxsize, await in_thread(trials_left, sweep, agents)
    # One that left as many as it found would not be the last one to do so.
    while 0 < left < before:
        with _flyte.publish(state_here().entries(top_up=True)):
            agents += await asyncio.gather(start(len(agents)), return_exceptions=True)
        before, left = left, await in_thread(trials_left, sweep, agents)
    return await finish_sweep(agents)


async def finish_sweep(agents: Sequence[AgentResult | BaseException]) -> SweepResult:
    """Ends the current task's sweep and tells what came of it.

    Args:
        agents: What the agents returned, from `asyncio.gather(…, return_exceptions=True)`.

    Returns:
        Every trial of the sweep, those of earlier attempts too, and the best one.

    Raises:
        SweepFailed: No trial finished, or an agent ended the sweep because too many failed; its
            `result` has them all.
        UserError: There is no sweep here.
    """
    # Needed in one task of a sweep, once.
    from wandb_flyte.runtime.tasks.finishing import finished

    return await in_thread(finished, _sweep_here("finish_sweep()"), agents)


def _sweep_here(caller: str) -> CurrentSweep:
    sweep = current_sweep()
    if sweep is None:
        raise UserError(
            f"{caller} was called where there is no sweep.",
            hint="Call it in a task decorated with @wandb_sweep.",
        )
    return sweep
