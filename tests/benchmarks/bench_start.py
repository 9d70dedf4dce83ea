"""What starting costs: `wandb-flyte --help`, and `import wandb_flyte` on top of `import flyte`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

PAIRS = 15
HELP_LIMIT_MS = 150.0
IMPORT_LIMIT_MS = 30.0
COMMAND = str(Path(sys.executable).with_name("wandb-flyte"))
RUNTIME_NAMES = "from wandb_flyte import run_agent, wandb_init, wandb_sweep, wandb_config"


def wall_ms(command: list[str]) -> float:
    """Wall-clock milliseconds of one whole process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (time.perf_counter() - start) * 1000


def main() -> int:
    """Print the figures; 1 when one is over its limit."""
    python = [sys.executable, "-c"]
    help_ms, flyte_ms, both_ms, empty_ms = [], [], [], []
    for _ in range(PAIRS):
        help_ms.append(wall_ms([COMMAND, "--help"]))
        empty_ms.append(wall_ms([*python, "pass"]))
        flyte_ms.append(wall_ms([*python, "import flyte"]))
        both_ms.append(wall_ms([*python, f"import flyte; {RUNTIME_NAMES}"]))
    help_median = statistics.median(help_ms)
    added = statistics.median(b - f for b, f in zip(both_ms, flyte_ms, strict=True))
    print(f"wandb-flyte --help: {help_median:.0f} ms (limit {HELP_LIMIT_MS:.0f})")
    print(f"an empty Python: {statistics.median(empty_ms):.0f} ms")
    print(
        f"the runtime on top of import flyte ({statistics.median(flyte_ms):.0f} ms): "
        f"{added:.0f} ms (limit {IMPORT_LIMIT_MS:.0f})"
    )
    return int(help_median > HELP_LIMIT_MS or added > IMPORT_LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
