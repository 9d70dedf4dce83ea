"""Runs sweeps of 12 trials and 3 agents while the backend is away for a minute: killed, or frozen.

`python tests/soak/outages.py 4` does so four times, killed and frozen in turns. It costs nothing
but the wait: every trial finishes, under its own run, with each of its rows once.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.pods.seeds import run_seed


def main() -> int:
    """Runs, judges, prints; 1 when a sweep is red."""
    parser = argparse.ArgumentParser()
    parser.add_argument("number", nargs="?", type=int, default=4, help="how many seeds")
    parser.add_argument("start", nargs="?", type=int, default=0, help="the first seed")
    parser.add_argument("--seconds", type=float, default=60.0, help="so long it is away")
    options = parser.parse_args()
    red = 0
    for seed in range(options.start, options.start + options.number):
        started = time.monotonic()
        with TemporaryDirectory(prefix="wandb-flyte-outage-") as folder:
            verdict = run_seed(seed, Path(folder), outage_s=options.seconds)
        (what,) = {fault["kind"] for fault in verdict.faults} or {"nothing happened"}
        state = "red" if verdict.problems else "green"
        print(f"seed {seed}: {what}, {state} ({time.monotonic() - started:.0f} s)", flush=True)
        for problem in verdict.problems:
            print(f"  {problem}", flush=True)
        red += bool(verdict.problems)
    print(f"{options.number} sweeps, the backend away for {options.seconds:g} s, {red} red")
    return int(red > 0)


if __name__ == "__main__":
    sys.exit(main())
