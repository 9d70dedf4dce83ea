"""One seeded run of a sweep of 12 trials and 3 agents, with faults."""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from wandb_flyte import wandb_config, wandb_sweep_config
from wandb_flyte.runtime.backend import local_server

from .cluster import HERE, Cluster
from .faults import Faults

TRIALS = 12
AGENTS = 3
PROJECT = "soak"
_LIMIT_S = 240.0


def run_case(
    seed: int, folder: Path, *, without_ledger: bool = False, outage_s: float = 0.0
) -> None:
    """Runs a case in an empty folder and leaves there what the judge reads.

    Args:
        seed: Decides the search, the trials' length and the faults.
        folder: The folder.
        without_ledger: Whether agents run with what keeps the budget taken out of their process.
        outage_s: Have the backend away for so long, instead of other faults.
    """
    chance = random.Random(seed)
    journal, faults = folder / "journal.jsonl", folder / "faults.jsonl"
    data = folder / "local"
    server = local_server.start(data)
    variables = {
        "SOAK_JOURNAL": str(journal),
        "SOAK_RETRIES": "0" if seed % 4 == 1 else "30",
        "SOAK_ROW_S": f"{chance.uniform(0.2, 0.4):.3f}",
    }
    entry = [sys.executable, str(HERE / "forgetful.py"), "a0"] if without_ledger else None
    told = {
        "database": str(data / "backend.sqlite3"),
        "url": server.url,
        "key": server.key,
        "entity": server.entity,
        "project": PROJECT,
        "trials": TRIALS,
        "journal": str(journal),
        "faults": str(faults),
    }
    try:
        with Cluster(folder / "cluster", data, "soak_project", variables, entry) as cluster:
            cluster.start(
                "run_parallel_sweep", _context(seed), total_trials=TRIALS, num_agents=AGENTS
            )
            deadline = time.monotonic() + _LIMIT_S + outage_s
            Faults(seed, cluster, data, journal, faults, TRIALS, outage_s).run(
                lambda: cluster.outcome() is not None or time.monotonic() > deadline
            )
            while cluster.outcome() is None and time.monotonic() < deadline:
                time.sleep(0.1)
            told |= {"outcome": cluster.outcome(), "attempts": cluster.attempts()}
        (folder / "pods.log").write_text(cluster.log())
        (folder / "case.json").write_text(json.dumps(told))
    except BaseException:
        local_server.stop(data)
        raise


def end_case(folder: Path) -> None:
    """Stops a case's backend."""
    local_server.stop(folder / "local")


def _context(seed: int) -> dict[str, str]:
    grid = {"method": "grid", "parameters": {"x": {"values": list(range(1, TRIALS + 1))}}}
    drawn = {"method": "random", "parameters": {"x": {"min": 0.0, "max": 1.0}}}
    metric = {"name": "loss", "goal": "minimize"}
    config = wandb_sweep_config(metric=metric, **(drawn if seed % 2 else grid))
    return {**wandb_config(project=PROJECT), **config}


def main(arguments: Sequence[str]) -> None:
    """`python -m tests.pods.case SEED FOLDER …`: leaves the backend up for the judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without-ledger", action="store_true")
    parser.add_argument("--outage-s", type=float, default=0.0)
    # So that the pods end with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    run_case(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
