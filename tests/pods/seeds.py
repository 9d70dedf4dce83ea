"""One seeded sweep under faults, run and judged in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .case import end_case
from .faults import LEAST

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


def run_seed(
    seed: int, folder: Path, *, without_ledger: bool = False, outage_s: float = 0.0
) -> Verdict:
    """Runs and judges one sweep, each in processes of its own.

    Args:
        seed: Its seed.
        folder: An empty folder.
        without_ledger: Whether agents run without what keeps the budget.
        outage_s: Have the backend away for so long, instead of other faults.
    """
    case = [sys.executable, "-m", "tests.pods.case", str(seed), str(folder)]
    case += ["--without-ledger"] if without_ledger else []
    case += ["--outage-s", str(outage_s)]
    judge = [sys.executable, str(ROOT / "tests/pods/judge.py"), str(folder)]
    try:
        code, _, stderr = _run(case)
        if code:
            return Verdict(seed, [f"the case itself failed: {stderr[-2000:]}"], [])
        code, found, stderr = _run(judge)
        if code and not found.strip():
            print(f"seed {seed}: the judge came to no verdict and is asked again:", flush=True)
            print(stderr, flush=True)
            code, found, stderr = _run(judge)
    finally:
        end_case(folder)
    problems = (found.split("\n") if found.strip() else [stderr]) if code else []
    log = folder / "faults.jsonl"
    faults = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    inside = sum(bool(fault["trials"]) for fault in faults)
    if inside < (1 if outage_s else LEAST):
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


def end_all() -> None:
    """Ends what is under way, in order."""
    for process in list(_running):
        process.terminate()
