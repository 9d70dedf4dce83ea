"""Two commands measured in turn, so that whatever slows the machine down slows both."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PAIRS = 15


@dataclass(frozen=True)
class Command:
    """A command to measure.

    Attributes:
        name: What the figures call it.
        words: The command line.
        folder: Where it runs.
        env: Its environment.
        prepare: What is done before every run, unmeasured.
    """

    name: str
    words: Callable[[int], Sequence[str]]
    folder: Path
    env: Mapping[str, str]
    prepare: Callable[[], None] = field(default=lambda: None)

    def wall_s(self, index: int) -> float:
        """Wall-clock seconds of one whole process."""
        self.prepare()
        start = time.perf_counter()
        subprocess.run(
            self.words(index), cwd=self.folder, env=self.env, check=True, capture_output=True
        )
        return time.perf_counter() - start


def environment(home: Path) -> dict[str, str]:
    """An environment with a home of its own, and a git that knows who commits."""
    who = {
        f"GIT_{role}_{what}": "bench@localhost"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return {**os.environ, **who, "HOME": str(home)}


def compare(ours: Command, theirs: Command, limit: float) -> int:
    """Prints the median of the ratios; 1 when it is over the limit."""
    mine, other = [], []
    for index in range(PAIRS + 1):
        pair = ours.wall_s(index), theirs.wall_s(index)
        if index:  # The first pair fills the caches of both.
            mine.append(pair[0])
            other.append(pair[1])
    ratio = statistics.median(a / b for a, b in zip(mine, other, strict=True))
    print(f"{ours.name}: {statistics.median(mine) * 1000:.0f} ms")
    print(f"{theirs.name}: {statistics.median(other) * 1000:.0f} ms")
    print(f"ratio: {ratio:.2f} (limit {limit})")
    return int(ratio > limit)
