"""`wandb-flyte kit`: a team's own layer over the base template."""

from __future__ import annotations

import click

from wandb_flyte.cli._lazy import LazyGroup

COMMANDS = {
    "new": "Make a kit: a git repository that your team's projects start from.",
    "list": "List the kits that this machine knows.",
    "show": "Show what a kit answers, adds and brings.",
    "check": "Prove a kit: every starter with every profile, and an update.",
}


@click.group(cls=LazyGroup, package="wandb_flyte.cli.kit", lazy=COMMANDS)
def command() -> None:
    """Make, look at and prove kits: a team's own layer over the base template."""
