"""The whole way: an objective and a sweep config become a project whose sweep runs in parallel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.local_server import LocalServer

OBJECTIVE = """
import os
import time

import wandb


def objective(x: float, seconds: float = 3.0) -> float:
    wandb.log({"process": os.getpid(), "clock": time.time()})
    time.sleep(seconds)
    wandb.log({"process": os.getpid(), "clock": time.time()})
    return x * x
"""

SWEEP = """
method: random
metric: {name: loss, goal: minimize}
parameters:
  x: {min: 0.0, max: 1.0}
"""

COMMANDS = {
    "wandb-flyte run": ["wandb-flyte", "run", "--backend", "local"],
    "python -m": ["python", "-m", "myproject"],
    "flyte run --local": [
        "flyte",
        "run",
        "--local",
        "myproject/workflow.py",
        "run_parallel_sweep",
    ],
}


def run(command: list[str], folder: Path) -> str:
    """Run a program of the test's own Python environment; give what it printed."""
    program = str(Path(sys.executable).with_name(command[0]))
    done = subprocess.run(
        [program, *command[1:]], cwd=folder, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A running local backend, in a home without any account."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("WANDB_") or name == "NETRC"]:
            patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("WANDB_FLYTE_HOME", str(home / ".wandb-flyte"))
        yield local_server.start()
        local_server.stop()


@pytest.fixture(scope="module")
def project(server: LocalServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of an objective and a sweep config."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "train.py").write_text(OBJECTIVE)
    (folder / "sweep.yaml").write_text(SWEEP)
    new = ["wandb-flyte", "new", "myproject", "--objective", "train.py:objective"]
    run([*new, "--spec", "sweep.yaml", "--trials", "4", "--agents", "2"], folder)
    return folder / "myproject"


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The sweeps that were looked at."""
    return set()


@pytest.mark.parametrize(
    "way",
    [pytest.param(one, marks=[pytest.mark.long] * (one == "python -m")) for one in COMMANDS],
)
def test_from_objective_to_parallel_sweep(
    way: str, project: Path, server: LocalServer, seen: set[str]
) -> None:
    """Four trials by two agents run at the same time, in two processes, however it is started."""
    run(COMMANDS[way], project)

    sweeps = read_back(server)
    (sweep,) = sweeps.keys() - seen
    seen.add(sweep)
    trials = sweeps[sweep]
    assert len(trials) == 4
    assert len({process for process, _, _ in trials}) == 2
    overlaps = [
        min(end, other_end) - max(start, other_start)
        for (_, start, end), (_, other_start, other_end) in combinations(trials, 2)
    ]
    assert max(overlaps) >= 1.0


def read_back(server: LocalServer) -> dict[str, list[tuple[int, float, float]]]:
    """Each sweep's trials: process, first and last moment, as `wandb.Api()` gives them."""
    script = """
import json, wandb
api = wandb.Api()
sweeps = {}
for run in api.runs("local/myproject"):
    if run.state == "finished" and run.sweep:
        first, last, *_ = run.scan_history()
        told = [first["process"], first["clock"], last["clock"]]
        sweeps.setdefault(run.sweep.id, []).append(told)
print(json.dumps(sweeps))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "WANDB_BASE_URL": server.url, "WANDB_API_KEY": server.key},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    sweeps = json.loads(done.stdout.splitlines()[-1])
    return {sweep: [tuple(row) for row in rows] for sweep, rows in sweeps.items()}
