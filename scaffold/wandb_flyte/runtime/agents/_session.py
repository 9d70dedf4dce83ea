"""Which sweep an agent works for, and how it reaches the backend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from wandb_flyte.errors import UserError
from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime.backend import backends
from wandb_flyte.runtime.backend.backends import Backend
from wandb_flyte.runtime.backend.records import RunInfo, SweepRef
from wandb_flyte.runtime.backend.wire import WireClient
from wandb_flyte.runtime.results import Goal
from wandb_flyte.runtime.state import state_here
from wandb_flyte.runtime.tasks._sweep_place import SweepPlace, sweep_place_here
from wandb_flyte.runtime.tasks.current import current_sweep, get_wandb_sweep_id
from wandb_flyte.runtime.tasks.frame import settings_here
from wandb_flyte.runtime.tasks.joining import DEFAULT_PROJECT, CurrentSweep
from wandb_flyte.runtime.tasks.settings import WandbConfig
from wandb_flyte.runtime.trials.checkpoints import Keeper, local_folder
from wandb_flyte.runtime.trials.ledger import Ledger

# A heartbeat that can't get through is tried again by the next one.
_PATIENCE_S = 20.0


@dataclass(frozen=True)
class Place:
    """What is known here about an agent's sweep, before the backend is asked.

    Attributes:
        sweep_id: The sweep's id, or `entity/project/id`.
        where: Where it is, as far as that is said.
        current: The sweep of the task around it, when it is that one.
        settings: The run settings that hold here.
        in_pod: Whether this is a cluster's pod.
        key: The Flyte action, the same for each attempt; empty outside of Flyte.
        top_up: Whether all other agents of the Flyte run have ended.
        storage: Where Flyte keeps what the run's actions share; empty in a local run.
        beside: How many agents share this machine, this one among them.
    """

    sweep_id: str
    where: SweepPlace
    current: CurrentSweep | None
    settings: WandbConfig
    in_pod: bool
    key: str = ""
    top_up: bool = False
    storage: str = ""
    beside: int = 1

    def of_worker(self, number: int) -> Place:
        """The same for one of an agent's workers: each has trials of its own to go on with."""
        if number == 0:
            return self
        # What all others lost is taken up once.
        return replace(self, key=self.key and f"{self.key}#{number}", top_up=False)


@dataclass(frozen=True)
class Session:
    """An agent's sweep and its way to the backend.

    Attributes:
        client: Speaks to the backend.
        ref: The sweep.
        backend: The backend.
        ledger: What was given to agents of the sweep before.
        top_up: Whether this agent takes up what all others lost.
        storage: Where checkpoints follow a trial to another pod; empty in a local run.
        config: The sweep's config.
    """

    client: WireClient
    ref: SweepRef
    backend: Backend
    ledger: Ledger
    top_up: bool
    storage: str
    config: Mapping[str, Any]

    @property
    def goal(self) -> Goal:
        """What the sweep optimises."""
        return Goal.of(self.config)

    def keeper(self, run_id: str) -> Keeper:
        """Keeps the checkpoints of a trial."""
        folder = local_folder(self.ref.entity, self.ref.project, run_id)
        parts = (self.storage.rstrip("/"), "wandb-flyte", "checkpoints", quote(run_id, safe=""))
        return Keeper(folder, "/".join(parts) if self.storage else "")

    def values_of(self, run: RunInfo) -> dict[str, Any]:
        """The hyperparameters in a run's config, where its objective may have added to them."""
        names = self.config.get("parameters") or {}
        return {name: value for name, value in run.config.items() if name in names}


def place_here(sweep_id: str | None) -> Place:
    """What the Flyte task around an agent, if any, says about its sweep.

    Args:
        sweep_id: The sweep's id, or `entity/project/id`; the surrounding task's by default.

    Raises:
        UserError: There is no sweep here, or wandb is told to stay offline.
    """
    settings = settings_here()
    current = current_sweep()
    backends.require_online(current.backend.name if current else settings.backend)
    wanted = sweep_id or get_wandb_sweep_id()
    if not wanted:
        raise UserError(
            "run_agent() was called where there is no sweep.",
            hint="Call it in a task decorated with @wandb_sweep, or give it a sweep_id.",
        )
    if current is not None and wanted not in (current.ref.sweep_id, current.ref.path):
        current = None
    here = _flyte.where()
    where = sweep_place_here(wanted)
    if here is None:
        return Place(wanted, where, current, settings, in_pod=False)
    state = state_here()
    beside = 1 if here.in_pod else max(1, state.agents)
    return Place(
        wanted, where, current, settings, here.in_pod, here.key, state.top_up, here.storage, beside
    )


def open_session(place: Place) -> Session:
    """Connects to the backend and looks at the sweep. Blocks.

    Raises:
        UserError: There is no key, or the backend knows no such sweep.
    """
    settings = place.settings
    if place.current is not None:
        backend = place.current.backend
    else:
        backend = backends.resolve_backend(
            settings.backend, in_pod=place.in_pod, host=settings.host
        )
        backends.activate(backend)
    client = WireClient(backend.api_url, backend.key, patience_s=_PATIENCE_S)
    try:
        ref = place.current.ref if place.current else _address(place, backend, client)
        config = client.sweep(ref).config
    except BaseException:
        client.close()
        raise
    ledger = Ledger(client, ref, place.key)
    return Session(client, ref, backend, ledger, place.top_up, place.storage, config)


def _address(place: Place, backend: Backend, client: WireClient) -> SweepRef:
    entity = place.where.entity or backend.entity or client.viewer()
    project = place.where.project or DEFAULT_PROJECT
    return SweepRef(entity, project, place.sweep_id.rpartition("/")[2])
