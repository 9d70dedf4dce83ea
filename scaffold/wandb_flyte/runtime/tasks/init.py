"""`@wandb_init`: a W&B run for a Flyte task, or for a sweep's objective."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast, overload

from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime.backend import backends
from wandb_flyte.runtime.distributed import Topology, declared_topology
from wandb_flyte.runtime.tasks._run_layers import FunctionLayer, TaskLayer
from wandb_flyte.runtime.tasks.links import Wandb
from wandb_flyte.runtime.tasks.plan import RankScope, RunMode
from wandb_flyte.runtime.tasks.settings import WandbConfig

F = TypeVar("F", bound=Callable[..., Any])


@overload
def wandb_init(_func: F) -> F: ...


@overload
def wandb_init(
    _func: None = None,
    *,
    run_mode: RunMode | None = None,
    rank_scope: RankScope | None = None,
    download_logs: bool | None = None,
    project: str | None = None,
    entity: str | None = None,
    defaults: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> Callable[[F], F]: ...


def wandb_init(
    _func: F | None = None,
    *,
    run_mode: RunMode | None = None,
    rank_scope: RankScope | None = None,
    download_logs: bool | None = None,
    project: str | None = None,
    entity: str | None = None,
    defaults: Mapping[str, str] | None = None,
    **kwargs: Any,
) -> F | Callable[[F], F]:
    """Opens a W&B run around each call of a Flyte task, or of a sweep's objective.

    The run is there as `get_wandb_run()`. It ends as the call ends: one that raises is recorded as
    failed with its traceback in the run's log, `sys.exit(n)` with exit code n. A task gets a link
    to its run in Flyte's UI. On a task it is the outermost decorator.

    An objective that returns a number and did not log the sweep's metric has it logged under the
    metric's name; a mapping that it returns is logged as it is.

    Args:
        run_mode: `auto` (the parent task's run if it has one, else an own one), `new` or `shared`.
        rank_scope: In a distributed task on several nodes, whether runs count for all of it
            (`global`) or for each node (`worker`).
        download_logs: Whether the run's files are shown in Flyte after the task.
        project: The W&B project.
        entity: The W&B entity.
        defaults: Settings that hold where neither decorator nor context says otherwise, such as
            `{**wandb_config(project="digits")}`: for launches without `flyte.with_runcontext`.
        **kwargs: What `wandb_config` takes: further arguments of `wandb.init`, `host`, `backend`.
    """
    known = {name: kwargs.pop(name) for name in _CONFIG_FIELDS if name in kwargs}
    own = WandbConfig(
        run_mode=run_mode,
        rank_scope=rank_scope,
        download_logs=download_logs,
        project=project,
        entity=entity,
        kwargs=kwargs,
        **known,
    )
    under = dict(defaults or {})

    def decorate(target: F) -> F:
        if not _flyte.is_task(target):
            return cast(F, _flyte.wrap(target, FunctionLayer(own, under)))
        task: Any = target
        declared = declared_topology(getattr(task, "plugin_config", None))
        backends.silence_telemetry(own.over(WandbConfig.read_or_empty(under)).backend)
        _flyte.wrap_task(task, TaskLayer(own, under, declared), _links(own, under, declared))
        return target

    return decorate if _func is None else decorate(_func)


_CONFIG_FIELDS = ("host", "id", "name", "tags", "config", "mode", "group", "backend")


def _links(
    own: WandbConfig, under: Mapping[str, str], declared: Topology | None
) -> tuple[Any, ...]:
    settings = own.over(WandbConfig.read_or_empty(under))
    link = Wandb(_own=own, _defaults=under, _topology=declared)
    if declared is None or not declared.multi_node or settings.rank_scope != "worker":
        return (link,)
    return tuple(
        replace(link, _worker=worker, name=f"{link.name} Worker {worker}")
        for worker in range(declared.nodes)
    )
