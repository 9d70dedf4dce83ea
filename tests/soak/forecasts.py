"""Runs real sweeps of sleeping objectives, and counts how many took as long as was forecast.

`python tests/soak/forecasts.py 20` takes some minutes. Each seed draws how long its trials take,
log-normal, and how many trials and agents its sweep has; the forecast is from a sweep of four
trials before it. Exits with 1 when fewer than 17 of 20 are within their range of 90 %.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

LEAST = 0.85
OBJECTIVE = """
import random
import time


def objective(x: float, mean: float, spread: float) -> float:
    seconds = random.Random(x).lognormvariate(mean, spread)
    time.sleep(seconds)
    return seconds
"""
SWEEP = """
method: random
seed: {seed}
metric: {{name: loss, goal: minimize}}
parameters:
  x: {{min: 0.0, max: 1.0}}
  mean: {{value: {mean}}}
  spread: {{value: {spread}}}
"""
PROGRAM = str(Path(sys.executable).with_name("wandb-flyte"))


def call(folder: Path, *words: str) -> str:
    """What the program printed."""
    done = subprocess.run(
        [PROGRAM, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


def wall_s(folder: Path, trials: int, agents: int, seed: int) -> float:
    """Seconds from the first trial's start to the last one's end, by the backend's clock."""
    sweep = (folder / "sweep.yaml").read_text()
    (folder / "sweep.yaml").write_text(sweep.replace("seed: ", f"seed: {seed + 1}0"))
    report = json.loads(
        call(folder, "run", "--trials", str(trials), "--agents", str(agents), "--json")
    )
    (folder / "sweep.yaml").write_text(sweep)
    server = json.loads(call(folder, "local", "status", "--json"))
    key = (Path(os.environ["WANDB_FLYTE_HOME"]) / "local/key").read_text().strip()
    script = (
        "import sys, wandb; from datetime import datetime as d\n"
        f"runs = wandb.Api().sweep({report['sweep']['path']!r}).runs\n"
        "at = lambda run: d.fromisoformat(run.created_at.replace('Z', '+00:00')).timestamp()\n"
        "ends = [run.summary['_timestamp'] for run in runs]\n"
        "print(max(ends) - min(at(run) for run in runs))"
    )
    env = {**os.environ, "WANDB_BASE_URL": server["url"], "WANDB_API_KEY": key}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def main(count: int = 20, start: int = 0) -> int:
    """Runs as many sweeps as asked for; 1 when too few were forecast."""
    inside = 0
    with TemporaryDirectory() as folder:
        root = Path(folder)
        os.environ |= {
            "HOME": folder,
            "WANDB_FLYTE_HOME": f"{folder}/.wandb-flyte",
            "WANDB_FLYTE_BACKEND": "local",
        }
        (root / "train.py").write_text(OBJECTIVE)
        try:
            for seed in range(start, start + count):
                inside += forecast_holds(root, seed)
        finally:
            call(root, "local", "stop")
    print(f"{inside} of {count} sweeps took as long as was forecast")
    return int(inside < LEAST * count)


def forecast_holds(root: Path, seed: int) -> bool:
    """Whether one sweep's wall time is in the range of its forecast."""
    rng = random.Random(seed)
    mean, spread = rng.uniform(-0.5, 0.7), rng.uniform(0.2, 0.7)
    (root / "sweep.yaml").write_text(SWEEP.format(seed=seed, mean=mean, spread=spread))
    name = f"seed{seed}"
    new = ["--objective", "train.py:objective", "--spec", "sweep.yaml", "--trials", "4"]
    call(root, "new", name, *new, "--defaults")
    project = root / name
    call(project, "run", "--trials", "4", "--agents", "2")
    trials, agents = rng.randint(6, 12), rng.randint(2, 3)
    words = ["--trials", str(trials), "--agents", str(agents), "--json"]
    told = json.loads(call(project, "plan", *words))["wall_s"]
    begun = time.monotonic()
    took = wall_s(project, trials, agents, seed)
    holds = bool(told["low"] <= took <= told["high"])
    print(
        f"seed {seed}: {trials} trials, {agents} agents: {took:.1f} s, "
        f"forecast {told['low']:.1f} to {told['high']:.1f} s, {'in' if holds else 'OUT'} "
        f"({time.monotonic() - begun:.0f} s)",
        flush=True,
    )
    return holds


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
