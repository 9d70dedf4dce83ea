"""Replays many random histories by wandb-flyte and by plain copier, and counts what each lost.

`python tests/soak/histories.py 200` takes a few minutes. It exits with 1 when wandb-flyte
lost a line.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.generate.histories import lost, make_history, update_with_copier


def main() -> int:
    """Replays, counts, prints."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    ours, theirs, conflicts = [], [], 0
    for role in ("AUTHOR", "COMMITTER"):
        os.environ[f"GIT_{role}_NAME"], os.environ[f"GIT_{role}_EMAIL"] = "Ada", "ada@example.org"
    for seed in range(number):
        with TemporaryDirectory() as folder:
            os.environ["HOME"] = folder
            history = make_history(seed, Path(folder))
            if lost(history, update_with_copier(history)):
                theirs.append(seed)
            conflicts += bool(history.shop.update(history.project).plan.conflicts)
            if lost(history, history.project):
                ours.append(seed)
    print(f"{number} histories, {conflicts} of them with conflicts")
    print(f"wandb-flyte update lost lines of the user's in {len(ours)}: {ours}")
    print(f"copier update lost lines of the user's in {len(theirs)}: {theirs}")
    return 1 if ours else 0


if __name__ == "__main__":
    sys.exit(main())
