"""What tests of the agent and its worker share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from wandb_flyte.pytest_plugin import used_backend
from wandb_flyte.runtime.agents.agent import run_agent
from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.local_server import LocalServer
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.backend.wire import WireClient
from wandb_flyte.runtime.results import AgentResult

from .finding import reference


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """One local backend for the session; tests keep apart by their projects or their sweeps."""
    folder = tmp_path_factory.mktemp("wandb-flyte") / "local"
    yield local_server.start(folder)
    local_server.stop(folder)


@pytest.fixture
def wire(
    shared_server: LocalServer, in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WireClient]:
    """A client of the shared backend, which wandb and agents use too."""
    with used_backend(shared_server.data_dir.parent, monkeypatch) as server:
        yield WireClient(server.url, server.key)


@pytest.fixture
def new_sweep(wire: WireClient) -> Callable[..., SweepRef]:
    """Makes a grid sweep over `lr`, or one with the parameters given."""

    def make(*rates: float, parameters: dict[str, Any] | None = None) -> SweepRef:
        config = {
            "method": "grid",
            "metric": {"name": "loss", "goal": "minimize"},
            "parameters": parameters or {"lr": {"values": list(rates)}},
        }
        return wire.create_sweep(config, "", "proj")

    return make


@pytest.fixture
def agent_on() -> Callable[..., AgentResult]:
    """Runs an agent with one of the objectives in `objectives.py` and `unruly_objectives.py`."""

    def run(name: str, ref: SweepRef, **options: Any) -> AgentResult:
        return asyncio.run(run_agent(reference(name), sweep_id=ref.path, **options))

    return run
