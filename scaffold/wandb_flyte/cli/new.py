"""`wandb-flyte new`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_flyte.cli._options import count, objective_ref
from wandb_flyte.cli._output import counted, note, print_json, shown
from wandb_flyte.cli._signals import terminated_as_interrupted

if TYPE_CHECKING:
    from wandb_flyte.generate.new import CreatedProject
    from wandb_flyte.generate.user_code.objective import ObjectiveRef
    from wandb_flyte.runtime.backend.backends import BackendName


@click.command(short_help="Make a project from an objective and a sweep config.")
@click.argument("name")
@click.option(
    "--objective", callback=objective_ref, metavar="FILE:NAME", help="Your training function."
)
@click.option("--spec", metavar="FILE", type=Path, help="Your W&B sweep config, or FILE.py[:NAME].")
@click.option(
    "--program", metavar="FILE", type=Path, help="The sweep config's program, not at its path."
)
@click.option("--trials", callback=count, metavar="N", help="How many trials a sweep has.")
@click.option("--agents", callback=count, metavar="N", help="How many agents run them at once.")
@click.option("--project", metavar="NAME", help="The W&B project; NAME by default.")
@click.option("--entity", metavar="NAME", help="The W&B entity; your default one by default.")
@click.option(
    "--backend",
    type=click.Choice(["auto", "local", "wandb"]),
    help="Who keeps the runs; auto, the default, is W&B with a key for it, else the local backend.",
)
@click.option("--kit", metavar="URL[@VERSION]", help="Your team's kit: a git URL, path or bundle.")
@click.option("--no-kit", is_flag=True, help="Without the kit that this machine has by default.")
@click.option("--profile", metavar="NAME", help="Which of the kit's resource profiles agents get.")
@click.option("--starter", metavar="NAME", help="Begin with this starter, of the kit or ours.")
@click.option("--output", metavar="DIR", type=Path, help="The folder to make; ./NAME by default.")
@click.option("--defaults", is_flag=True, help="Ask nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; ask nothing.")
def command(
    name: str,
    objective: ObjectiveRef | None,
    spec: Path | None,
    program: Path | None,
    trials: int | None,
    agents: int | None,
    project: str | None,
    entity: str | None,
    backend: BackendName | None,
    kit: str | None,
    no_kit: bool,
    profile: str | None,
    starter: str | None,
    output: Path | None,
    defaults: bool,
    as_json: bool,
) -> None:
    """Make a project from an objective and a sweep config.

    With neither, the project begins with the quickstart: a small training that runs anywhere.
    At a terminal, what is not given is asked for, unless --defaults is; everything is checked
    before the first file is written.
    """
    if kit is not None and no_kit:
        raise click.UsageError("--kit and --no-kit exclude each other.")
    from wandb_flyte.generate.kits.read import wanted_kits
    from wandb_flyte.generate.new import new_project
    from wandb_flyte.generate.plan import NewProject

    chain = wanted_kits("" if no_kit else kit)
    for line in chain.notes:
        note(line)
    request = NewProject(
        name=name,
        target=output if output is not None else Path(name),
        objective=objective,
        spec=spec,
        trials=trials,
        agents=agents,
        wandb_project=project,
        wandb_entity=entity,
        backend=backend,
        starter=starter or "",
        profile=profile,
        kits=chain.kits,
        program=program,
    )
    if not (defaults or as_json) and sys.stdin.isatty() and sys.stdout.isatty():
        from wandb_flyte.cli._questions import ask

        request = ask(request)
    with terminated_as_interrupted():
        created = new_project(request)
    for warning in created.warnings:
        note(shown(warning, sys.stderr))
    if as_json:
        print_json(_document(created))
    else:
        _print_created(created)


def _document(created: CreatedProject) -> dict[str, object]:
    return {
        "path": str(created.path),
        "package": created.package,
        "trials": created.trials,
        "agents": created.agents,
        "starter": created.starter,
        "files": created.files,
        "left": created.left,
        "missing": created.missing,
        "committed": created.git.committed,
    }


def _print_created(created: CreatedProject) -> None:
    origin = f" from the {created.starter} starter" if created.starter else ""
    click.echo(f"{created.path}: {len(created.files)} files{origin}")
    click.echo(f"  {created.package}/objective.py  what one trial does")
    click.echo(f"  {created.package}/settings.py   resources, retries, image, secret")
    if created.copied:
        click.echo(f"  {created.beside:{len(created.package) + 13}}  {_listed(created.copied)}")
    click.echo(f"  {'sweep.yaml':{len(created.package) + 13}}  what is searched, and how")
    if created.wheel:
        click.echo(f"  wheels/{created.wheel}  this wandb-flyte, which is on no package index")
    for line in created.left:
        note(f"stays behind: {line}")
    trials, agents = counted(created.trials, "trial"), counted(created.agents, "agent")
    click.echo(f"A sweep has {trials}, run by {agents}.")
    if created.git.note:
        click.echo(created.git.note)
    enter = f"cd {shlex.quote(str(created.path))}"
    # The commands stand in the order in which they work: the first one changes the folder.
    install = f"pip install {shlex.join(created.missing)}" if created.missing else ""
    commit = created.git.command.removeprefix(f"{enter} && ")
    steps = [enter, commit, install, "wandb-flyte run"]
    click.echo("\n".join(["\nNext:", *(f"  {step}" for step in steps if step)]))


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - 8
    return ", ".join(names[:8]) + (f" and {more} more" if more > 0 else "")
