"""`wandb-flyte kit check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_flyte.cli._output import paint
from wandb_flyte.cli._signals import terminated_as_interrupted

if TYPE_CHECKING:
    from wandb_flyte.generate.kits.check import Step as KitStep


@click.command(short_help="Prove a kit: every starter with every profile, and an update.")
@click.argument("folder", type=Path, default=Path())
def command(folder: Path) -> int:
    """Prove the kit in a folder, by default the current one, committed or not.

    Every starter becomes a project with every profile and is loaded, the tests of the default one
    are run, and a project of the previous tag is updated. The kit's code runs in all of that.
    """
    from wandb_flyte.generate.kits.check import check_kit

    with terminated_as_interrupted():
        well = check_kit(folder, _print)
    click.echo("The kit is good." if well else "The kit is not good yet.")
    return 0 if well else 1


def _print(step: KitStep) -> None:
    mark = paint("no", "red") if step.problem else paint("ok", "green")
    click.echo(f"{mark}  {step.name}")
    for line in (step.problem or step.note).splitlines():
        click.echo(f"      {line}")
