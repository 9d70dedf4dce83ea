"""`make bench`: every benchmark in this folder, each measured beside what it is compared with.

A benchmark is a script `bench_*.py` that prints its figures, and exits with 1 when one is over
its limit.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run every benchmark; 1 when any is over its limit."""
    over = []
    for script in sorted(Path(__file__).parent.glob("bench_*.py")):
        print(f"== {script.stem.removeprefix('bench_')}", flush=True)
        if subprocess.run([sys.executable, str(script), *sys.argv[1:]], check=False).returncode:
            over.append(script.stem)
    if over:
        print(f"over the limit: {', '.join(over)}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
