"""Which backend a run speaks to, W&B or the local one, and how everything in the process is told.

| asked for | local run | pod |
| --- | --- | --- |
| auto | W&B when there is a key, else local | W&B, or an error that names the secret |
| wandb | W&B, or an error | W&B, or an error that names the secret |
| local | local | an error: the pod could not reach it |

`$WANDB_FLYTE_BACKEND` wins over the settings.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any, Literal, NamedTuple, cast, get_args

from wandb_flyte.errors import UserError

# credentials and local_server load http and more: they are imported where they are needed.

BackendName = Literal["auto", "local", "wandb"]

OFFLINE_MODES = ("offline", "disabled", "dryrun")
ENV_BACKEND = "WANDB_FLYTE_BACKEND"
# Nothing of a run that said local leaves the machine, the tools' own telemetry included.
_QUIET = {"FLYTE_DISABLE_TELEMETRY": "1", "WANDB_ERROR_REPORTING": "false"}
# W&B's client streams every 15 s; a backend on the same machine can take it each second.
_LOCAL_ENV = {"WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL": "1", **_QUIET}
# wandb refuses a key and a token file side by side.
_LOCAL_UNSET = ("WANDB_IDENTITY_TOKEN_FILE",)


class Backend(NamedTuple):
    """Where sweeps and runs are kept.

    Attributes:
        name: `wandb` or `local`.
        api_url: Its address.
        app_url: The address of its pages.
        key: The API key; empty for the identity token that the environment names.
        entity: Its default entity, or empty when it has to be asked for it.
        reason: Why it was chosen, such as `no W&B key found`.
    """

    name: Literal["local", "wandb"]
    api_url: str
    app_url: str
    key: str
    entity: str = ""
    reason: str = ""

    def env(self) -> dict[str, str]:
        """The environment variables that point wandb at it."""
        env = {"WANDB_BASE_URL": self.api_url}
        if self.key:
            env["WANDB_API_KEY"] = self.key
        if self.name == "local":
            env |= {"WANDB_APP_URL": self.app_url, **_LOCAL_ENV}
        return env

    def describe(self) -> str:
        """One phrase for people, such as `local backend at http://127.0.0.1:4711`."""
        what = "local backend" if self.name == "local" else "W&B"
        why = f" ({self.reason})" if self.reason else ""
        return f"{what} at {self.app_url}{why}"


class _Process:
    """What this process was told: environment variables are the process's, so this is too."""

    active: Backend | None = None
    announced: str = ""


_process = _Process()
_replaced: dict[str, str | None] = {}
_lock = threading.RLock()


def resolve_backend(
    requested: BackendName | None = None, *, in_pod: bool, host: str | None = None
) -> Backend:
    """Decides which backend to use, and starts the local one when it is that.

    Args:
        requested: What the settings say.
        in_pod: True on a cluster.
        host: The W&B server that the settings name; wandb's own choice by default.

    Raises:
        UserError: There is no key where one is needed, or no such backend.
    """
    from wandb_flyte.runtime.backend import credentials

    name = backend_name(requested)
    if name == "local":
        return _local(in_pod, "")
    with _lock:
        active = _process.active
        if active is not None and active.name == "local":
            if name == "auto" and not in_pod:
                return _local(in_pod, active.reason)
            # The key in the environment is the local backend's: the user's own counts.
            deactivate()
    found = credentials.find_credentials(api_url(host) if host else None)
    if found is None:
        if name == "wandb" or in_pod:
            raise _missing_key(in_pod)
        return _local(in_pod, "no W&B key found")
    if name == "auto" and not in_pod and _is_ours(found.api_url, found.key):
        return _local(in_pod, "")
    return Backend("wandb", found.api_url, found.app_url, found.key)


def activate(backend: Backend) -> None:
    """Points everything in this process and its children at a backend. Idempotent.

    The user's own `wandb.init()`, `wandb.agent()` and `wandb.Api()` then reach it too.
    """
    from wandb_flyte.runtime.backend import credentials

    with _lock:
        if _process.announced != backend.api_url:
            _process.announced = backend.api_url
            print(f"wandb-flyte: {backend.describe()}", file=sys.stderr, flush=True)  # noqa: T201
        before = credentials.found_credentials()
        changed = {
            name: value for name, value in backend.env().items() if os.environ.get(name) != value
        }
        for name in (*changed, *(_LOCAL_UNSET if backend.name == "local" else ())):
            _replaced.setdefault(name, os.environ.get(name))
            os.environ.pop(name, None)
        os.environ.update(changed)
        _process.active = backend
        # A run that the user has open is not ended for a server that wandb had found by itself.
        if before is None or (before.api_url, before.key) != (backend.api_url, backend.key):
            _forget_settings()


