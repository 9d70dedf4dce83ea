"""Sends thousands of made-up requests to the server.

`python tests/soak/fuzz.py 10000` takes some minutes. It exits with 1 when an answer is an error
of the server's own, does not come in time, or when the server's memory grows with their number.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.durability.fuzzing import Fuzzed, fuzz

_MOST_GROWTH_MB = 20.0


def main() -> int:
    """Send, watch, print."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    started = time.monotonic()
    with TemporaryDirectory(prefix="wandb-flyte-fuzz-") as folder:
        fuzzed = Fuzzed(Path(folder))
        with fuzzed.running():
            fuzz(fuzzed, number, start)
    for status, count in sorted(fuzzed.answers.items()):
        print(f"HTTP {status}: {count}")
    # What the server loads once, it has loaded after a quarter.
    half = fuzzed.rss_mb[len(fuzzed.rss_mb) // 4 :] or [0.0]
    growth = half[-1] - half[0]
    print("resident MB, every 500 requests: " + " ".join(f"{mb:.0f}" for mb in fuzzed.rss_mb))
    print(
        f"{sum(fuzzed.answers.values())} requests in {time.monotonic() - started:.0f} s,"
        f" slowest {fuzzed.slowest_s:.2f} s, {growth:+.1f} MB over the last three quarters"
    )
    return int(growth > _MOST_GROWTH_MB)


if __name__ == "__main__":
    sys.exit(main())
