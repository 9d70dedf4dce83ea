"""Starters: an objective or a program, and a sweep config, that a new project can begin from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.errors import UserError

from .names import show
from .objective import ObjectiveRef
from .template import templates_folder

DEFAULT_STARTER = "quickstart"


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
    raise UserError(f"There is no starter `{show(name)}`.", hint=f"There is {known}.")


def read_starter(folder: Path) -> Starter:
    """The starter in a folder."""
    about = tomllib.loads((folder / "starter.toml").read_text(encoding="utf-8"))
    name = about.get("objective")
    return Starter(
        name=folder.name,
        summary=about["summary"],
        objective=ObjectiveRef(folder / "objective.py", name) if name else None,
        spec=folder / "sweep.yaml",
        dependencies=tuple(about["dependencies"]),
    )