def deactivate() -> None:
    """Puts the environment back to what it was before the first `activate`."""
    with _lock:
        for name, value in _replaced.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        if _replaced:
            _replaced.clear()
            _forget_settings()
        _process.active = None


def backend_name(requested: BackendName | None) -> BackendName:
    """What is asked for: by the environment, else by the settings, else `auto`.

    Raises:
        UserError: It is no backend's name.
    """
    given = os.environ.get(ENV_BACKEND) or requested or "auto"
    if given not in get_args(BackendName):
        source = f"${ENV_BACKEND}" if os.environ.get(ENV_BACKEND) else "backend="
        raise UserError(
            f"{source} is `{given}`, which is no backend.",
            hint="It is one of: auto, local, wandb.",
        )
    return cast(BackendName, given)


def require_online(requested: BackendName | None) -> None:
    """Makes sure that wandb is not told to stay offline: a sweep's trials reach its backend.

    Args:
        requested: What the settings say.

    Raises:
        UserError: WANDB_MODE says otherwise.
    """
    mode = os.environ.get("WANDB_MODE", "online")
    if mode not in OFFLINE_MODES:
        return
    hint = 'Unset it. Without a W&B account there is the local backend: backend="local".'
    if _will_be_local(requested):
        hint = "Unset it: the local backend needs no account and keeps to this machine."
    raise UserError(
        f"WANDB_MODE is `{mode}`, and a sweep's trials have to reach its backend.", hint
    )


def silence_telemetry(requested: BackendName | None) -> None:
    """Turns Flyte's and wandb's own reporting off, when what runs here will be local.

    Called when a task is decorated: Flyte may fail before the task's first line.
    """
    if _will_be_local(requested):
        for variable, value in _QUIET.items():
            os.environ.setdefault(variable, value)


def _will_be_local(requested: BackendName | None) -> bool:
    name = backend_name(requested)
    return name == "local" or (name == "auto" and not _has_key())


def _has_key() -> bool:
    if os.environ.get("WANDB_API_KEY"):
        return True  # As in a pod, where every start counts.
    from wandb_flyte.runtime.backend import credentials

    return credentials.found_credentials() is not None


def api_url(host: str) -> str:
    """The address of a W&B server's API, from the one that people know it by.

    wandb takes `https://api.wandb.ai` only, where the pages are at `https://wandb.ai`.
    """
    url = host.rstrip("/")
    for page, api in (
        ("://wandb.ai", "://api.wandb.ai"),
        ("://www.wandb.ai", "://api.wandb.ai"),
        ("://forge.coreweave.com/wandb", "://api.forge.coreweave.com"),
        ("://forge.coreweave.com", "://api.forge.coreweave.com"),
        ("://app.", "://api."),
    ):
        if url.partition("://")[0] in ("http", "https") and page in url:
            return url.replace(page, api, 1)
    return url


def _local(in_pod: bool, reason: str) -> Backend:
    if in_pod:
        raise UserError(
            "The local backend was asked for, but a pod can't reach it.",
            hint='Set backend="auto" or backend="wandb", and give the task a W&B key.',
        )
    from wandb_flyte.runtime.backend import local_server

    server = local_server.start()
    return Backend("local", server.url, server.url, server.key, server.entity, reason)


def _is_ours(url: str, key: str) -> bool:
    """Whether the environment already points at this user's local backend, running or not."""
    if "://127.0.0.1" not in url:
        return False
    from wandb_flyte.runtime.backend import local_server

    if key and key == local_server.known_key():
        return True
    server = local_server.find()
    return server is not None and server.url == url


def _missing_key(in_pod: bool) -> UserError:
    if in_pod:
        return UserError(
            "This pod has no W&B key: the environment variable `WANDB_API_KEY` is not set.",
            hint="Create the Flyte secret `wandb_api_key` (`wandb-flyte secret` does it) and give"
            " it to the task's environment:"
            ' secrets=[flyte.Secret(key="wandb_api_key", as_env_var="WANDB_API_KEY")].',
        )
    from wandb_flyte.runtime.backend import credentials

    return UserError(
        f"There is no W&B key for `{credentials.base_url()}`.",
        hint='Run `wandb login`, set WANDB_API_KEY, or use the local backend: backend="local", '
        "on the command line `--backend local`.",
    )


def _forget_settings() -> None:
    """Makes wandb read the environment again, if it was loaded and used already."""
    wandb: Any = sys.modules.get("wandb")
    if wandb is not None:
        wandb.teardown()
