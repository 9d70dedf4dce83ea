"""The command line: one command a file, each imported when it is used."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    from wandb_flyte.cli._app import invoke

    sys.exit(invoke(sys.argv[1:]))
