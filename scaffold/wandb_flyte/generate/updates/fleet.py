"""Bringing many projects up to date, each on a branch of its own; no checkout is touched."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from wandb_flyte.errors import UserError
from wandb_flyte.generate.git import commit_staged, require_git, run_git
from wandb_flyte.generate.kits.moving import KitMove
from wandb_flyte.generate.names import ANSWERS
from wandb_flyte.generate.temporary import temporary_folder

from .fleet_tests import TestRun, run_tests
from .update import UpdatePlan, update_project

State = Literal["updated", "up to date", "conflicts", "tests failed", "not tested", "refused"]


@dataclass(frozen=True)
class FleetMember:
    """What became of one project.

    Attributes:
        path: The project, as the user named it.
        state: What became of it.
        from_version: The template's version that it has, empty when unknown.
        to_version: The one that its branch has.
        kits: The kits that go to another version on it.
        branch: The branch with the update, empty when there is none.
        detail: Why, where the state does not say it all.
        output: What its tests printed last.
    """

    path: Path
    state: State
    from_version: str = ""
    to_version: str = ""
    kits: tuple[KitMove, ...] = ()
    branch: str = ""
    detail: str = ""
    output: str = ""

    @property
    def ok(self) -> bool:
        """Whether nobody has to look at it."""
        return self.state in {"updated", "up to date", "not tested"}


def update_all(
    paths: Sequence[Path],
    to: str | None = None,
    *,
    tests: Sequence[str] | None = None,
    report: Callable[[Path, str], None] = lambda path, step: None,
    templates: Path | None = None,
) -> Iterator[FleetMember]:
    """Updates projects one after the other, each committed to a branch of its own.

    Whatever is not committed in a project stays as it is and is not in the branch. Stopped in
    between, the project at hand has no branch, and those before it keep theirs.

    Args:
        paths: The projects' folders.
        to: The version to go to, such as `0.2.0`; by default the installed one.
        tests: The command that tests a project; pytest by default, none when empty.
        report: Told of every step before it is taken.
        templates: The folder with the templates, by default this package's own.
    """
    require_git()
    seen: set[Path] = set()
    for path in paths:
        root = path.resolve()
        if root in seen:
            continue
        seen.add(root)
        try:
            yield _update(path, root, to, tests, report, templates)
        except UserError as error:
            detail = " ".join(str(error).split())
            yield FleetMember(path, "refused", detail=detail)


def _update(
    path: Path,
    root: Path,
    to: str | None,
    tests: Sequence[str] | None,
    report: Callable[[Path, str], None],
    templates: Path | None,
) -> FleetMember:
    prefix = _prefix(root)
    with _worktree(root) as top:
        copy = top / prefix
        if not (copy / ANSWERS).is_file():
            raise UserError(f"`{ANSWERS}` is not committed.", hint="Commit the project first.")
        report(path, "updating")
        plan = update_project(copy, to, templates).plan
        member = FleetMember(path, "up to date", plan.from_version, plan.to_version, plan.kits)
        if not plan.behind:
            return member
        if plan.conflicts:
            names = ", ".join(change.path for change in plan.conflicts)
            detail = f"{names}: `wandb-flyte update` there marks them; nothing was written"
            return replace(member, state="conflicts", detail=detail)
        branch = _free_branch(root, plan, prefix)
        commit = _commit(copy, plan)
        if tests is None or tests:
            report(path, "testing")
        run = run_tests(copy, root, tests)
        run_git("branch", "--force", branch, commit, cwd=root)
        # The tests of the merged project decide; either way it is there to be looked at.
        return replace(member, state=_state(run), branch=branch, detail=run.said, output=run.output)


def _state(run: TestRun) -> State:
    if run.passed is None:
        return "not tested"
    return "updated" if run.passed else "tests failed"


def _prefix(root: Path) -> str:
    """Where a project lies in its repository."""
    if not (root / ANSWERS).is_file():
        raise UserError(f"It is no project: it has no `{ANSWERS}`.")
    begun = run_git("rev-parse", "--verify", "--quiet", "HEAD", cwd=root, check=False)
    if begun.returncode != 0:
        raise UserError("It has no git history.", hint="`wandb-flyte update` there starts one.")
    return os.fsdecode(run_git("rev-parse", "--show-prefix", cwd=root).stdout.rstrip(b"\n"))


@contextmanager
def _worktree(root: Path) -> Iterator[Path]:
    """The last commit of a project's repository in a folder of its own, gone afterwards."""
    with temporary_folder() as scratch:
        # The user may have called the project's folder anything, so its name stays.
        top = Path(scratch).resolve() / "work" / root.name
        try:
            run_git("worktree", "add", "--quiet", "--detach", str(top), "HEAD", cwd=root)
            yield top
        finally:
            run_git("worktree", "remove", "--force", str(top), cwd=root, check=False)


def _free_branch(root: Path, plan: UpdatePlan, prefix: str) -> str:
    place = prefix.strip("/").replace("/", "-")
    kits = "-".join(f"{kit.name}-{kit.after or 'none'}" for kit in plan.kits)
    what = kits if plan.of_kits_alone else plan.to_version
    branch = f"wandb-flyte/{what}{f'-{place}' if place else ''}"
    if _is_taken(root, branch):
        raise UserError(
            f"It has a branch `{branch}` already.",
            hint="Merge it, or delete it with `git branch -D`.",
        )
    return branch


def _is_taken(root: Path, branch: str) -> bool:
    """Whether a branch holds what `HEAD` does not, or is checked out somewhere."""
    shown = ("for-each-ref", "--format=%(worktreepath)")
    there = run_git(*shown, f"refs/heads/{branch}", cwd=root).stdout
    merged = run_git(*shown, "--merged=HEAD", f"refs/heads/{branch}", cwd=root).stdout
    return bool(there) and (not merged or bool(there.strip()))


def _commit(copy: Path, plan: UpdatePlan) -> str:
    run_git("add", "--all", ".", cwd=copy)
    written = [change.path for change in plan.changes if change.writes and change.after is not None]
    run_git("add", "--force", "--", *written, cwd=copy)
    commit_staged(copy, plan.title)
    return run_git("rev-parse", "HEAD", cwd=copy).stdout.decode().strip()
