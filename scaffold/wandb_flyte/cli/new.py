"""`wandb-flyte new`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_flyte.cli._output import note
from wandb_flyte.errors import InvalidInput

if TYPE_CHECKING:
    from wandb_flyte.generate import CreatedProject, NewProject
    from wandb_flyte.runtime.backends import BackendName


@click.command(short_help="Make a project from an objective and a sweep config.")
@click.argument("name")
@click.option("--objective", metavar="FILE:NAME", help="Your training function.")
@click.option("--spec", metavar="FILE", type=Path, help="Your W&B sweep config.")
@click.option("--trials", type=int, metavar="N", help="How many trials a sweep has.")
@click.option("--agents", type=int, metavar="N", help="How many agents run them at once.")
@click.option("--project", metavar="NAME", help="The W&B project; NAME by default.")
@click.option("--entity", metavar="NAME", help="The W&B entity; your default one by default.")
@click.option(
    "--backend",
    type=click.Choice(["auto", "local", "wandb"]),
    default="auto",
    help="Who keeps the runs; auto is W&B when there is a key for it, else the local backend.",
)
@click.option("--output", metavar="DIR", type=Path, help="The folder to make; ./NAME by default.")
@click.option("--defaults", is_flag=True, help="Ask nothing.")
def command(
    name: str,
    objective: str | None,
    spec: Path | None,
    trials: int | None,
    agents: int | None,
    project: str | None,
    entity: str | None,
    backend: BackendName,
    output: Path | None,
    defaults: bool,
) -> None:
    """Make a project from an objective and a sweep config.

    With neither, the project begins with the quickstart: a small training that runs anywhere.
    At a terminal, what is not given is asked for, unless --defaults is; everything is checked
    before the first file is written.
    """
    from wandb_flyte.generate import NewProject, ObjectiveRef, new_project

    request = NewProject(
        name=name,
        target=output if output is not None else Path(name),
        objective=ObjectiveRef.parse(objective) if objective else None,
        spec=spec,
        trials=trials,
        agents=agents,
        wandb_project=project,
        wandb_entity=entity,
        backend=backend,
    )
    if not defaults and sys.stdin.isatty() and sys.stdout.isatty():
        request = _ask(request)
    _print_created(new_project(request))


def _ask(request: NewProject) -> NewProject:
    """Ask for what was not given; Enter takes what the brackets show."""
    from dataclasses import replace

    from wandb_flyte.generate import ObjectiveRef, check_project_name

    if findings := check_project_name(request.name):
        raise InvalidInput(findings)
    if request.objective is None:
        given = _prompt("Objective, FILE:NAME (empty: the quickstart starter)")
        if given:
            request = replace(request, objective=ObjectiveRef.parse(given))
    if request.objective is not None and request.spec is None:
        request = replace(request, spec=Path(_prompt("Sweep config", "sweep.yaml")))
    if request.trials is None:
        given = _prompt("Trials (empty: as many as the sweep config says)")
        request = replace(request, trials=_number(given) if given else None)
    if request.agents is None:
        request = replace(request, agents=_number(_prompt("Agents", "2")))
    if request.wandb_project is None:
        given = _prompt("W&B project (empty: the sweep config's, or the project's name)")
        request = replace(request, wandb_project=given or None)
    if request.wandb_entity is None:
        given = _prompt("W&B entity (empty: your default one)")
        request = replace(request, wandb_entity=given or None)
    return request


def _prompt(text: str, default: str = "") -> str:
    answer: str = click.prompt(text, default=default, show_default=bool(default))
    return answer.strip()


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise click.UsageError(f"`{text}` is no whole number.") from None


def _print_created(created: CreatedProject) -> None:
    for warning in created.warnings:
        note(f"warning: {warning}")
    origin = f" from the {created.starter} starter" if created.starter else ""
    click.echo(f"{created.path}: {len(created.files)} files{origin}")
    click.echo(f"  {created.package}/objective.py  what one trial does")
    click.echo(f"  {created.package}/settings.py   resources, retries, image, secret")
    click.echo("  sweep.yaml  what is searched, and how")
    if created.wheel:
        click.echo(f"  wheels/{created.wheel}  this wandb-flyte, which is on no package index")
    click.echo(f"A sweep has {created.trials} trials, run by {created.agents} agents.")
    for line in (created.git.note, created.git.command):
        if line:
            click.echo(line)
    click.echo("\nNext:")
    click.echo(f"  cd {shlex.quote(str(created.path))}")
    click.echo("  wandb-flyte run")
