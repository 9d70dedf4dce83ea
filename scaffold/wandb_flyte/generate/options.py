"""What is wrong with the options of a request by themselves: of no use, or no name for W&B."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from wandb_flyte.errors import Finding
from wandb_flyte.spec import SweepConfig, SweepDocument

from .kits.choices import choose
from .kits.merge import Team
from .names import check_project_name, package_name, show, show_path

if TYPE_CHECKING:
    from .plan import NewProject
    from .user_code.objective import ObjectiveRef

_NEVER = frozenset("/\\#?%:")


def check_use(request: NewProject, document: SweepDocument | None) -> Iterator[Finding]:
    """Options that nothing would come of.

    Args:
        request: The request.
        document: Its sweep config, None where it has none or none that can be read.
    """
    is_own = request.objective is not None or request.spec is not None
    if request.starter and is_own:
        message = f"The starter `{show(request.starter)}` has an objective and a sweep config."
        hint = "Leave it out, or your own: `--objective` and `--spec`."
        yield Finding(message, hint, path="--starter")
    if document is not None and request.objective is not None:
        yield from _check_program(document, request.objective)
    if request.program is None:
        return
    names_one = document.names_program if document is not None else request.spec is not None
    if request.objective is not None or request.spec is None or not names_one:
        message = f"`{show_path(request.program)}` is the program of no sweep config here."
        hint = "`--program` needs `--spec FILE`, whose `program` it is, and no `--objective`."
        yield Finding(message, hint, path="--program")


def _check_program(document: SweepDocument, objective: ObjectiveRef) -> Iterator[Finding]:
    """A sweep config whose program is the objective's file runs without the option, too."""
    program = document.raw.get("program")
    if not isinstance(program, str) or Path(program).name != objective.file.name:
        return
    yield Finding(
        f"`{show(program)}` is not run as a program: each trial calls its "
        f"`{show(objective.name)}`, and no hyperparameter is on the command line.",
        "Leave `--objective` out to run it as `wandb agent` does.",
        file=show_path(document.path),
        line=document.line(("program",)),
        path="program",
        severity="note",
    )


def note_agent(document: SweepDocument, ref: ObjectiveRef) -> Finding:
    """A note on an objective that other code's agent has for a sweep config which names none."""
    message = f"Its objective is `{show(ref.name)}`, with which `{show_path(ref.file)}` starts an"
    hint = "Give another one as `--objective FILE:NAME`."
    return Finding(f"{message} agent.", hint, show_path(document.path), severity="note")


def check_names(
    request: NewProject, sweep: SweepConfig, document: SweepDocument
) -> Iterator[Finding]:
    """Names of a W&B project and entity, which go into settings.py, that W&B can't have meant."""
    for option, key, given in (
        ("--project", "project", request.wandb_project),
        ("--entity", "entity", request.wandb_entity),
    ):
        value = given or getattr(sweep, key) or ""
        # The entity is a part of addresses, and a user's or a team's name.
        spaced = key == "entity" and any(c.isspace() for c in value)
        if value.isprintable() and len(value) <= 128 and not set(value) & _NEVER and not spaced:
            continue
        message = f"`{show(value)}` can't be the name of a W&B {key}."
        hint = "Use at most 128 characters, and none of `/`, `\\`, `#`, `?`, `%` and `:`."
        hint = "Use letters, digits, `-` and `_`." if spaced else hint
        if given:
            yield Finding(message, hint, path=option)
        else:
            line = document.line((key,))
            yield Finding(message, hint, show_path(document.path), line, key)


def check_hidden(name: str, dependencies: Iterable[str]) -> list[Finding]:
    """What keeps a name from being a project's with these dependencies."""
    from .user_code._imports import is_required

    if not is_required(package_name(name), dependencies) or check_project_name(name):
        return []
    message = f"The project name `{show(name)}` is the one of a package that the project needs."
    return [Finding(message, f"Try `{show(name)}-sweep`.")]


def choose_place(
    request: NewProject,
    team: Team,
    sweep: SweepConfig | None,
    document: SweepDocument | None,
    findings: list[Finding],
) -> tuple[str, str]:
    """The W&B project and the entity."""
    file = show_path(document.path) if document else ""
    swept = (sweep.project, sweep.entity) if sweep else (None, None)
    project = choose(team, "project", request.wandb_project or None, findings, swept[0], file)
    entity = choose(team, "entity", request.wandb_entity or None, findings, swept[1], file)
    return project or "", entity or ""
