"""Runs many sweeps of 12 trials and 3 agents, breaks something in each, and judges what is left.

`python tests/soak/faults.py 200` takes an hour on two cores. It prints the table that
docs/faults.md has, and exits with 1 when a sweep is red. `--without-ledger` takes what keeps the
budget out of the agents' processes: then most sweeps have to be red.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.pods.case import end_case
from tests.pods.faults import KINDS, LEAST

ROOT = Path(__file__).resolve().parents[2]
_LIMIT_S = 400
_running: set[subprocess.Popen[str]] = set()


@dataclass(frozen=True)
class Verdict:
    """How one sweep came out.

    Attributes:
        seed: Its seed.
        problems: What the judge found.
        faults: The faults that were made.
        log: What its pods printed.
    """

    seed: int
    problems: list[str]
    faults: list[dict[str, Any]]
    log: str = ""


def run_seed(seed: int, folder: Path, *, without_ledger: bool = False) -> Verdict:
    """Runs and judges one sweep, each in processes of its own.

    Args:
        seed: Its seed.
        folder: An empty folder.
        without_ledger: Whether agents run without what keeps the budget.
    """
    case = [sys.executable, "-m", "tests.pods.case", str(seed), str(folder)]
    case += ["--without-ledger"] if without_ledger else []
    judge = [sys.executable, str(ROOT / "tests/pods/judge.py"), str(folder)]
    try:
        code, _, stderr = _run(case)
        if code:
            return Verdict(seed, [f"the case itself failed: {stderr[-2000:]}"], [])
        code, found, stderr = _run(judge)
    finally:
        end_case(folder)
    problems = (found.split("\n") if found.strip() else [stderr]) if code else []
    log = folder / "faults.jsonl"
    faults = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    inside = sum(bool(fault["trials"]) for fault in faults)
    if inside < LEAST:
        problems.append(f"only {inside} faults landed inside a trial")
    said = (folder / "pods.log").read_text()
    return Verdict(seed, [problem for problem in problems if problem], faults, said)


def _run(command: list[str]) -> tuple[int, str, str]:
    """Exit code and outputs of a process that ends in order, and with all of its own, when late."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        _running.add(process)
        try:
            stdout, stderr = process.communicate(timeout=_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.terminate()
            stdout, stderr = process.communicate(timeout=_LIMIT_S)
            stderr += f"\nnot over after {_LIMIT_S} s"
        finally:
            _running.discard(process)
    return process.returncode, stdout, stderr


def _end_all(*_: object) -> None:
    for process in list(_running):
        process.terminate()
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
