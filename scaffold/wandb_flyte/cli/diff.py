"""`wandb-flyte diff`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from wandb_flyte.cli._output import print_json
from wandb_flyte.cli._signals import terminated_as_interrupted


@click.command(short_help="Show where the project differs from its template.")
@click.option("--yours", is_flag=True, help="Of the files that are yours too.")
@click.option("--restore", metavar="FILE", type=Path, help="Make this file the template's again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(yours: bool, restore: Path | None, as_json: bool) -> None:
    """Show where the project differs from its template.

    The template is the version that the project has, rendered with the project's answers.
    """
    from wandb_flyte.generate.updates.drift import find_drift, restore_file

    if restore is not None:
        if as_json or yours:
            raise click.UsageError("--restore goes with no other option.")
        name = restore_file(Path.cwd(), restore)
        click.echo(f"{name} is the template's again." if name else f"{restore} is the template's.")
        return
    with terminated_as_interrupted():
        drifts = find_drift(Path.cwd())
    shown = [drift for drift in drifts.files if yours or not drift.yours]
    if as_json:
        files = [
            {"path": d.path, "reason": d.reason, "yours": d.yours, "diff": d.diff()} for d in shown
        ]
        answers = [asdict(answer) for answer in drifts.answers]
        print_json({"version": drifts.version, "files": files, "answers": answers})
        return
    for answer in drifts.answers:
        how = "fixed by" if answer.fixed else "from"
        click.echo(f"{answer.name} = {answer.value}: {how} the kit {answer.kit} {answer.version}")
    for drift in shown:
        click.echo(f"{drift.path}: {drift.reason}")
        click.echo(drift.diff())
    if not shown:
        click.echo(f"Every file is as template {drifts.version} makes it.")
