"""Runs many sweeps of 12 trials and 3 agents, breaks something in each, and judges what is left.

`python tests/soak/faults.py 200` takes hours on two cores. It prints the table that docs/faults.md
has, and exits with 1 when something is not as promised there. `--without-ledger` takes what keeps
the budget out of the agents' processes: then at least half of the sweeps have to be red.

`--results FILE` notes each sweep as soon as it is over, and leaves out those that are noted
already: a run that was broken off goes on where it was, and a part of the seeds (`50 100` is 100 to
149) may run elsewhere. `--table FILE...` judges and prints what is noted, and runs nothing.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.pods.faults import KINDS, LEAST
from tests.pods.seeds import end_all, run_seed

# Each kind of fault lands inside a trial so often in so many sweeps.
_PER_KIND, _OUT_OF = 30, 200
_writing = threading.Lock()


@dataclass(frozen=True)
class Noted:
    """What is kept of one sweep.

    Attributes:
        seed: Its seed.
        ledger: Whether its agents had what keeps the budget.
        problems: What the judge found.
        landed: The kinds of the faults that landed inside a trial, one for each fault.
        elsewhere: The kinds of those that did not.
    """

    seed: int
    ledger: bool
    problems: list[str]
    landed: list[str]
    elsewhere: list[str]


def table(sweeps: Sequence[Noted]) -> Iterator[str]:
    """The Markdown table of docs/faults.md."""
    yield "| fault | landed inside a trial | elsewhere | sweeps with it | red ones |"
    yield "| --- | --- | --- | --- | --- |"
    for kind in KINDS:
        landed = sum(sweep.landed.count(kind) for sweep in sweeps)
        elsewhere = sum(sweep.elsewhere.count(kind) for sweep in sweeps)
        hit = [sweep for sweep in sweeps if kind in sweep.landed]
        red = sum(bool(sweep.problems) for sweep in hit)
        yield f"| {kind} | {landed} | {elsewhere} | {len(hit)} | {red} |"
    red = sum(bool(sweep.problems) for sweep in sweeps)
    fewest = min(len(sweep.landed) for sweep in sweeps)
    landed = sum(len(sweep.landed) for sweep in sweeps)
    yield ""
    yield (
        f"{len(sweeps)} sweeps, {landed} faults inside a trial, at least {fewest} in each, "
        f"{red} sweeps red."
    )


def broken_promises(sweeps: Sequence[Noted]) -> Iterator[str]:
    """What is not as docs/faults.md says."""
    red = [sweep for sweep in sweeps if sweep.problems]
    if not all(sweep.ledger for sweep in sweeps):
        if len(red) * 2 < len(sweeps):
            yield f"only {len(red)} of {len(sweeps)} sweeps are red without the ledger"
        return
    yield from (f"seed {sweep.seed} is red: {sweep.problems[0]}" for sweep in red)
    for sweep in sweeps:
        if len(sweep.landed) < LEAST:
            yield f"only {len(sweep.landed)} faults landed inside a trial of seed {sweep.seed}"
    if len(sweeps) < _OUT_OF:
        return  # Too few to tell.
    for kind in KINDS:
        landed = sum(sweep.landed.count(kind) for sweep in sweeps)
        if landed * _OUT_OF < _PER_KIND * len(sweeps):
            yield f"`{kind}` landed {landed} times in {len(sweeps)} sweeps"


def report(sweeps: Sequence[Noted]) -> int:
    """Prints both tables; 1 when a promise is broken."""
    broken: list[str] = []
    for ledger in (False, True):
        part = sorted((s for s in sweeps if s.ledger is ledger), key=lambda sweep: sweep.seed)
        if part:
            print("" if ledger else "Without the ledger:", *table(part), sep="\n", flush=True)
            broken += broken_promises(part)
    print(*(f"BROKEN: {promise}" for promise in broken), sep="\n")
    return int(bool(broken))


def noted_in(file: Path) -> list[Noted]:
    """The sweeps that a file has; a last line that was cut off is none."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
    return [Noted(**json.loads(line)) for line in lines if line.endswith("\n")]


def run_one(seed: int, *, ledger: bool, results: Path | None) -> Noted:
    """Runs a sweep, judges it, and notes it."""
    started = time.monotonic()
    with TemporaryDirectory(prefix="wandb-flyte-soak-") as folder:
        verdict = run_seed(seed, Path(folder), without_ledger=not ledger)
    inside, outside = (
        [fault["kind"] for fault in verdict.faults if bool(fault["trials"]) is landed]
        for landed in (True, False)
    )
    noted = Noted(seed, ledger, verdict.problems, inside, outside)
    with _writing:
        state = "red" if noted.problems else "green"
        print(f"seed {seed}: {state} ({time.monotonic() - started:.0f} s)", flush=True)
        for problem in noted.problems:
            print(f"  {problem}", flush=True)
        if results:
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(noted)) + "\n")
    return noted


def _end_all(*_: object) -> None:
    end_all()
    raise KeyboardInterrupt


def main() -> int:
    """Runs, judges, prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("number", nargs="?", type=int, default=200, help="how many seeds")
    parser.add_argument("start", nargs="?", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2, help="so many sweeps at once")
    parser.add_argument("--without-ledger", action="store_true")
    parser.add_argument("--results", type=Path, help="where each sweep is noted")
    parser.add_argument("--table", type=Path, nargs="+", help="files of results to judge")
    options = parser.parse_args()
    if options.table:
        return report([sweep for file in options.table for sweep in noted_in(file)])
    signal.signal(signal.SIGTERM, _end_all)
    ledger = not options.without_ledger
    wanted = range(options.start, options.start + options.number)
    before = noted_in(options.results) if options.results else []
    done = [sweep for sweep in before if sweep.ledger is ledger and sweep.seed in wanted]
    left = [seed for seed in wanted if seed not in {sweep.seed for sweep in done}]
    with ThreadPoolExecutor(options.jobs) as threads:
        runs = [
            threads.submit(run_one, seed, ledger=ledger, results=options.results) for seed in left
        ]
        try:
            done += [run.result() for run in runs]
        except KeyboardInterrupt:
            threads.shutdown(cancel_futures=True)
            raise
    return report(done)


if __name__ == "__main__":
    sys.exit(main())
