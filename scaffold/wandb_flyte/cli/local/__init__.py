"""`wandb-flyte local`: the local backend."""

from __future__ import annotations

import click

from wandb_flyte.cli._lazy import LazyGroup

COMMANDS = {
    "start": "Start the local backend, or show the one that runs.",
    "stop": "Stop the local backend; its data stays.",
    "status": "Say whether the local backend runs, and where.",
    "export": "Write everything that it keeps to one file.",
    "import": "Take in what `local export` wrote.",
    "gc": "Remove what need not be kept, after showing it.",
    "env": "Print export lines that point any W&B program at it.",
}


@click.group(cls=LazyGroup, package="wandb_flyte.cli.local", lazy=COMMANDS)
def command() -> None:
    """Start, stop and look at the local backend.

    It is one for each user, keeps its data in ~/.wandb-flyte/local, listens on this machine only,
    starts when a run needs it and stays up until it is stopped.
    """
