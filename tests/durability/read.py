"""Prints as JSON what `wandb.Api()` has of a project: each run's state and marked rows."""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Read and print."""
    import wandb

    states, tokens = {}, {}
    for run in wandb.Api().runs(sys.argv[1]):
        states[run.id] = run.state
        tokens[run.id] = [row["token"] for row in run.scan_history(keys=["token"])]
    print(json.dumps({"states": states, "tokens": tokens}))


if __name__ == "__main__":
    main()
