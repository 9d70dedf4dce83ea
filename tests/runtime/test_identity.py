"""An identity token, as a cluster gives its pods one, in the place of an API key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.backend import backends
from wandb_flyte.runtime.backend.backends import resolve_backend
from wandb_flyte.runtime.backend.credentials import find_credentials
from wandb_flyte.runtime.backend.local_server import LocalServer
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient
from wandb_flyte.runtime.backend.wire_errors import BackendAway, WrongKey

from .gateway import ACCESS, Gateway

IDENTITY = "head.payload.signature"


@pytest.fixture
def gateway(wire: WireClient, shared_server: LocalServer) -> Iterator[Gateway]:
    """A gateway that knows one identity, before the backend that is in use."""
    with Gateway(shared_server.url, shared_server.key) as made:
        made.identity = IDENTITY
        yield made


@pytest.fixture
def identity(
    gateway: Gateway, new_sweep: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The environment of a pod that has an identity and no key."""
    file = tmp_path / "token"
    file.write_text(f"{IDENTITY}\n")
    backends.deactivate()
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.setenv("WANDB_FLYTE_BACKEND", "wandb")
    monkeypatch.setenv("WANDB_BASE_URL", gateway.url)
    monkeypatch.setenv("WANDB_IDENTITY_TOKEN_FILE", str(file))
    monkeypatch.setenv("WANDB_CREDENTIALS_FILE", str(tmp_path / "kept" / "credentials.json"))
    return file


def test_an_agent_and_its_trials_need_no_key(
    new_sweep: Callable[..., SweepRef],
    identity: Path,
    gateway: Gateway,
    agent_on: Callable[..., Any],
) -> None:
    """They reach the backend with an access token, which wandb and the agent keep in one file."""
    ref = new_sweep(1, 2)

    result = agent_on("by_name", ref)

    assert [trial.state for trial in result.trials] == ["finished", "finished"]
    assert gateway.exchanges == 1


def test_a_token_is_exchanged_once(identity: Path, gateway: Gateway, tmp_path: Path) -> None:
    """Other requests, and other clients, use the one that is kept until it expires."""
    assert [WireClient(gateway.url, "").viewer() for _ in range(2)] == ["local"] * 2
    assert gateway.exchanges == 1

    kept = tmp_path / "kept" / "credentials.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    told = json.loads(kept.read_text())
    assert told["credentials"][gateway.url]["access_token"] == ACCESS
    told["credentials"][gateway.url]["expires_at"] = "2020-01-01 00:00:00"
    kept.write_text(json.dumps(told))
    assert WireClient(gateway.url, "").viewer() == "local"
    assert gateway.exchanges == 2


def test_a_gateway_that_is_away_for_a_moment_is_asked_again(
    identity: Path, gateway: Gateway
) -> None:
    """An exchange that fails for the time being is no refusal."""
    gateway.refusals = [(503, {}), (429, {"Retry-After": "0"})]
    assert WireClient(gateway.url, "").viewer() == "local"
    gateway.refusals = [(503, {})]
    with pytest.raises(BackendAway):
        WireClient(gateway.url, "", patience_s=0).viewer()


def test_an_identity_that_is_not_taken_is_one_error(identity: Path, gateway: Gateway) -> None:
    """The message names the file and what the server said."""
    identity.write_text("somebody.else.entirely")
    with pytest.raises(WrongKey) as failure:
        WireClient(gateway.url, "").viewer()
    assert str(failure.value) == (
        f"The backend at {gateway.url} does not take the identity token in `{identity}`: "
        'HTTP 401 {"error": "invalid_grant"}\n'
        "The token may be too old, or made for another server."
    )
    identity.unlink()
    with pytest.raises(WrongKey, match=f"The identity token in `{identity}` can't be read"):
        WireClient(gateway.url, "").viewer()


def test_an_identity_counts_as_a_key(identity: Path, gateway: Gateway) -> None:
    """A task finds its backend by it; nothing is put into the environment that wandb refuses."""
    found = find_credentials()
    assert found is not None
    assert (found.key, found.source) == ("", "WANDB_IDENTITY_TOKEN_FILE")
    backend = resolve_backend("wandb", in_pod=True)
    assert backend.env() == {"WANDB_BASE_URL": gateway.url}


def test_a_key_and_an_identity_are_one_too_many(
    identity: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """wandb refuses both at once, and so does a task."""
    monkeypatch.setenv("WANDB_API_KEY", "k" * 40)
    with pytest.raises(UserError) as failure:
        resolve_backend("wandb", in_pod=True)
    assert str(failure.value) == (
        "WANDB_API_KEY and WANDB_IDENTITY_TOKEN_FILE are both set, and wandb takes one of them.\n"
        "Unset the one that is not meant."
    )
