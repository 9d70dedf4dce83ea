"""Replays random histories of templates and edits, by wandb-flyte and by plain copier.

`python tests/soak/histories.py 200 0`. It exits with 1 when an update lost a line, made a conflict
of hunks that lie two lines apart, or came to other files in one jump than step by step.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.generate.histories import Outcome, replay

DEFAULTS = ("200", "0")
OUTCOMES = get_args(Outcome)


def main() -> int:
    """Replays, counts, prints."""
    count, start = (int(text) for text in [*sys.argv[1:], *DEFAULTS[len(sys.argv) - 1 :]])
    for role in ("AUTHOR", "COMMITTER"):
        os.environ[f"GIT_{role}_NAME"], os.environ[f"GIT_{role}_EMAIL"] = "Ada", "ada@example.org"
    wrong, conflicts = [], 0
    seeds: dict[str, tuple[list[int], list[int]]] = {outcome: ([], []) for outcome in OUTCOMES}
    for seed in range(start, start + count):
        with TemporaryDirectory() as folder:
            os.environ["HOME"] = folder
            replayed = replay(seed, Path(folder))
        for line in replayed.wrong:
            print(f"seed {seed}: {line}")
        wrong += [seed] if replayed.wrong else []
        seeds[replayed.ours][0].append(seed)
        seeds[replayed.copier][1].append(seed)
        conflicts += replayed.conflicts
        print(f"seed {seed}: {replayed.ours}, plain copier: {replayed.copier}", flush=True)
    print(f"\n{'in one jump':18}{'wandb-flyte':>14}{'plain copier':>14}")
    for outcome, (ours, copier) in seeds.items():
        print(f"{outcome:18}{len(ours):14}{len(copier):14}")
    for outcome in ("lines lost", "failed"):
        print(f"plain copier, {outcome}: {seeds[outcome][1]}")
    print(f"{count} histories, {conflicts} with conflicts, {len(wrong)} not as promised: {wrong}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
