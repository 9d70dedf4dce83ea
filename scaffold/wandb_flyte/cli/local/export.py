"""`wandb-flyte local export`."""

from __future__ import annotations

from pathlib import Path

import click

from wandb_flyte.cli._output import note
from wandb_flyte.cli._progress import bytes_bar
from wandb_flyte.errors import printable


@click.command(short_help="Write everything that it keeps to one file.")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Write everything that the local backend keeps to FILE: runs, sweeps, files, artifacts.

    It may run meanwhile: the file holds one moment of it.
    """
    from wandb_flyte.cli._keeping import export, listed

    with bytes_bar("exporting") as progress:
        done = export(file, progress)
    if done.missing:
        note(f"warning: {done.missing} files that the database names are not in the data folder")
    for name in done.left_out:
        note(f"warning: `{printable(name)}` is left out: its name is no relative path")
    click.echo(f"exported {listed(done.counts)} to {done.path} ({done.size:,} bytes)")
