"""Runs the sweep on the cluster that the Flyte config names."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wandb_flyte.cli._flyte_config import FlyteConfig, find_config
from wandb_flyte.cli._project import Project
from wandb_flyte.cli._run.agents import with_agents
from wandb_flyte.cli._run.follow import Address, Following, Listener, Outcome
from wandb_flyte.cli._run.interrupts import caught_interrupts
from wandb_flyte.cli._run.local import PATIENCE_S, new_run_name, sweep_home, use_backend
from wandb_flyte.cli._run.report import RunReport
from wandb_flyte.cli._run.request import RunRequest
from wandb_flyte.cli._run.wiring import check_project
from wandb_flyte.cli._translate import NO_ANSWER
from wandb_flyte.errors import Finding, InvalidInput, UserError

if TYPE_CHECKING:
    from flyte.remote import Run

    from wandb_flyte.runtime.backend.records import RunInfo, SweepInfo

NO_CONFIG = Finding(
    "There is no Flyte config, so no cluster to run on.",
    hint="Make one with `flyte create config --endpoint HOST`; it is looked for in ./config.yaml, "
    "./.flyte/config.yaml, $FLYTECTL_CONFIG and ~/.flyte/config.yaml.",
)


@dataclass(frozen=True)
class RemoteRun:
    """A Flyte run that was started on a cluster.

    Attributes:
        name: Its name.
        url: Its page.
        request: What the user asked for.
        spare: Why fewer agents run than were asked for, empty when they all do.
    """

    name: str
    url: str
    request: RunRequest
    spare: str = ""

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return {"state": "started", "run": {"name": self.name, "url": self.url}}


def check(request: RunRequest, *, follow: bool) -> list[Finding]:
    """What stands in the way of running on the cluster, and what can't be told.

    Args:
        request: What the user asked for.
        follow: Whether this machine reads the sweep at W&B too.

    Returns:
        Warnings: what could not be checked.

    Raises:
        InvalidInput: Something is missing; every finding at once.
    """
    findings: list[Finding] = []
    config: FlyteConfig | None = None
    try:
        config = find_config()
        if config is None:
            findings.append(NO_CONFIG)
    except UserError as error:
        findings.append(Finding(error.message, error.hint))
    findings += _project(request)
    try:
        settings = request.project.load("settings")
    except UserError:  # That is a finding already.
        raise InvalidInput(findings) from None
    findings += _backend(getattr(settings, "BACKEND", "auto"))
    findings += _key(needed=follow or bool(request.sweep))
    findings += _image(getattr(settings, "IMAGE", ""), config)
    if config is not None:
        findings += _secret(request.project, config, secret_name(settings))
    if any(finding.severity == "error" for finding in findings):
        raise InvalidInput(findings)
    return findings


def submit(request: RunRequest) -> RemoteRun:
    """Start the sweep on the cluster.

    Raises:
        UserError: The cluster did not take it.
    """
    import flyte

    connect(request.project)
    joined, runs = _joined(request)
    inputs, spare = with_agents(request, request.inputs(joined, runs), joined)
    task = request.project.load("workflow").run_parallel_sweep
    name = new_run_name()
    run: Any = flyte.with_runcontext(mode="remote", name=name).run(task, **inputs)
    return RemoteRun(name=run.name, url=run.url, request=request, spare=spare)


def follow(started: RemoteRun, listener: Listener) -> RunReport:
    """Follow a run on the cluster, at W&B and at Flyte, until its end.

    Ctrl-C stops following; the run goes on.
    """
    from wandb_flyte.runtime.backend.wire import WireClient

    backend = use_backend(started.request)
    client = WireClient(backend.api_url, backend.key, patience_s=PATIENCE_S)
    entity, project = sweep_home(started.request, backend, client)
    address = Address(entity, project, started.name)
    joined, _ = _joined(started.request)
    engine = _OnCluster(started)
    with caught_interrupts() as interrupts:
        listener.started(backend.describe(), engine.log)
        return Following(engine, client, backend, address, listener).run(interrupts, joined)


def connect(project: Project) -> None:
    """Make Flyte's client ready for the cluster of the Flyte config."""
    import flyte

    flyte.init_from_config(root_dir=project.root)


def secret_name(settings: object) -> str:
    """The name of the Flyte secret that the project's pods take the W&B key from."""
    secret = getattr(settings, "SECRET", None)
    return str(getattr(secret, "key", None) or secret or "wandb_api_key")


