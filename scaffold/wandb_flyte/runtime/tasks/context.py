"""The settings that users give: `wandb_config`, `wandb_sweep_config`, and what of it holds here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wandb_flyte.errors import InvalidInput
from wandb_flyte.runtime.backend.backends import BackendName
from wandb_flyte.runtime.tasks.frame import settings_here, sweep_settings_here
from wandb_flyte.runtime.tasks.plan import RankScope, RunMode
from wandb_flyte.runtime.tasks.settings import WandbConfig, WandbSweepConfig


def wandb_config(
    project: str | None = None,
    entity: str | None = None,
    host: str | None = None,
    id: str | None = None,  # noqa: A002 - wandb.init's name
    name: str | None = None,
    tags: list[str] | None = None,
    config: dict[str, Any] | None = None,
    mode: str | None = None,
    group: str | None = None,
    run_mode: RunMode | None = None,
    rank_scope: RankScope | None = None,
    download_logs: bool | None = None,
    backend: BackendName | None = None,
    **kwargs: Any,
) -> WandbConfig:
    """Settings of W&B runs, for `with_runcontext`, `defaults=`, or a `with` block in a task.

    Args:
        project: The W&B project.
        entity: The W&B entity: a team or a user.
        host: The W&B server, such as `https://wandb.ai`.
        id: The run's id; made from Flyte's names by default.
        name: The run's display name.
        tags: The run's tags.
        config: Hyperparameters to keep with the run.
        mode: `online`, `offline` or `disabled`.
        group: The group that the run belongs to.
        run_mode: `auto` (the default: the parent task's run if it has one, else an own one), `new`
            or `shared`.
        rank_scope: In a distributed task on several nodes, whether runs count for all of it
            (`global`, the default) or for each node (`worker`).
        download_logs: Whether the run's files are shown in Flyte after the task.
        backend: `auto`, `local` or `wandb`.
        **kwargs: Further arguments of `wandb.init`.
    """
    return WandbConfig(
        project=project,
        entity=entity,
        host=host,
        id=id,
        name=name,
        tags=tags,
        config=config,
        mode=mode,
        group=group,
        run_mode=run_mode,
        rank_scope=rank_scope,
        download_logs=download_logs,
        backend=backend,
        kwargs=kwargs,
    )


def wandb_sweep_config(
    method: str | None = None,
    metric: dict[str, Any] | None = None,
    parameters: dict[str, Any] | None = None,
    project: str | None = None,
    entity: str | None = None,
    prior_runs: list[str] | None = None,
    name: str | None = None,
    download_logs: bool | None = None,
    **kwargs: Any,
) -> WandbSweepConfig:
    """Settings of a W&B sweep, for `with_runcontext`, `defaults=`, or a `with` block in a task.

    Args:
        method: `grid`, `random` or `bayes`.
        metric: The metric's `name` and `goal`.
        parameters: The hyperparameters, in W&B's format.
        project: The W&B project, if not that of `wandb_config`.
        entity: The W&B entity, if not that of `wandb_config`.
        prior_runs: Ids of runs that the sweep learns from.
        name: The sweep's display name; by default its project, method and parameters.
        download_logs: Whether the runs' files are shown in Flyte after the task.
        **kwargs: Further keys of a sweep config, such as `early_terminate` and `run_cap`.
    """
    return WandbSweepConfig(
        method=method,
        metric=metric,
        parameters=parameters,
        project=project,
        entity=entity,
        prior_runs=prior_runs,
        name=name,
        download_logs=download_logs,
        kwargs=kwargs,
    )


def load_sweep_config(
    path: str | Path, *, project: str | None = None, entity: str | None = None
) -> WandbSweepConfig:
    """The sweep config in a W&B `sweep.yaml`, checked.

    Args:
        path: The file.
        project: The W&B project, instead of the file's.
        entity: The W&B entity, instead of the file's.

    Raises:
        UserError: Something is wrong with it: everything that is, with its line.
    """
    from wandb_flyte.spec import check_sweep, load_sweep

    document = load_sweep(Path(path))
    errors = [finding for finding in check_sweep(document) if finding.severity == "error"]
    if errors:
        raise InvalidInput(errors)
    place = {"project": project, "entity": entity}
    given = {name: value for name, value in place.items() if value is not None}
    return wandb_sweep_config(**{**document.raw, **given})


def get_wandb_context() -> WandbConfig | None:
    """The W&B settings that hold here, or None when there are none.

    Inside a decorated task its decorator's settings and `defaults` count too.
    """
    settings = settings_here()
    if not settings.given():
        return None
    return settings.over(WandbConfig(run_mode="auto", rank_scope="global", download_logs=False))


def get_wandb_sweep_context() -> WandbSweepConfig | None:
    """The sweep settings that hold here, or None when there are none."""
    settings = sweep_settings_here()
    if not settings.given():
        return None
    return settings.over(WandbSweepConfig(download_logs=False))
