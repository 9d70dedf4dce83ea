"""`wandb-flyte local import`."""  # noqa: N999 - the command is called import

from __future__ import annotations

from pathlib import Path

import click

from wandb_flyte.cli._output import note
from wandb_flyte.cli._progress import bytes_bar


@click.command("import", short_help="Take in what `local export` wrote.")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Take in what `local export` wrote to FILE, all of it or nothing.

    Projects of the same name are joined; a run, sweep or artifact that is here already makes it
    refuse the file. The local backend must not run.
    """
    from wandb_flyte.cli._keeping import import_file, listed

    with bytes_bar("importing") as progress:
        done = import_file(file, progress)
    if done.missing:
        note(f"warning: {done.missing} files that it names are not in it")
    click.echo(f"imported {listed(done.counts)}")
