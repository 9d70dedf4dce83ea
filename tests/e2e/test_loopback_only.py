"""A run on the local backend talks to nothing beyond this machine."""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# Loaded by every Python process that the run starts, the server's and the workers' included.
AUDIT = """
import json, os, sys

def record(event, args):
    if event == "socket.connect":
        place = args[1]
    elif event == "socket.getaddrinfo":
        place = args[0]
    else:
        return
    host = place[0] if isinstance(place, tuple) else place
    host = host.decode() if isinstance(host, bytes) else host
    line = json.dumps({"event": event, "host": host, "program": sys.argv[:3]}) + "\\n"
    file = os.open(os.environ["AUDIT_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, line.encode())
    os.close(file)

sys.addaudithook(record)
"""

WORKFLOW = """
import flyte
from wandb_flyte import (
    AgentResult, finish_sweep, run_agent, SweepResult, wandb_config, wandb_sweep,
    wandb_sweep_config,
)

env = flyte.TaskEnvironment(name="loopback")
DEFAULTS = {
    **wandb_config(project="loopback"),
    **wandb_sweep_config(
        method="random",
        metric={"name": "loss", "goal": "minimize"},
        parameters={"x": {"min": 0.0, "max": 1.0}},
    ),
}


def objective(x: float) -> float:
    return x


@wandb_sweep(defaults=DEFAULTS)
@env.task
async def sweep(total_trials: int = 2, internal_error: bool = False) -> SweepResult:
    agents = [await run_agent(objective)]
    if internal_error:
        raise flyte.errors.RuntimeSystemError("Broken", "an internal error of Flyte")
    return await finish_sweep(agents)
"""


def hosts_contacted(log: Path) -> set[str]:
    """Hosts that any process of the run connected to or looked up; Unix sockets are left out."""
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert events, "the audit hook recorded nothing at all"
    return {event["host"] for event in events if not str(event["host"]).startswith("/")}


def is_loopback(host: str | None) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.mark.parametrize("internal_error", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_local_run_contacts_loopback_only(tmp_path: Path, internal_error: bool) -> None:
    """With no key and no settings, nothing beyond 127.0.0.1 is connected to or looked up."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(AUDIT)
    (tmp_path / "workflow.py").write_text(WORKFLOW)
    log = tmp_path / "audit.jsonl"
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("WANDB", "FLYTE", "PYTEST", "DO_NOT_TRACK"))
    }
    environment = {
        **clean,
        "HOME": str(tmp_path / "home"),
        "AUDIT_LOG": str(log),
        "PYTHONPATH": str(tmp_path / "site"),
    }
    (tmp_path / "home").mkdir()
    flyte = str(Path(sys.executable).with_name("flyte"))
    command = [flyte, "run", "--local", "workflow.py", "sweep"]
    if internal_error:
        command.append("--internal_error")
    try:
        run = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=180
        )
    finally:
        wandb_flyte = str(Path(sys.executable).with_name("wandb-flyte"))
        subprocess.run([wandb_flyte, "local", "stop"], env=environment, capture_output=True)

    assert (run.returncode != 0) == internal_error, run.stdout + run.stderr
    beyond = {host for host in hosts_contacted(log) if not is_loopback(host)}
    assert beyond == set()
