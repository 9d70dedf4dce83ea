"""What made a project: each layer with its version and the hash of its content, checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.errors import UserError
from wandb_flyte.generate.answers import find_root, read_answers
from wandb_flyte.generate.git import require_git
from wandb_flyte.generate.kits.read import read_recorded
from wandb_flyte.generate.kits.records import Record
from wandb_flyte.generate.template import SOURCE

from .target import open_versions


@dataclass(frozen=True)
class Layer:
    """One thing that a project was made from.

    Attributes:
        name: Its name.
        source: Where it came from.
        version: Its version.
        commit: Its commit.
        digest: The hash of its content, as `sha256:…`; empty when the project has none recorded.
        problem: How it is not what the project says it was made from, empty when it is.
    """

    name: str
    source: str
    version: str
    commit: str
    digest: str
    problem: str = ""


@dataclass(frozen=True)
class Provenance:
    """What made a project.

    Attributes:
        root: The project's folder.
        layers: What it was made from, each laid over the one before it.
    """

    root: Path
    layers: tuple[Layer, ...]


def find_provenance(folder: Path, templates: Path | None = None) -> Provenance:
    """What made the project around a folder.

    Args:
        folder: The project's folder, or one inside it.
        templates: The folder with the templates, by default this package's own.

    Raises:
        UserError: The project's answers or its version of the template can't be read.
    """
    require_git()
    root = find_root(folder)
    answers = read_answers(root)
    recorded = str(answers.values.get("template_hash") or "")
    with open_versions(root, answers, templates) as versions:
        commit = versions.current.commit
        version = versions.history.name(commit)
        found = versions.history.content_hash(commit)
    problem = ""
    if recorded and recorded != found:
        problem = (
            f"The project was made from `{recorded}`, and template {version} is `{found}`: the "
            "answers were edited, plain copier updated the project, or the template is another."
        )
    base = Layer("wandb-flyte", SOURCE, version, commit, recorded, problem)
    return Provenance(root, (base, *map(_kit, answers.kits)))


def _kit(record: Record) -> Layer:
    try:
        read_recorded([record])
        problem = ""
    except UserError as error:
        problem = error.message
    return Layer(record.name, record.source, record.version, record.commit, record.digest, problem)
