"""The command line: one command a file, each imported when it is used."""

from __future__ import annotations

import atexit
import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    from wandb_flyte.cli._app import invoke

    # Most commands live for less than a second, and a seventh of it would go into looking for
    # garbage: all along, and once more at the end, when everything goes anyway.
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)
    sys.exit(invoke(sys.argv[1:]))
