"""Runs the sweep on this machine and follows it until its end."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wandb_flyte.cli._run.agents import with_agents
from wandb_flyte.cli._run.child import RESULT_FILE, Child
from wandb_flyte.cli._run.follow import Address, Following, Listener
from wandb_flyte.cli._run.interrupts import caught_interrupts
from wandb_flyte.cli._run.preflight import read_sweep
from wandb_flyte.cli._run.report import RunReport
from wandb_flyte.cli._run.request import RunRequest
from wandb_flyte.cli._run.wiring import check_project
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.spec import parse_sweep

if TYPE_CHECKING:
    from wandb_flyte.cli._project import Project
    from wandb_flyte.runtime.backend.backends import Backend
    from wandb_flyte.runtime.backend.records import SweepInfo
    from wandb_flyte.runtime.backend.wire import WireClient
    from wandb_flyte.spec import SweepConfig

# How long one look at the backend may try again: Ctrl-C has to be heard in between.
PATIENCE_S = 5.0
_KEPT_LOGS = 50
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def run_local(request: RunRequest, listener: Listener) -> RunReport:
    """Run the sweep of a project on this machine.

    Args:
        request: What the user asked for.
        listener: Is told how it goes on.

    Raises:
        UserError: The request can't be met; nothing was started.
    """
    from wandb_flyte.runtime.backend.backends import require_online
    from wandb_flyte.runtime.backend.records import SweepRef
    from wandb_flyte.runtime.backend.wire import WireClient
    from wandb_flyte.runtime.launch import PILOT

    check_project(request)
    backend = use_backend(request)
    require_online(backend.name)
    client = WireClient(backend.api_url, backend.key, patience_s=PATIENCE_S)
    entity, project = sweep_home(request, backend, client)
    joined, runs = None, []
    if request.sweep:
        joined = client.sweep(SweepRef(entity, project, request.sweep_id))
        runs = client.sweep_runs(joined.ref)
    inputs, spare = with_agents(request, request.inputs(joined, runs), joined)
    name = new_run_name(PILOT if request.pilot else "r")
    address = Address(entity, project, name)
    # What was resolved here holds below: the run's process must not choose anew.
    env = backend.env() | {"WANDB_FLYTE_BACKEND": backend.name}
    with (
        caught_interrupts() as interrupts,
        Child(request.project, name, inputs, address, _log_folder(name), env) as child,
    ):
        listener.started(backend.describe(), child.log)
        if spare:
            listener.fewer_agents(spare)
        if joined is not None and _differs(joined, request.project):
            listener.kept_config()
        return Following(child, client, backend, address, listener).run(interrupts, joined)


def _differs(joined: SweepInfo, project: Project) -> bool:
    """Whether the project's sweep config searches otherwise than the sweep that goes on."""
    try:
        theirs, ours = parse_sweep(joined.config), read_sweep(project)
    except InvalidInput:
        return False  # Nothing can be said of a config that another tool wrote.
    return _search(theirs) != _search(ours)


def _search(sweep: SweepConfig) -> tuple[object, ...]:
    """What of a sweep config decides which trials there are, in whatever order it is kept."""
    parameters = {parameter.path: parameter for parameter in sweep.parameters}
    return sweep.method, sweep.metric, sweep.early_terminate, parameters


def use_backend(request: RunRequest) -> Backend:
    """The backend of what was asked for, else of what the environment and the settings say.

    What was asked for is put into $WANDB_FLYTE_BACKEND: it holds for all that runs in this process.
    """
    from wandb_flyte.runtime.backend.backends import ENV_BACKEND, resolve_backend

    if request.backend is not None:
        os.environ[ENV_BACKEND] = request.backend
    settings = request.project.load("settings")
    return resolve_backend(getattr(settings, "BACKEND", "auto"), in_pod=False)


def sweep_home(request: RunRequest, backend: Backend, client: WireClient) -> tuple[str, str]:
    """The W&B entity and project that the sweep is in.

    As the sweep's task finds them: what the settings say holds on every backend, then
    $WANDB_ENTITY, then the key's default entity.

    Raises:
        UserError: The sweep's address is another server's.
    """
    from wandb_flyte.runtime.backend.wire_errors import BackendAway

    _check_host(request, backend)
    if request.sweep_home is not None:
        return request.sweep_home
    settings = request.project.load("settings")
    project = str(getattr(settings, "PROJECT", request.project.package))
    entity = getattr(settings, "ENTITY", None) or os.environ.get("WANDB_ENTITY")
    if entity := entity or backend.entity:
        return str(entity), project
    try:
        return client.viewer(), project
    except BackendAway as error:
        hint = "Check the address and the network; `--backend local` needs neither."
        raise BackendAway(error.message, hint) from None


def _check_host(request: RunRequest, backend: Backend) -> None:
    host, own = request.sweep_host, urlsplit(backend.app_url).hostname
    # W&B's own service has several names, as this machine has.
    if not host or host == own or (host in _LOOPBACK) == (backend.name == "local"):
        return
    raise UserError(
        f"The sweep `{request.sweep}` is not on the {backend.describe()}.",
        hint="Name the backend that it is on with --backend, or the sweep by its id.",
    )


def new_run_name(prefix: str = "r") -> str:
    """A name for a Flyte run that no other has, within what Kubernetes takes."""
    return f"{prefix}{secrets.token_hex(8)}"


def _log_folder(name: str) -> Path:
    from wandb_flyte.runtime.backend.local_server import home, make_folder

    runs = home() / "runs"
    make_folder(runs)
    forget_old_logs(runs)
    return runs / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}"


def forget_old_logs(runs: Path, keep: int = _KEPT_LOGS) -> None:
    """Delete the logs of all but the newest runs, and none of a run that still goes on."""
    ended = sorted(folder for folder in runs.iterdir() if (folder / RESULT_FILE).is_file())
    for folder in ended[: max(len(ended) - keep, 0)]:
        shutil.rmtree(folder, ignore_errors=True)
