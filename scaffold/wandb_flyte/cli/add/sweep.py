"""`wandb-flyte add sweep`."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_flyte.cli._options import count, objective_ref
from wandb_flyte.cli._output import counted, note, paint, print_json, shown, solve_command
from wandb_flyte.cli._signals import terminated_as_interrupted

if TYPE_CHECKING:
    from wandb_flyte.generate.add import SweepAddition
    from wandb_flyte.generate.user_code.objective import ObjectiveRef


@click.command(short_help="Add a sweep to the project.")
@click.argument("name")
@click.option(
    "--objective",
    callback=objective_ref,
    metavar="FILE:NAME",
    help="Its function; the project's by default.",
)
@click.option("--spec", metavar="FILE", type=Path, help="Its W&B sweep config, or FILE.py[:NAME].")
@click.option(
    "--program", metavar="FILE", type=Path, help="The sweep config's program, not at its path."
)
@click.option("--trials", callback=count, metavar="N", help="How many trials it has.")
@click.option("--agents", callback=count, metavar="N", help="How many agents run them at once.")
@click.option("--project", metavar="NAME", help="Its W&B project; PROJECT-NAME by default.")
@click.option("--entity", metavar="NAME", help="Its W&B entity; your default one by default.")
@click.option("--profile", metavar="NAME", help="Which of the kit's resource profiles agents get.")
@click.option("--starter", metavar="NAME", help="Begin with this starter, of the kit or ours.")
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
    profile: str | None,
    starter: str | None,
    defaults: bool,
    as_json: bool,
) -> int:
    """Add a sweep to the project: with settings and tasks of its own, and the project's image.

    With --spec alone it runs the project's objective, or the program that the file names.
    Everything is checked before the first file is written, and left uncommitted. The exit code
    is 1 when a file gets conflict markers.
    """
    from wandb_flyte.generate.add import add_sweep
    from wandb_flyte.generate.plan import NewProject

    request = NewProject(
        name=name,
        target=Path(name),
        objective=objective,
        spec=spec,
        trials=trials,
        agents=agents,
        wandb_project=project,
        wandb_entity=entity,
        starter=starter or "",
        profile=profile,
        program=program,
        into=Path.cwd(),
    )
    if not (defaults or as_json) and sys.stdin.isatty() and sys.stdout.isatty():
        from wandb_flyte.cli._questions import ask

        request = ask(request)
    with terminated_as_interrupted():
        added = add_sweep(request)
    return _print(added, as_json=as_json)


def _print(added: SweepAddition, *, as_json: bool) -> int:
    for warning in added.warnings:
        note(shown(warning, sys.stderr))
    for line in added.left:
        note(f"stays behind: {line}")
    if as_json:
        print_json(_document(added))
    else:
        _print_added(added)
    if added.conflicts:
        names = " ".join(change.path for change in added.conflicts)
        note(f"Conflicts to solve, between <<<<<<< and >>>>>>>: {names}")
    return int(bool(added.conflicts))


def _print_added(added: SweepAddition) -> None:
    if added.history:
        click.echo(added.history)
    origin = f", from the {added.starter} starter" if added.starter else ""
    click.echo(f"The sweep {added.name}{origin}:")
    for change in added.changes:
        kind = paint(f"{change.kind:9}", "red" if change.kind == "conflict" else "green")
        click.echo(f"  {kind}  {change.path}")
    trials, agents = counted(added.trials, "trial"), counted(added.agents, "agent")
    click.echo(f"It has {trials} at most, {agents} at once.")
    click.echo("\nNext:")
    here = os.path.relpath(added.root)
    if here != ".":
        click.echo(f"  cd {shlex.quote(here)}")
    if added.conflicts:
        click.echo(f"  {solve_command([change.path for change in added.conflicts])}")
    if added.missing:
        click.echo(f"  pip install {shlex.join(added.missing)}")
    click.echo(f"  wandb-flyte run {added.name}")
    message = shlex.quote(f"Add the sweep {added.name}")
    click.echo(f"  git add --all . && git commit -m {message}")


def _document(added: SweepAddition) -> dict[str, object]:
    return {
        "name": added.name,
        "folder": added.folder,
        "objective": added.objective,
        "trials": added.trials,
        "agents": added.agents,
        "starter": added.starter,
        "files": [{"path": change.path, "kind": change.kind} for change in added.changes],
        "left": added.left,
        "missing": added.missing,
    }
