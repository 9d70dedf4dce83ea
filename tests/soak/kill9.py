"""Kills the server of running sweeps and judges what it has kept.

`python tests/soak/kill9.py 100` kills 100 times, at random moments and right before an answer, in
sweeps of four agents whose trials use wandb itself. `--without offsets` and `--without deliveries`
take out what makes repeats harmless: then the sweeps have to be red. One of each, with agents that
speak the protocol themselves, ends a run in which nothing is taken out.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.durability.kills import Outcome, run_sweep

WITHOUT = ("offsets", "deliveries")


def green_without() -> list[str]:
    """What can be taken out of the server, and the judge does not see it."""
    green = []
    for without in WITHOUT:
        with TemporaryDirectory(prefix="wandb-flyte-kill9-") as folder:
            outcome = run_sweep(Path(folder), 2, trials=120, kills=8, real=False, without=without)
        print(f"without {without}: {len(outcome.problems)} problems", flush=True)
        green += [] if outcome.problems else [without]
    return green


def main() -> int:
    """Runs sweeps until the server has been killed often enough; 1 when one is red."""
    parser = argparse.ArgumentParser()
    parser.add_argument("number", nargs="?", type=int, default=100, help="so many kills")
    parser.add_argument("start", nargs="?", type=int, default=0, help="the first seed")
    parser.add_argument("--trials", type=int, default=60, help="each sweep's budget")
    parser.add_argument("--played", action="store_true", help="agents without wandb: much faster")
    parser.add_argument("--without", choices=WITHOUT, default="")
    options = parser.parse_args()
    outcomes: list[Outcome] = []
    while (left := options.number - sum(outcome.kills for outcome in outcomes)) > 0:
        seed = options.start + len(outcomes)
        started = time.monotonic()
        with TemporaryDirectory(prefix="wandb-flyte-kill9-") as folder:
            outcome = run_sweep(
                Path(folder),
                seed,
                trials=options.trials,
                kills=left,
                real=not options.played,
                without=options.without,
            )
        outcomes.append(outcome)
        print(
            f"seed {seed}: {outcome.kills} kills ({outcome.unheard} before an answer),"
            f" {outcome.trials} trials, {outcome.rows} rows,"
            f" {len(outcome.problems)} problems ({time.monotonic() - started:.0f} s)",
            flush=True,
        )
        for problem in outcome.problems[:20]:
            print(f"  {problem}", flush=True)
    unseen = [] if options.without else green_without()
    for what in unseen:
        print(f"BROKEN: no problem without {what}")
    red = sum(bool(outcome.problems) for outcome in outcomes)
    rows = sum(outcome.rows for outcome in outcomes)
    kills = sum(outcome.kills for outcome in outcomes)
    print(f"{kills} kills, {len(outcomes)} sweeps, {rows} rows acknowledged, {red} sweeps red")
    return int(red == 0 if options.without else red > 0 or bool(unseen))


if __name__ == "__main__":
    sys.exit(main())
