"""A local backend for all tests of the runtime, and Flyte's local mode beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flyte
import pytest
from wandb_flyte.runtime import backends, local_server
from wandb_flyte.runtime.local_server import LocalServer


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """One local backend for the session; tests keep apart by their projects."""
    folder = tmp_path_factory.mktemp("wandb-flyte") / "local"
    server = local_server.start(folder)
    yield server
    local_server.stop(folder)


@pytest.fixture
def no_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean_environment: Path
) -> Iterator[Path]:
    """An empty home, no W&B key anywhere, and a working folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_SILENT", "true")
    monkeypatch.delenv("FLYTE_DISABLE_TELEMETRY", raising=False)
    yield tmp_path
    backends.deactivate()


@pytest.fixture
def backend(
    shared_server: LocalServer, no_account: Path, monkeypatch: pytest.MonkeyPatch
) -> LocalServer:
    """The local backend as the user's own: a run without a key ends up there."""
    monkeypatch.setenv("WANDB_FLYTE_HOME", str(shared_server.data_dir.parent))
    return shared_server


@pytest.fixture
def project(request: pytest.FixtureRequest) -> str:
    """A project's name that no other test uses."""
    return str(request.node.name).replace("[", "-").replace("]", "").replace("_", "-")[:60]


class Reader:
    """Reads runs back as a user of the backend would, with `wandb.Api()`."""

    def __init__(self, server: LocalServer, project: str) -> None:
        self.project = project
        self.entity = server.entity
        self._server = server

    def api(self) -> Any:
        import wandb

        os.environ["WANDB_BASE_URL"] = self._server.url
        return wandb.Api(api_key=self._server.key, overrides={"base_url": self._server.url})

    def runs(self, entity: str = "") -> list[Any]:
        """The project's runs, oldest first."""
        runs = self.api().runs(f"{entity or self.entity}/{self.project}", order="+created_at")
        return [self.run(run.id, entity) for run in runs]

    def run(self, run_id: str, entity: str = "") -> Any:
        return self.api().run(f"{entity or self.entity}/{self.project}/{run_id}")

    def sweep(self, sweep_id: str) -> Any:
        return self.api().sweep(f"{self.entity}/{self.project}/{sweep_id}")

    def log(self, run: Any) -> str:
        """The run's console log."""
        folder = Path.cwd() / "downloaded" / run.id
        run.file("output.log").download(root=str(folder), replace=True)
        return (folder / "output.log").read_text()

    def exit_code(self, run: Any) -> int:
        """The exit code that the run was closed with, as the backend's database has it."""
        import sqlite3

        file = self._server.data_dir / "backend.sqlite3"
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            rows = database.execute("select exit_code from runs where name = ?", (run.id,))
            return int(rows.fetchone()[0])


@pytest.fixture
def reader(backend: LocalServer, project: str) -> Reader:
    return Reader(backend, project)


@pytest.fixture
def run_local(backend: LocalServer) -> Callable[..., Any]:
    """Runs a task in Flyte's local mode, against the local backend."""

    def run(task: Any, context: Any = None, **inputs: Any) -> Any:
        flyte.init()
        runner = flyte.with_runcontext(mode="local", custom_context=dict(context or {}))
        outputs = runner.run(task, **inputs).outputs()
        return outputs[0] if outputs else None

    return run
