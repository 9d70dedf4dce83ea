"""What tests of `wandb-flyte run` ask of the backend, of processes and of a project."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.records import SweepInfo, SweepRef
from wandb_flyte.runtime.backend.wire import WireClient


def wire() -> WireClient:
    """Speaks to the test's backend."""
    server = local_server.find()
    assert server is not None
    return WireClient(server.url, server.key)


def newest_sweep(entity: str = "local") -> SweepInfo:
    """The sweep that the test ran."""
    client = wire()
    sweep_id = client.latest_sweep(entity, "small")
    return client.sweep(SweepRef(entity, "small", sweep_id))


def until(condition: Callable[[], object], what: str, timeout_s: float = 60) -> None:
    """Wait for something with a deadline."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)


def processes_of(root: Path) -> list[str]:
    """The command lines of the processes that run in a project's folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == root:
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def set_entity(project: Path, entity: str) -> None:
    """Let the project's settings name an entity."""
    settings = project / "small" / "settings.py"
    settings.write_text(settings.read_text().replace("ENTITY = None", f'ENTITY = "{entity}"'))