class _OnCluster:
    """A run on the cluster, as something to follow."""

    pause_s = 5.0

    def __init__(self, started: RemoteRun) -> None:
        self._name = started.name
        self._url = started.url

    @property
    def log(self) -> str:
        """The run's page."""
        return self._url

    @property
    def alive(self) -> bool:
        """Whether Flyte says that it goes on; while the cluster is away, that counts as yes."""
        try:
            return not self._get().done()
        except RuntimeError as error:
            if any(sign in str(error) for sign in NO_ANSWER):
                return True
            raise

    def cancel(self) -> bool:
        """The run is the cluster's: Ctrl-C here only stops following it."""
        return False

    def kill(self) -> None:
        """Nothing of it is here."""

    def outcome(self) -> Outcome:
        """How Flyte says that it ended."""
        phase = str(self._get().phase)
        ok = phase.rpartition(".")[2].lower() == "succeeded"
        return Outcome(ok=ok, error="" if ok else f"The Flyte run ended as `{phase}`.")

    def _get(self) -> Run:
        from flyte.remote import Run

        run: Run = Run.get(name=self._name)
        return run


def _joined(request: RunRequest) -> tuple[SweepInfo | None, Sequence[RunInfo]]:
    """The sweep to go on with, and its runs."""
    if not request.sweep:
        return None, ()
    from wandb_flyte.runtime.backend.records import SweepRef
    from wandb_flyte.runtime.backend.wire import WireClient

    backend = use_backend(request)
    client = WireClient(backend.api_url, backend.key, patience_s=PATIENCE_S)
    ref = SweepRef(*sweep_home(request, backend, client), request.sweep_id)
    return client.sweep(ref), client.sweep_runs(ref)


def _project(request: RunRequest) -> Sequence[Finding]:
    try:
        check_project(request)
    except InvalidInput as error:
        return error.findings
    return ()


def _backend(name: str) -> list[Finding]:
    if name != "local":
        return []
    return [
        Finding(
            'BACKEND is "local", which a cluster can\'t reach.',
            hint='Set it to "auto" or "wandb".',
            file="settings.py",
        )
    ]


def _key(*, needed: bool) -> list[Finding]:
    from wandb_flyte.runtime.backend.credentials import base_url, find_credentials

    if not needed or find_credentials() is not None:
        return []
    what = f"There is no W&B key on this machine for `{base_url()}`, to follow the sweep with."
    return [Finding(what, hint="Run `wandb login` or set WANDB_API_KEY.")]


def _image(image: object, config: FlyteConfig | None) -> list[Finding]:
    if isinstance(image, str) or (config is not None and config.builder == "remote"):
        return []
    findings = []
    if shutil.which("docker") is None:
        what = "The image has to be built, and `docker` is not on this machine."
        hint = (
            "Install docker, let the cluster build (`image: {builder: remote}` in the Flyte "
            "config), or set IMAGE in settings.py to the name of an image that exists."
        )
        findings.append(Finding(what, hint=hint))
    registry = getattr(image, "registry", None) or (config.registry if config else "")
    if config is not None and not registry and "localhost" not in config.endpoint:
        hint = "Set `image: {registry: HOST/PATH}` in the Flyte config, or IMAGE in settings.py."
        findings.append(Finding("No registry is set to push the image to.", hint=hint))
    return findings


def _secret(project: Project, config: FlyteConfig, name: str) -> list[Finding]:
    from flyte.remote import Secret

    def look() -> object:
        connect(project)
        found: object = Secret.get(name)
        return found

    return _cluster_findings(look, config, name)


def _cluster_findings(look: Callable[[], object], config: FlyteConfig, name: str) -> list[Finding]:
    try:
        look()
    except Exception as error:  # Flyte's client raises what its transport raised.
        text = " ".join(str(error).split())
        if any(sign in text for sign in NO_ANSWER):
            what = f"The Flyte cluster at `{config.endpoint}` can't be reached."
            return [Finding(what, hint="Look at the endpoint in the Flyte config.")]
        if getattr(getattr(error, "code", None), "name", "") == "NOT_FOUND":
            what = f"The cluster has no secret `{name}` for the W&B key."
            return [Finding(what, hint="`wandb-flyte secret` creates it.")]
        what = f"Whether the cluster has the secret `{name}` can't be told: {text}"
        return [Finding(what, hint="`wandb-flyte secret` creates it.", severity="warning")]
    return []
