"""Replays random histories of templates and edits, by wandb-flyte and by plain copier.

`python tests/soak/histories.py 200 0`. It exits with 1 when an update lost a line, made a conflict
of hunks that lie two lines apart, or came to other files in one jump than step by step.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.generate.histories import replay

DEFAULTS = ("200", "0")


def main() -> int:
    """Replays, counts, prints."""
    count, start = (int(text) for text in [*sys.argv[1:], *DEFAULTS[len(sys.argv) - 1 :]])
    for role in ("AUTHOR", "COMMITTER"):
        os.environ[f"GIT_{role}_NAME"], os.environ[f"GIT_{role}_EMAIL"] = "Ada", "ada@example.org"
    wrong, conflicts = [], 0
    copier: dict[str, list[int]] = {"lost lines": [], "failed": [], "kept all": []}
    for seed in range(start, start + count):
        with TemporaryDirectory() as folder:
            os.environ["HOME"] = folder
            replayed = replay(seed, Path(folder))
        for line in replayed.wrong:
            print(f"seed {seed}: {line}")
        wrong += [seed] if replayed.wrong else []
        copier[replayed.copier].append(seed)
        conflicts += replayed.conflicts
    for what in ("lost lines", "failed"):
        print(f"plain copier {what} in {len(copier[what])}: {copier[what]}")
    print(f"{count} histories, {conflicts} with conflicts, {len(wrong)} not as promised: {wrong}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
