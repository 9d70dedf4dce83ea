"""Making a kit: a git repository, complete, with its first version tagged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.errors import Finding, InvalidInput, UserError

from ..git import GitOutcome, commit_all, require_git, run_git
from ..names import show
from ..render import render
from ..scratch import check_target, clear_killed, move_into_place, scratch_beside
from ..template import Template, templates_folder
from .manifest import NAME
from .model import Kit
from .read import read_chain
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
    clear_killed(target)
    findings = check_target(target)
    if not NAME.fullmatch(name) or len(name) > 40:
        hint = "Use lower-case letters and digits, with `-` between: `my-team`."
        findings.append(Finding(f"The kit's name can't be `{show(name)}`.", hint))
    base: tuple[Kit, ...] = ()
    if extends:
        try:
            source = parse_source(extends)
            base, extends = read_chain(source).kits, str(source)
        except InvalidInput as error:
            findings += error.findings
        except UserError as error:
            findings.append(Finding(error.message, error.hint))
    if name in {kit.name for kit in base}:
        findings.append(Finding(f"The kit that it builds on is `{name}` too.", "Choose another."))
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
