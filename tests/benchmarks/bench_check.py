"""What `wandb-flyte check` takes on a script of a thousand lines, and that it loads no wandb.

The time of the whole process; the first run, which compiles what is new, is not counted. The
script as it is, and with all of its code under `if __name__ == "__main__":`.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

RUNS = 9
# An installed package has its bytecode; where Python may not write any, each run would compile all.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
LIMIT_MS = 300.0
COMMAND = str(Path(sys.executable).with_name("wandb-flyte"))
SWEEP = """\
method: random
run_cap: 4
program: train.py
metric: {name: loss}
parameters:
  lr: {min: 0.1, max: 1.0}
  depth: {values: [1, 2]}
"""
HEAD = """\
import argparse
import wandb
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--depth", type=int)
args = parser.parse_args()
run = wandb.init(config=args)
"""
STEP = """
def step_{n}(config, scale, offset=0):
    total = 0
    for index in range(10):
        value = config.lr * config["depth"] + offset
        if value > scale:
            total += value * index
    return {{"loss": total, "step_{n}/size": scale}}
run.log(step_{n}(run.config, {n}))
"""


def run_check(folder: Path) -> None:
    """One whole process."""
    command = [COMMAND, "check"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=ENVIRONMENT)


def cpu_ms() -> float:
    """The CPU time of all processes that were waited for so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def measure(source: str) -> bool:
    """Print the figures of one script; whether it takes too long or loads wandb."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sweep.yaml").write_text(SWEEP)
        (folder / "train.py").write_text(source)
        run_check(folder)
        took, used = [], []
        for _ in range(RUNS):
            start, before = time.perf_counter(), cpu_ms()
            run_check(folder)
            took.append((time.perf_counter() - start) * 1000)
            used.append(cpu_ms() - before)
        code = "import sys; from wandb_flyte.cli._app import invoke; invoke(['check'])"
        loaded = subprocess.run(
            [sys.executable, "-c", f"{code}; print('wandb' in sys.modules)"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()[-1]
    median = statistics.median(took)
    lines = source.count("\n")
    print(
        f"check of {lines} lines: {median:.0f} ms (limit {LIMIT_MS:.0f}), "
        f"{statistics.median(used):.0f} ms of CPU; wandb loaded: {loaded}"
    )
    return median > LIMIT_MS or loaded != "False"


def main() -> int:
    """Measure both scripts; 1 when one takes too long or loads wandb."""
    source = HEAD + "".join(STEP.format(n=n) for n in range(111))
    guarded = f'if __name__ == "__main__":\n{textwrap.indent(source, "    ")}'
    return int(any([measure(source), measure(guarded)]))


if __name__ == "__main__":
    sys.exit(main())
