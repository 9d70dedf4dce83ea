"""Flyte's local mode beside the local backend that the tests share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flyte
import pytest
from wandb_flyte.runtime.backend import backends
from wandb_flyte.runtime.backend.local_server import LocalServer


@pytest.fixture
def no_account(
    tmp_path: Path, empty_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """An empty home, no W&B key anywhere, and a working folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_SILENT", "true")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    # Set when a decorator finds that runs will be local; put back after the test.
    monkeypatch.setenv("FLYTE_DISABLE_TELEMETRY", "1")
    yield monkeypatch
    backends.deactivate()


@pytest.fixture
def backend(shared_server: LocalServer, no_account: pytest.MonkeyPatch) -> LocalServer:
    """The local backend as the user's own: a run without a key ends up there."""
    no_account.setenv("WANDB_FLYTE_HOME", str(shared_server.data_dir.parent))
    return shared_server


@pytest.fixture
def project(request: pytest.FixtureRequest) -> str:
    """A project's name that no other test uses."""
    name = f"{request.path.stem}-{request.node.name}"
    return "".join(letter if letter.isalnum() else "-" for letter in name)[:120]


class Reader:
    """Reads back what the backend has of a project, with `wandb.Api()` as any user would."""

    def __init__(self, server: LocalServer, project: str) -> None:
        self.project = project
        self.entity = server.entity
        self._server = server

    def api(self) -> Any:
        import wandb

        return wandb.Api(api_key=self._server.key, overrides={"base_url": self._server.url})

    def runs(self) -> list[Any]:
        """The project's runs, oldest first."""
        listed = self.api().runs(f"{self.entity}/{self.project}", order="+created_at")
        return [self.run(run.id) for run in listed]

    def run(self, run_id: str) -> Any:
        return self.api().run(f"{self.entity}/{self.project}/{run_id}")

    def sweep(self, sweep_id: str) -> Any:
        return self.api().sweep(f"{self.entity}/{self.project}/{sweep_id}")

    def sweeps(self) -> list[str]:
        """The ids of the project's sweeps."""
        return [sweep.id for sweep in self.api().project(self.project, self.entity).sweeps()]

    def log(self, run: Any) -> str:
        """The run's console log."""
        folder = Path.cwd() / "downloaded" / run.id
        run.file("output.log").download(root=str(folder), replace=True)
        return (folder / "output.log").read_text()

    def exit_code(self, run: Any) -> int:
        """The exit code that the run was closed with, from the backend's own database."""
        file = self._server.data_dir / "backend.sqlite3"
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            rows = database.execute(
                "select exit_code from runs join projects on projects.id = project_id "
                "where runs.name = ? and projects.name = ?",
                (run.id, self.project),
            )
            return int(rows.fetchone()[0])


@pytest.fixture
def reader(backend: LocalServer, project: str) -> Reader:
    return Reader(backend, project)


@pytest.fixture
def run_local(no_account: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs a task in Flyte's local mode and returns what it returned."""

    def run(task: Any, context: Any = None, **inputs: Any) -> Any:
        flyte.init()
        runner = flyte.with_runcontext(mode="local", custom_context=dict(context or {}))
        outputs = runner.run(task, **inputs).outputs()
        return outputs[0] if outputs else None

    return run
