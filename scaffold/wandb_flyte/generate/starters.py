"""Starters: an objective or a program, and a sweep config, that a new project can begin from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wandb_flyte._toml import NotToml, read_toml
from wandb_flyte.errors import Finding, InvalidInput, UserError

from .names import show
from .template import templates_folder
from .user_code.objective import ObjectiveRef

DEFAULT_STARTER = "quickstart"

_FILE = "starter.toml"


@dataclass(frozen=True)
class About:
    """What a starter says of itself.

    Attributes:
        summary: What it is, in one line.
        objective: The function in its `objective.py`, empty where its sweep config names a program.
        dependencies: What it needs, as requirements.
    """

    summary: str
    objective: str
    dependencies: tuple[str, ...]


@dataclass(frozen=True)
class Starter:
    """An objective plus a sweep config, or a sweep config with its program.

    Attributes:
        name: Its name.
        summary: What it is, in one line.
        objective: Its objective, None where the sweep config names a program.
        spec: Its sweep config.
        dependencies: What the objective needs, as requirements.
    """

    name: str
    summary: str
    objective: ObjectiveRef | None
    spec: Path
    dependencies: tuple[str, ...]


def list_starters(templates: Path | None = None) -> tuple[Starter, ...]:
    """Every starter there is, sorted by name."""
    folder = (templates or templates_folder()) / "starters"
    names = sorted(path.parent.name for path in folder.glob("*/starter.toml"))
    return tuple(read_starter(folder / name) for name in names)


def find_starter(name: str, templates: Path | None = None) -> Starter:
    """The starter of this name.

    Raises:
        UserError: There is none.
    """
    starters = list_starters(templates)
    for starter in starters:
        if starter.name == name:
            return starter
    known = ", ".join(f"`{starter.name}`" for starter in starters)
    raise UserError(f"There is no starter `{show(name)}`.", hint=f"There are {known}.")


def read_starter(folder: Path) -> Starter:
    """The starter in a folder.

    Raises:
        InvalidInput: Its `starter.toml` does not say what there is to say.
    """
    about = read_about((folder / "starter.toml").read_bytes())
    return Starter(
        name=folder.name,
        summary=about.summary,
        objective=ObjectiveRef(folder / "objective.py", about.objective)
        if about.objective
        else None,
        spec=folder / "sweep.yaml",
        dependencies=about.dependencies,
    )


def read_about(content: bytes) -> About:
    """What a `starter.toml` says.

    Raises:
        InvalidInput: It does not say what there is to say; it has all that is wrong.
    """
    try:
        about, _ = read_toml(content)
    except NotToml as error:
        raise InvalidInput([Finding(error.message, file=_FILE, line=error.line)]) from None
    summary, objective = about.get("summary"), about.get("objective", "")
    needed = about.get("dependencies")
    findings = []
    if not isinstance(summary, str) or not summary.strip():
        findings.append(
            Finding("It has no text.", "Say in a line what it is.", _FILE, None, "summary")
        )
    if not isinstance(objective, str) or not (objective.isidentifier() or not objective):
        hint = "Name the function in `objective.py`; a sweep config with a `program` needs none."
        findings.append(Finding("It is no function's name.", hint, _FILE, None, "objective"))
    if not isinstance(needed, list) or not all(isinstance(one, str) for one in needed):
        hint = 'Write `dependencies = ["wandb"]`, for example.'
        findings.append(
            Finding("It is no list of requirements.", hint, _FILE, None, "dependencies")
        )
    if findings:
        raise InvalidInput(findings)
    return About(str(summary), str(objective), tuple(needed or ()))
