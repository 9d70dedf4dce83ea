"""Which backend a run uses, and that everything in the process is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.backend import backends
from wandb_flyte.runtime.backend import local_server as servers
from wandb_flyte.runtime.backend.backends import (
    Backend,
    activate,
    api_url,
    deactivate,
    resolve_backend,
)

KEY = "a" * 40


@pytest.fixture
def home(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(empty_home)
    monkeypatch.setenv("FLYTE_DISABLE_TELEMETRY", "")
    yield empty_home
    deactivate()


@pytest.mark.parametrize("requested", [None, "auto", "wandb"])
@pytest.mark.parametrize("in_pod", [False, True])
def test_a_key_means_wandb(
    requested: Any, in_pod: bool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a key in the environment, runs go to W&B."""
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    monkeypatch.setenv("WANDB_BASE_URL", "https://api.wandb.example.com")

    backend = resolve_backend(requested, in_pod=in_pod)

    assert backend == Backend(
        "wandb", "https://api.wandb.example.com", "https://wandb.example.com", KEY
    )
    assert backend.env() == {
        "WANDB_BASE_URL": "https://api.wandb.example.com",
        "WANDB_API_KEY": KEY,
    }


def test_a_netrc_entry_is_a_key(home: Path) -> None:
    """The key that `wandb login` left is found, for the server that the settings name."""
    (home / ".netrc").write_text(f"machine wandb.mycompany.com\n  login user\n  password {KEY}\n")

    backend = resolve_backend("wandb", in_pod=False, host="https://wandb.mycompany.com/")

    assert (backend.api_url, backend.key) == ("https://wandb.mycompany.com", KEY)


@pytest.mark.parametrize("requested", [None, "auto", "local"])
def test_no_key_means_the_local_backend(requested: Any, local_server: Any, home: Path) -> None:
    """Without a key a local run uses the local backend."""
    backend = resolve_backend(requested, in_pod=False)

    assert (backend.name, backend.api_url, backend.key) == (
        "local",
        local_server.url,
        local_server.key,
    )
    assert backend.entity == "local"


def test_the_environment_wins_over_the_settings(
    local_server: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$WANDB_FLYTE_BACKEND, which `run --backend` sets, counts before the settings."""
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    monkeypatch.setenv("WANDB_FLYTE_BACKEND", "local")

    assert resolve_backend("wandb", in_pod=False).name == "local"


def test_no_key_in_a_pod_names_the_secret(home: Path) -> None:
    """A pod without a key gets no other backend, but the name of the secret that is missing."""
    with pytest.raises(UserError) as caught:
        resolve_backend("auto", in_pod=True)

    assert str(caught.value) == (
        "This pod has no W&B key: the environment variable `WANDB_API_KEY` is not set.\n"
        "Create the Flyte secret `wandb_api_key` (`wandb-flyte secret` does it) and give it to the "
        'task\'s environment: secrets=[flyte.Secret(key="wandb_api_key", '
        'as_env_var="WANDB_API_KEY")].'
    )


def test_the_local_backend_is_out_of_a_pods_reach(home: Path) -> None:
    """backend="local" in a pod is refused."""
    with pytest.raises(UserError, match="a pod can't reach it"):
        resolve_backend("local", in_pod=True)


def test_wandb_without_a_key(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """backend="wandb" without a key says how to get one."""
    monkeypatch.setenv("WANDB_BASE_URL", "https://api.wandb.example.com")

    with pytest.raises(UserError) as caught:
        resolve_backend("wandb", in_pod=False)

    assert str(caught.value) == (
        "There is no W&B key for `https://api.wandb.example.com`.\n"
        'Run `wandb login`, set WANDB_API_KEY, or use the local backend: backend="local", '
        "on the command line `--backend local`."
    )


def test_activating_tells_the_process(
    local_server: Any, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The environment points at the backend, one line says so, and telemetry is off."""
    backend = resolve_backend(None, in_pod=False)

    activate(backend)
    activate(backend)

    assert {name: os.environ.get(name) for name in backend.env()} == backend.env()
    assert os.environ["FLYTE_DISABLE_TELEMETRY"] == "1"
    assert os.environ["WANDB_ERROR_REPORTING"] == "false"
    assert capsys.readouterr().err == (
        f"wandb-flyte: local backend at {local_server.url} (no W&B key found)\n"
    )


def test_an_activated_local_backend_is_not_taken_for_wandb(local_server: Any, home: Path) -> None:
    """The local backend's key in the environment is no W&B key, here and in child processes."""
    activate(resolve_backend(None, in_pod=False))

    assert resolve_backend("auto", in_pod=False).name == "local"
    with pytest.raises(UserError, match="There is no W&B key"):
        resolve_backend("wandb", in_pod=False)


def test_a_child_process_keeps_the_local_backend(
    local_server: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that inherits the variables knows the local backend for what it is."""
    monkeypatch.setenv("WANDB_API_KEY", local_server.key)
    monkeypatch.setenv("WANDB_BASE_URL", local_server.url)

    assert resolve_backend("auto", in_pod=False).name == "local"


def test_a_shell_that_was_pointed_at_a_local_backend_that_is_stopped(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `local env` said once is still the local backend: a run starts it, on any port."""
    before = servers.start()
    servers.stop()
    monkeypatch.setenv("WANDB_API_KEY", before.key)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    try:
        backend = resolve_backend("auto", in_pod=False)
        running = servers.find()
    finally:
        servers.stop()

    assert backend.name == "local"
    assert running is not None
    assert (backend.api_url, backend.key) == (running.url, before.key)


def test_deactivating_restores_the_environment(
    local_server: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was set before is set again, and what was not is gone."""
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    monkeypatch.setenv("WANDB_IDENTITY_TOKEN_FILE", "token")
    activate(resolve_backend("local", in_pod=False))
    assert "WANDB_IDENTITY_TOKEN_FILE" not in os.environ

    deactivate()

    assert os.environ["WANDB_API_KEY"] == KEY
    assert os.environ["WANDB_IDENTITY_TOKEN_FILE"] == "token"
    assert "WANDB_BASE_URL" not in os.environ


def test_wandb_reads_the_environment_again(local_server: Any, home: Path) -> None:
    """A wandb that was used before speaks to the backend that is activated now."""
    import wandb

    assert wandb.setup().settings.base_url != local_server.url

    activate(resolve_backend("local", in_pod=False))

    assert wandb.setup().settings.base_url == local_server.url
    assert wandb.Api().default_entity == "local"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("https://wandb.ai", "https://api.wandb.ai"),
        ("https://wandb.ai/", "https://api.wandb.ai"),
        ("https://api.wandb.ai", "https://api.wandb.ai"),
        ("https://app.wandb.example.com", "https://api.wandb.example.com"),
        ("https://wandb.mycompany.com", "https://wandb.mycompany.com"),
        ("http://127.0.0.1:4711", "http://127.0.0.1:4711"),
    ],
)
def test_a_page_address_becomes_the_servers(host: str, expected: str) -> None:
    """People know the pages' address; wandb takes the server's."""
    assert api_url(host) == expected


def test_telemetry_is_off_before_a_local_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decorating a task that will run locally turns Flyte's own reporting off, and no other's."""
    monkeypatch.delenv("FLYTE_DISABLE_TELEMETRY")
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    backends.silence_telemetry("auto")
    assert "FLYTE_DISABLE_TELEMETRY" not in os.environ

    backends.silence_telemetry("local")
    assert os.environ["FLYTE_DISABLE_TELEMETRY"] == "1"
