"""Fixtures that several areas share: an empty home, and a local backend of the test's own.

`wandb_backend`, of wandb_flyte's own pytest plugin, does one thing more than `local_server`: it
points wandb and wandb_flyte at the backend.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from wandb_flyte.runtime.backend import local_server as servers
from wandb_flyte.runtime.backend.local_server import LocalServer

# A shell that starts the tests in the background ignores Ctrl-C; every child would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Several trainings run at once: each with threads of its own would only be in the others' way.
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def one_mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every mypy that a test starts reads flyte and wandb once, whichever worker runs it."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    os.environ["MYPY_CACHE_DIR"] = str(folder / "mypy")


@pytest.fixture(scope="session", autouse=True)
def no_plugins_of_ours() -> None:
    """A pytest that a test starts, in a project, loads no plugin that only these tests need.

    These two import all of Hypothesis and Hydra, and have pytest rewrite each of their modules.
    """
    os.environ["PYTEST_ADDOPTS"] = "-p no:hypothesispytest -p no:hydra_pytest"


@pytest.fixture(autouse=True)
def no_service_of_others() -> Iterator[None]:
    """wandb's service of one test, which wandb names in the environment, is not another test's."""
    yield
    os.environ.pop("WANDB_SERVICE", None)


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, with no variable of W&B or wandb-flyte set."""
    for name in list(os.environ):
        if name.startswith("WANDB_") or name == "NETRC":
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("WANDB_FLYTE_HOME", str(home / ".wandb-flyte"))
    return home


@pytest.fixture
def local_server(empty_home: Path) -> Iterator[LocalServer]:
    """A running local backend with its data in the test's home."""
    yield servers.start()
    servers.stop()
