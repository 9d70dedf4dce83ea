"""Runs many sweeps of 12 trials and 3 agents, breaks something in each, and judges what is left.

`python tests/soak/faults.py 200` takes an hour on two cores. It prints the table that
docs/faults.md has, and exits with 1 when a sweep is red. `--without-ledger` takes what keeps the
budget out of the agents' processes: then most sweeps have to be red.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.pods.faults import KINDS
from tests.pods.seeds import Verdict, end_all, run_seed


def _end_all(*_: object) -> None:
    end_all()
    raise KeyboardInterrupt


def table(verdicts: list[Verdict]) -> Iterator[str]:
    """The Markdown table of docs/faults.md."""
    made, inside = Counter[str](), Counter[str]()
    for verdict in verdicts:
        for fault in verdict.faults:
            made[fault["kind"]] += 1
            inside[fault["kind"]] += bool(fault["trials"])
    yield "| fault | made | inside a trial |"
    yield "| --- | --- | --- |"
    for kind in KINDS:
        yield f"| {kind} | {made[kind]} | {inside[kind]} |"
    red = sum(bool(verdict.problems) for verdict in verdicts)
    yield ""
    yield f"{len(verdicts)} sweeps, {sum(inside.values())} faults inside a trial, {red} sweeps red."


def main() -> int:
    """Runs, judges, prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("number", nargs="?", type=int, default=200, help="how many seeds")
    parser.add_argument("start", nargs="?", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2, help="so many sweeps at once")
    parser.add_argument("--without-ledger", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _end_all)

    def one(seed: int) -> Verdict:
        with TemporaryDirectory(prefix="wandb-flyte-soak-") as folder:
            started = time.monotonic()
            verdict = run_seed(seed, Path(folder), without_ledger=options.without_ledger)
            state = "red" if verdict.problems else "green"
            print(f"seed {seed}: {state} ({time.monotonic() - started:.0f} s)", flush=True)
            for problem in verdict.problems:
                print(f"  {problem}", flush=True)
            return verdict

    seeds = range(options.start, options.start + options.number)
    with ThreadPoolExecutor(options.jobs) as threads:
        verdicts = list(threads.map(one, seeds))
    print("\n".join(table(verdicts)))
    red = sum(bool(verdict.problems) for verdict in verdicts)
    if options.without_ledger:
        return int(red * 2 < len(verdicts))
    return int(red > 0)


if __name__ == "__main__":
    sys.exit(main())
