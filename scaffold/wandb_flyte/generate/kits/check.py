"""Proves a kit as it lies in a folder: projects are made with it, run, and updated to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from wandb_flyte.errors import Finding, InvalidInput, UserError
from wandb_flyte.generate.updates.update import update_project

from ..answers import read_answers
from ..git import require_git, run_git
from ..new import new_project
from ..plan import NewProject
from ..starters import DEFAULT_STARTER
from ..temporary import temporary_folder
from .fetch import Files, fetch_into, make_bare, open_repository
from .manifest import FILE
from .merge import merge
from .model import Kit
from .read import read_chain
from .source import Source

_TIMEOUT_S = 900
_SHOWN = 25
_NAME = "kit-check"


@dataclass(frozen=True)
class Step:
    """One thing that was checked.

    Attributes:
        name: What it was.
        problem: What is wrong, empty when all is well.
        note: What the kit's makers should know, though it is not wrong.
    """

    name: str
    problem: str = ""
    note: str = ""


def check_kit(folder: Path, done: Callable[[Step], None]) -> bool:
    """Checks a kit as it lies in a folder, committed or not.

    Args:
        folder: The kit's folder.
        done: Is told each step as it ends.

    Returns:
        Whether all is well.

    Raises:
        UserError: The folder is no kit.
    """
    require_git()
    if not (folder / FILE).is_file():
        hint = "Run this in a kit's folder; `wandb-flyte kit new NAME` makes one."
        raise InvalidInput([Finding(f"There is no `{FILE}`.", hint, str(folder))])
    with temporary_folder() as scratch:
        source = _commit(folder.resolve(), Path(scratch) / "kit.git")
        kits = _read(source)
        done(Step(f"kit {' on '.join(kit.name for kit in reversed(kits))} is whole"))
        steps = [*_projects(kits, Path(scratch)), *_update(folder, source, kits, Path(scratch))]
        well = True
        for name, step in steps:
            result = _taken(name, step)
            well = well and not result.problem
            done(result)
    return well


def _read(source: Source) -> tuple[Kit, ...]:
    """The kit with those that it builds on; what is wrong stands in files of the user's folder."""
    try:
        return read_chain(source).kits
    except InvalidInput as error:
        own = f"{source.location}@"
        raise InvalidInput(
            [
                replace(found, file=found.file.partition(": ")[2])
                if found.file.startswith(own)
                else found
                for found in error.findings
            ]
        ) from error


def _commit(folder: Path, repository: Path) -> Source:
    """The folder as it is, as a commit on top of its history in a repository of our own."""
    repository.mkdir()
    make_bare(repository)
    parent = None
    if (folder / ".git").exists() and fetch_into(repository, str(folder)) == "":
        found = run_git("rev-parse", "refs/kit/head", cwd=repository, check=False)
        parent = found.stdout.decode().strip() if found.returncode == 0 else None
    here = ("--git-dir", str(repository), "--work-tree", str(folder))
    run_git(*here, "add", "--all", ".", cwd=folder)
    tree = run_git("write-tree", cwd=repository).stdout.decode().strip()
    who = ("-c", "user.name=wandb-flyte", "-c", "user.email=wandb-flyte@localhost")
    parents = ("-p", parent) if parent else ()
    made = run_git(*who, "commit-tree", *parents, "-m", "As it is", tree, cwd=repository)
    commit = made.stdout.decode().strip()
    run_git("update-ref", "HEAD", commit, cwd=repository)
    return Source(str(repository), commit, base=folder)


def _projects(
    kits: tuple[Kit, ...], scratch: Path
) -> Iterator[tuple[str, Callable[[], str | None]]]:
    team = merge(kits)
    # The kit on top wins, as in `new`, where several have a starter of one name.
    own = dict.fromkeys(starter for kit in reversed(kits) for starter in kit.starters)
    starters = list(own) or [DEFAULT_STARTER]
    default = team.starter or starters[0]
    profiles = list(team.profiles) or [""]
    fixed = team.answers.get("profile")
    if fixed is not None and fixed.fixed:
        profiles = [fixed.value]
    for starter in starters:
        for profile in profiles:
            made = scratch / f"{starter}-{profile}"

            def make(starter: str = starter, profile: str = profile, target: Path = made) -> None:
                request = NewProject(
                    _NAME, target, starter=starter, profile=profile or None, kits=kits
                )
                new_project(request)
                _import(target)

            with_profile = f" with the profile {profile}" if profile else ""
            yield f"a project from the starter {starter}{with_profile}", make
    first = scratch / f"{default}-{profiles[0]}"
    yield f"the tests of a project from {default}", lambda: _test(first)


def _update(
    folder: Path, source: Source, kits: tuple[Kit, ...], scratch: Path
) -> Iterator[tuple[str, Callable[[], str | None]]]:
    with open_repository(source) as repository:
        tags = repository.versions()
        named = {tag: repository.resolve(tag.removeprefix("v"))[1] for tag in tags}
        trees = {tag: repository.read(commit) for tag, commit in named.items()}
    here = Files(dict(kits[-1].files), kits[-1].executables)
    older = [tag for tag in tags if trees[tag] != here]
    if not older:
        return
    before = Source(source.location, older[-1].removeprefix("v"), base=folder)
    target = scratch / "updated"

    def update() -> str:
        old = read_chain(before).kits
        new_project(NewProject(_NAME, target, kits=old))
        profile = read_answers(target).values.get("profile")
        plan = update_project(target, kit=source).plan
        if plan.conflicts:
            names = ", ".join(f"`{change.path}`" for change in plan.conflicts)
            raise UserError(f"There are conflicts in {names}.")
        gone = [name for name in merge(old).profiles if name not in merge(kits).profiles]
        lost = ", ".join(f"`{name}`" for name in gone)
        why = f"Projects made with {lost}, which is gone, run nothing until settings.py is edited."
        if profile in gone:
            raise UserError(why, "Keep the profile under its name.")
        _import(target)
        return why if gone else ""

    yield f"a project of {older[-1]} updated to what is here", update


def _taken(name: str, step: Callable[[], str | None]) -> Step:
    try:
        return Step(name, note=step() or "")
    except UserError as error:
        return Step(name, str(error))


def _import(project: Path) -> None:
    package = _NAME.replace("-", "_")
    _run(project, "-c", f"import {package}.workflow")


def _test(project: Path) -> str:
    """Runs a project's tests; says so when there is nothing to run them with."""
    if not project.is_dir():
        raise UserError("There is no project to test.")
    if find_spec("pytest") is None:
        return f"Not run: `{sys.executable} -m pip install pytest` first."
    _run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    return ""


def _run(project: Path, *arguments: str) -> None:
    command = [sys.executable, "-B", *arguments]
    try:
        with _killed_on_exit(command, project) as process:
            printed, _ = process.communicate(timeout=_TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise UserError(f"It took longer than {_TIMEOUT_S} s.") from error
    if process.returncode != 0:
        lines = printed.strip().splitlines()[-_SHOWN:]
        raise UserError("\n".join(lines) or f"It ended with {process.returncode}.")


@contextmanager
def _killed_on_exit(command: list[str], project: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
