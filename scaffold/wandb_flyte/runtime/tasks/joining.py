"""Joins the sweep that a task was given, finds the one it made before, or makes it."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wandb_flyte._agreed import SWEEP_ENDED
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime.backend.backends import Backend
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.tasks._sweep_place import SweepPlace
from wandb_flyte.runtime.tasks.links import sweep_url
from wandb_flyte.runtime.tasks.settings import WandbSweepConfig

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.wire import WireClient

DEFAULT_PROJECT = "uncategorized"
# How long the end of the process may be held up to cancel its sweeps.
_LAST_WORDS_S = 5.0
_MOST_NAMES = 3


class CurrentSweep(NamedTuple):
    """The sweep that a task works on.

    Attributes:
        ref: Its address.
        backend: Where it is.
        created: Whether this task made it, in this attempt or in an earlier one.
    """

    ref: SweepRef
    backend: Backend
    created: bool = False

    @property
    def url(self) -> str:
        """The sweep's page."""
        return sweep_url(self.backend.app_url, self.ref.entity, self.ref.project, self.ref.sweep_id)

    @contextmanager
    def client(self, **options: float) -> Iterator[WireClient]:
        """A connection to the sweep's backend."""
        from wandb_flyte.runtime.backend.wire import WireClient

        client = WireClient(self.backend.api_url, self.backend.key, **options)
        try:
            yield client
        finally:
            client.close()

    def cancel(self) -> None:
        """Cancels the sweep, as far as its backend can be reached: its trials stop."""
        with suppress(UserError, OSError), self.client(timeout_s=_LAST_WORDS_S, patience_s=0) as it:
            it.set_sweep_state(self.ref, "CANCELED")


class SweepRequest(NamedTuple):
    """What a task says about its sweep.

    Attributes:
        here: The Flyte action.
        sweep: The sweep settings.
        place: Where the sweep is, or will be, as far as that is said.
        sweep_id: The sweep to join, empty for one to be made.
        total_trials: The task's input of that name: the budget.
    """

    here: _flyte.Where
    sweep: WandbSweepConfig
    place: SweepPlace
    sweep_id: str = ""
    total_trials: int | None = None

    @property
    def key(self) -> str:
        """What the sweep's description holds, so that a retried task finds it."""
        return self.here.key

    @property
    def project(self) -> str:
        """The project that the sweep is or will be in."""
        return self.place.project or DEFAULT_PROJECT


def join_sweep(request: SweepRequest, backend: Backend) -> CurrentSweep:
    """The sweep of a task: the one it was given, the one it made before, or a new one.

    Args:
        request: What the task says.
        backend: What keeps the sweep, or will.

    Raises:
        UserError: There is no sweep config, or something is wrong with it.
    """
    # Loads http and more, which is for the call and not for the import.
    from wandb_flyte.runtime.backend._http import OUTAGE_S
    from wandb_flyte.runtime.backend.wire import WireClient

    # What belongs to a sweep that goes on waits with it; who begins one is told soon.
    patience = {"patience_s": OUTAGE_S} if request.sweep_id else {}
    client = WireClient(backend.api_url, backend.key, **patience)
    try:
        entity = request.place.entity or backend.entity or client.viewer()
        if request.sweep_id:
            ref = SweepRef(entity, request.project, request.sweep_id.rpartition("/")[2])
            if request.total_trials is not None:
                _extend(client, ref, request.total_trials)
            return CurrentSweep(ref, backend)
        ref = _made_before(request, client, entity) or _create(request, client, entity)
        _made[request.key, request.here.started] = ref
        return CurrentSweep(ref, backend, created=True)
    finally:
        client.close()


# The sweeps that this process made, by key and by when the run began: a local run retries in the
# same process, and a local run's name may come again for another run.
_made: dict[tuple[str, datetime | None], SweepRef] = {}


def _extend(client: WireClient, ref: SweepRef, total_trials: int) -> None:
    """Gives a sweep a budget, or a larger one, and opens it again if it had ended.

    A sweep that was canceled short of its budget gets a smaller one, if that is what is left to
    run; one that goes on may be somebody else's too, and keeps what it has.
    """
    info = client.sweep(ref)
    cap = info.config.get("run_cap")
    reopened = info.state in SWEEP_ENDED and info.run_count < total_trials
    if cap is None or cap < total_trials or (reopened and cap != total_trials):
        client.update_sweep(ref, {**info.config, "run_cap": total_trials})
    if reopened:
        client.set_sweep_state(ref, "RUNNING")


def _made_before(request: SweepRequest, client: WireClient, entity: str) -> SweepRef | None:
    here = request.here
    if not here.in_pod:
        return _made.get((request.key, here.started))
    return client.find_sweep(entity, request.project, here.run_name, here.action_name)


def _create(request: SweepRequest, client: WireClient, entity: str) -> SweepRef:
    config = checked_config(request.sweep)
    config.setdefault("name", default_name(config, request.project))
    if request.total_trials is not None:
        config["run_cap"] = request.total_trials
    lines = (str(config.get("description") or ""), request.key)
    description = "\n\n".join(line for line in lines if line)
    project = request.project
    prior_runs = request.sweep.prior_runs
    if not prior_runs:
        return client.create_sweep(config, entity, project, description)
    import wandb

    config["description"] = description
    sweep_id = wandb.sweep(config, entity=entity, project=project, prior_runs=prior_runs)
    return SweepRef(entity, project, str(sweep_id))


def default_name(config: Mapping[str, Any], project: str) -> str:
    """What a sweep is called that was given no name: what it trains, and how it searches what.

    The list of a project's sweeps is where names are read, one below the other; the Flyte run,
    which nobody looks for there, is in the description.

    Args:
        config: The sweep config.
        project: The sweep's project.
    """
    program = str(config.get("program") or "")
    names = list(config.get("parameters") or {})
    searched = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
    how = " over ".join(part for part in (str(config.get("method") or ""), searched) if part)
    return f"{Path(program).stem or project}: {how}"


def checked_config(sweep: WandbSweepConfig) -> dict[str, Any]:
    """The sweep config in W&B's format.

    Raises:
        UserError: There is none.
        InvalidInput: Something is wrong with it.
    """
    from wandb_flyte.spec import check_sweep

    config = sweep.to_sweep_config()
    if not config:
        raise UserError(
            "@wandb_sweep found no sweep config.",
            hint="Give one with wandb_sweep_config(…): in flyte.with_runcontext(custom_context=…),"
            " in @wandb_sweep(defaults=…), or in a `with` block around its call in a task.",
        )
    errors = [finding for finding in check_sweep(config) if finding.severity == "error"]
    if errors:
        raise InvalidInput(errors)
    return config


class Guard:
    """Cancels a sweep that its task leaves by Ctrl-C, by cancellation, or with the process."""

    def __init__(self) -> None:
        self._watched: list[CurrentSweep] = []
        self._lock = threading.Lock()

    @contextmanager
    def watching(self, sweep: CurrentSweep) -> Iterator[None]:
        """Watches over a sweep inside a `with` block, if this task made it."""
        if not sweep.created:
            yield
            return
        with self._lock:
            if not self._watched:
                # A local run's tasks live in daemon threads: Ctrl-C ends those without a word.
                atexit.register(self.cancel_all)
            self._watched.append(sweep)
        try:
            yield
        finally:
            with self._lock:
                if sweep in self._watched:
                    self._watched.remove(sweep)
                if not self._watched:
                    atexit.unregister(self.cancel_all)

    def cancel_all(self) -> None:
        """Cancels what is still being watched."""
        for sweep in list(self._watched):
            sweep.cancel()


guard = Guard()
