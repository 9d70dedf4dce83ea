"""The links that Flyte's UI shows beside a task: to its W&B run, or to its sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from flyte import Link

from wandb_flyte.errors import UserError
from wandb_flyte.runtime.backend import backends
from wandb_flyte.runtime.distributed import Rank, Topology
from wandb_flyte.runtime.state import State
from wandb_flyte.runtime.tasks._sweep_place import sweep_place
from wandb_flyte.runtime.tasks.plan import NoParentRun, RankScope, RunMode, base_id, plan_run
from wandb_flyte.runtime.tasks.settings import WandbConfig, WandbSweepConfig

# What Flyte's local controller gives as the pod's name.
_LOCAL_POD = "localhost"


class _Action(NamedTuple):
    """The action that a link is rendered for, as far as a link depends on it."""

    base_id: str
    context: Mapping[str, str]
    pod_name: str


class _PageLink(Link):
    """A link to a page of the backend's."""

    def get_link(
        self,
        run_name: str,
        project: str,
        domain: str,
        context: dict[str, str],
        parent_action_name: str,
        action_name: str,
        pod_name: str,
        **kwargs: Any,
    ) -> str:
        return self._url(_Action(base_id(run_name, action_name), context, pod_name))

    def _url(self, action: _Action) -> str:
        raise NotImplementedError


@dataclass
class Wandb(_PageLink):
    """A link to the W&B run that a task writes to.

    Args:
        host: The W&B server; that of the settings by default.
        project: The W&B project; that of the settings by default.
        entity: The W&B entity; that of the settings by default.
        run_mode: `auto`, `new` or `shared`; that of the settings by default.
        rank_scope: `global` or `worker`; that of the settings by default.
        id: The run's id; that of the settings by default.
        name: The link's name.
    """

    host: str | None = None
    project: str | None = None
    entity: str | None = None
    run_mode: RunMode | None = None
    rank_scope: RankScope | None = None
    id: str | None = None
    name: str = "Weights & Biases"
    # Set by @wandb_init: what the decorator says beside the above, its defaults, and the nodes.
    _own: WandbConfig = field(default_factory=WandbConfig, repr=False)
    _defaults: Mapping[str, str] = field(default_factory=dict, repr=False)
    _topology: Topology | None = None
    _worker: int = 0

    def _url(self, action: _Action) -> str:
        settings = self._settings(action.context)
        state = State.read(action.context)
        base = _project_url(settings, state, action.pod_name)
        if base is None:
            return _app_url(settings, state, action.pod_name)
        try:
            plan = plan_run(
                base_id=action.base_id,
                run_mode=settings.run_mode or "auto",
                rank_scope=settings.rank_scope or "global",
                given_id=settings.id,
                given_group=settings.group,
                parent_id=state.run_id or None,
                topology=self._topology,
                rank=Rank(worker=self._worker),
            )
        except NoParentRun:
            return base
        return f"{base}/{_quoted(plan.page)}"

    def _settings(self, context: Mapping[str, str]) -> WandbConfig:
        fields = WandbConfig(
            host=self.host,
            project=self.project,
            entity=self.entity,
            run_mode=self.run_mode,
            rank_scope=self.rank_scope,
            id=self.id,
        )
        own = fields.over(self._own)
        return _layers(own, context, self._defaults)


@dataclass
class WandbSweep(_PageLink):
    """A link to a W&B sweep: the one its parent made, else the project's list of sweeps.

    Args:
        host: The W&B server; that of the settings by default.
        project: The W&B project; that of the settings by default.
        entity: The W&B entity; that of the settings by default.
        id: The sweep's id; that of the parent task's sweep by default.
        name: The link's name.
    """

    host: str | None = None
    project: str | None = None
    entity: str | None = None
    id: str | None = None
    name: str = "Weights & Biases Sweep"
    _defaults: Mapping[str, str] = field(default_factory=dict, repr=False)

    def _url(self, action: _Action) -> str:
        own = WandbConfig(host=self.host, project=self.project, entity=self.entity)
        sweep = WandbSweepConfig.read_or_empty(action.context).over(
            WandbSweepConfig.read_or_empty(self._defaults)
        )
        settings = _layers(own, action.context, self._defaults)
        state = State.read(action.context)
        sweep_id = self.id or state.sweep_id
        place = sweep_place(sweep_id, state, own, sweep, settings, {})
        settings = WandbConfig(project=place.project, entity=place.entity).over(settings)
        base = _project_url(settings, state, action.pod_name)
        if base is None:
            return _app_url(settings, state, action.pod_name)
        return (
            f"{base}/sweeps/{_quoted(sweep_id.rpartition('/')[2])}"
            if sweep_id
            else f"{base}/sweeps"
        )


def project_url(app_url: str, entity: str, project: str) -> str:
    """A project's page."""
    return f"{app_url}/{_quoted(entity)}/{_quoted(project)}"


def sweep_url(app_url: str, entity: str, project: str, sweep_id: str) -> str:
    """A sweep's page."""
    return f"{project_url(app_url, entity, project)}/sweeps/{_quoted(sweep_id)}"


def _layers(
    own: WandbConfig, context: Mapping[str, str], defaults: Mapping[str, str]
) -> WandbConfig:
    """Decorator, then context, then `defaults`, as `settings_here` has it inside the task."""
    return own.over(WandbConfig.read_or_empty(context)).over(WandbConfig.read_or_empty(defaults))


def _project_url(settings: WandbConfig, state: State, pod_name: str) -> str | None:
    """The project's page, or None when the settings don't tell which one it is."""
    backend = _backend(settings, pod_name)
    entity = settings.entity or state.entity or (backend.entity if backend else "")
    project = settings.project or state.project
    if not entity or not project:
        return None
    return project_url(_app_url(settings, state, pod_name), entity, project)


def _app_url(settings: WandbConfig, state: State, pod_name: str) -> str:
    """The address of the backend's pages."""
    if state.app_url:
        return state.app_url
    if backend := _backend(settings, pod_name):
        return backend.app_url
    from wandb_flyte.runtime.backend import credentials

    return credentials.app_url(backends.api_url(settings.host or credentials.base_url()))


def _backend(settings: WandbConfig, pod_name: str) -> backends.Backend | None:
    """The backend of a local run. A pod's is known in the pod only."""
    if pod_name != _LOCAL_POD:
        return None
    try:
        return backends.resolve_backend(settings.backend, in_pod=False, host=settings.host)
    except UserError:
        # The task itself reports it, and with more to say.
        return None


def _quoted(path: str) -> str:
    # Flyte fills in `{{.actionName}}` later.
    return quote(path, safe="/{}")
