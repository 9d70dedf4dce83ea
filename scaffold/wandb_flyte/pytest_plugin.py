"""A pytest plugin: `wandb_backend` gives a test a W&B backend of its own.

pytest loads this in every run of an environment that has wandb-flyte, so it imports nothing but
pytest until the fixture is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from wandb_flyte.runtime.local_server import LocalServer


@pytest.fixture
def wandb_backend(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalServer]:
    """A fresh local backend, which wandb, Flyte's local runs and wandb_flyte use in this test.

    Its data and wandb's own files are in a temporary folder, and it stops after the test.
    """
    import os

    from wandb_flyte.runtime import backends, local_server

    folder = tmp_path_factory.mktemp("wandb-flyte")
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
        local_server.stop()
