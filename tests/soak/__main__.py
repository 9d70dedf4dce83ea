"""`make soak`: every long random test in this folder, one after the other, with a table at the end.

`python tests/soak [COUNT [START]]` gives each script as many seeds, from the first one on. A soak
is a script `COUNT START`, with a count of its own when none is given. The last line that it prints
says what came out, and it exits with 1 when something was not as promised.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    """Runs every soak; 1 when any found something."""
    rows, failed = [], False
    for script in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        print(f"== {script.stem}", flush=True)
        start, last = time.monotonic(), ""
        command = [sys.executable, "-u", str(script), *sys.argv[1:]]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                last = line.strip() or last
        failed |= process.returncode != 0
        outcome = "failed" if process.returncode else "ok"
        rows.append((script.stem, outcome, f"{time.monotonic() - start:.0f} s", last))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print()
    for *cells, last in rows:
        print("  ".join([*map(str.ljust, cells, widths), last]))
    return int(failed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
