"""Making a kit: a git repository, complete, with its first version tagged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.errors import Finding, InvalidInput

from ..git import GitOutcome, commit_all, require_git, run_git
from ..names import show
from ..plan import check_target
from ..render import move_into_place, render, scratch_beside
from ..template import Template, templates_folder
from .manifest import NAME
from .source import parse_source

FIRST = "v0.1.0"


@dataclass(frozen=True)
class CreatedKit:
    """A kit that was made.

    Attributes:
        path: Its folder.
        files: Its files, relative to the folder, sorted.
        git: What became of its first commit.
        version: Its first tag, empty when nothing was committed.
    """

    path: Path
    files: tuple[str, ...]
    git: GitOutcome
    version: str


def new_kit(name: str, target: Path, extends: str = "") -> CreatedKit:
    """Makes a kit.

    Args:
        name: Its name.
        target: The folder to make.
        extends: The kit that it builds on, as `URL[@VERSION]`.

    Raises:
        InvalidInput: Something about this is wrong; it has all there is to mend.
        UserError: The kit can't be written. Nothing of it is left behind.
    """
    require_git()
    findings = check_target(target)
    if not NAME.fullmatch(name) or len(name) > 40:
        hint = "Use lower-case letters and digits, with `-` between: `my-team`."
        findings.append(Finding(f"The kit's name can't be `{show(name)}`.", hint))
    if extends:
        try:
            extends = str(parse_source(extends))
        except InvalidInput as error:
            findings += error.findings
    if findings:
        raise InvalidInput(findings)
    with scratch_beside(target.absolute()) as folder:
        template = Template(str(templates_folder() / "kit"), "")
        render(template, folder, {"name": name, "extends": extends})
        files = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
        outcome = commit_all(folder, target, f"Start the kit {name}")
        if outcome.committed:
            run_git("tag", FIRST, cwd=folder)
        move_into_place(folder, target.absolute())
    return CreatedKit(target, tuple(files), outcome, FIRST if outcome.committed else "")
