"""A cluster of pods, and the backend that they speak to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.local_server import LocalServer

from .cluster import Cluster
from .processes import available


@pytest.fixture(autouse=True)
def needs_proc() -> None:
    """Skips where nothing tells which processes a container would hold."""
    if not available:
        pytest.skip("the harness finds a pod's processes in /proc")


@pytest.fixture
def backend(empty_home: Path) -> Iterator[LocalServer]:
    """A local backend of the test's own."""
    folder = empty_home / "backend"
    yield local_server.start(folder)
    local_server.stop(folder)


@pytest.fixture
def cluster(backend: LocalServer, tmp_path: Path) -> Iterator[Callable[..., Cluster]]:
    """Makes clusters, and ends them."""
    made: list[Cluster] = []

    def make(module: str = "soak_project", **variables: Any) -> Cluster:
        folder = tmp_path / f"cluster-{len(made)}"
        made.append(Cluster(folder, backend.data_dir, module, variables))
        return made[-1]

    yield make
    for one in made:
        one.close()
