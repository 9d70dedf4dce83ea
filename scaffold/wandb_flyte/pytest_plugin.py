"""A pytest plugin: `wandb_backend` gives a test a W&B backend, `wandb_faults` that one's faults.

pytest loads this in every run of an environment that has wandb-flyte, so it imports nothing but
pytest until the fixture is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from wandb_flyte.runtime.backend.local_server import LocalServer
    from wandb_flyte.testing import Faults


@pytest.fixture
def wandb_backend(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalServer]:
    """A fresh local backend, which wandb, Flyte's local runs and wandb_flyte use in this test.

    Its data and wandb's own files are in a temporary folder, and it stops after the test.
    """
    from wandb_flyte.runtime.backend import local_server

    try:
        with used_backend(tmp_path_factory.mktemp("wandb-flyte"), monkeypatch) as server:
            yield server
    finally:
        local_server.stop()


@contextmanager
def used_backend(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    """The local backend of a home folder, started if it does not run, as the one in use.

    Args:
        folder: Where its data is, and wandb's own files.
        monkeypatch: The test's own: variables stay set until it ends.
    """
    import os

    from wandb_flyte.runtime.backend import backends, local_server

    # What the developer's shell says about W&B must not reach a test.
    for name in list(os.environ):
        if name.startswith("WANDB_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WANDB_FLYTE_HOME", str(folder))
    monkeypatch.setenv("WANDB_FLYTE_BACKEND", "local")
    monkeypatch.setenv("WANDB_DIR", str(folder))
    monkeypatch.setenv("WANDB_CACHE_DIR", str(folder / "cache"))
    monkeypatch.setenv("WANDB_SILENT", "true")
    server = local_server.start()
    try:
        backends.activate(backends.resolve_backend("local", in_pod=False))
        yield server
    finally:
        backends.deactivate()


@pytest.fixture
def wandb_faults(wandb_backend: LocalServer) -> Iterator[Faults]:
    """Faults between everything in this test that uses `wandb_backend` and that backend."""
    import json
    from pathlib import Path

    from wandb_flyte._agreed import STATE_FILE
    from wandb_flyte.runtime.backend import backends
    from wandb_flyte.testing import Faults

    faults = Faults(wandb_backend.url)
    # Whoever looks for the backend finds it behind the faults.
    place = Path(wandb_backend.data_dir) / STATE_FILE
    known = place.read_text()
    scratch = place.with_name(f"{STATE_FILE}.faults")
    try:
        scratch.write_text(json.dumps(json.loads(known) | {"url": faults.url}))
        scratch.replace(place)
        backends.activate(backends.resolve_backend("local", in_pod=False))
        yield faults
    finally:
        faults.close()
        if place.exists():
            place.write_text(known)
