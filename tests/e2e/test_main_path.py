"""The whole way: an objective and a sweep config become a project whose sweep runs in parallel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from wandb_flyte.runtime.local_server import LocalServer

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


@pytest.mark.parametrize("way", COMMANDS)
def test_from_objective_to_parallel_sweep(
    way: str, tmp_path: Path, local_server: LocalServer
) -> None:
    """Four trials by two agents run at the same time, in two processes, however it is started."""
    (tmp_path / "train.py").write_text(OBJECTIVE)
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    new = ["wandb-flyte", "new", "myproject", "--objective", "train.py:objective"]
    run([*new, "--spec", "sweep.yaml", "--trials", "4", "--agents", "2"], tmp_path)

    run(COMMANDS[way], tmp_path / "myproject")

    trials = read_back(local_server)
    assert len(trials) == 4
    assert len({process for process, _, _ in trials}) == 2
    overlaps = [
        min(end, other_end) - max(start, other_start)
        for (_, start, end), (_, other_start, other_end) in combinations(trials, 2)
    ]
    assert max(overlaps) >= 1.0


def read_back(server: LocalServer) -> list[tuple[int, float, float]]:
    """The process and the first and last moment of every trial, as `wandb.Api()` gives them."""
    script = """
import json, wandb
api = wandb.Api()
runs = api.runs("local/myproject")
rows = [list(run.scan_history()) for run in runs if run.state == "finished" and run.sweep]
print(json.dumps([[r[0]["process"], r[0]["clock"], r[1]["clock"]] for r in rows]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "WANDB_BASE_URL": server.url, "WANDB_API_KEY": server.key},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(row) for row in json.loads(done.stdout.splitlines()[-1])]
