"""Many projects are updated on branches of their own, and no checkout is touched."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from wandb_flyte.generate.updates.fleet import FleetMember, update_all

from .helpers import git, tree
from .updates import LINES, Workshop, save, second_release

PASS = [sys.executable, "-c", "print('1 passed')"]
BRANCH = "wandb-flyte/v0.2.0"


def run(workshop: Workshop, *paths: Path, tests: list[str] | None = PASS) -> list[FleetMember]:
    """What becomes of projects."""
    return list(update_all(paths, tests=tests, templates=workshop.templates))


def state(project: Path) -> tuple[object, ...]:
    """Everything of a project that must stay as it is."""
    head = (git("rev-parse", "HEAD", cwd=project), git("branch", "--show-current", cwd=project))
    return (*head, git("status", "--porcelain", cwd=project), tree(project))


def test_the_branch_has_the_update_and_the_checkout_stays(workshop: Workshop) -> None:
    """Work that is not committed stays where it is, and is not on the branch."""
    project = workshop.make()
    (project / "b.txt").write_text("a draft\n")
    second_release(workshop)
    before = state(project)

    (member,) = run(workshop, project)

    assert (member.state, member.branch, member.detail) == ("updated", BRANCH, "1 passed")
    assert (member.from_version, member.to_version, member.ok) == ("v0.1.0", "v0.2.0", True)
    assert git("show", f"{BRANCH}:new.txt", cwd=project) == "new"
    assert git("show", f"{BRANCH}:b.txt", cwd=project) == "b"
    assert git("log", "--format=%s", f"HEAD..{BRANCH}", cwd=project) == (
        "Update the template from v0.1.0 to v0.2.0"
    )
    assert state(project) == before
    assert len(git("worktree", "list", cwd=project).splitlines()) == 1


def test_tests_that_fail_are_told_and_their_branch_stays(workshop: Workshop) -> None:
    """They run on the merged files; their last lines are kept."""
    project = workshop.make()
    second_release(workshop)
    show = "print(pathlib.Path('new.txt').read_text(), flush=True)"
    code = f"import pathlib, sys; {show}; sys.exit('2 failed')"

    (member,) = run(workshop, project, tests=[sys.executable, "-c", code])

    assert (member.state, member.branch, member.ok) == ("tests failed", BRANCH, False)
    assert (member.detail, member.output) == ("2 failed", "new\n2 failed")
    assert git("branch", "--list", BRANCH, cwd=project)


@pytest.mark.long
def test_pytest_runs_by_itself(workshop: Workshop) -> None:
    """Without a command, pytest decides; a project without tests was not tested."""
    bare, tested = workshop.make("bare"), workshop.make("tested")
    (tested / "test_it.py").write_text("def test_it():\n    assert open('new.txt').read() == ''\n")
    save(tested)
    second_release(workshop)

    members = run(workshop, bare, tested, tests=None)

    assert [member.state for member in members] == ["not tested", "tests failed"]
    assert members[0].detail == "it has no tests"
    assert "1 failed" in members[1].detail


def test_conflicts_are_left_to_the_user(workshop: Workshop) -> None:
    """Nothing is written; the files are named."""
    project = workshop.make()
    (project / "a.txt").write_text(LINES.replace("line 2\n", "my line\n"))
    save(project)
    second_release(workshop)
    before = state(project)

    (member,) = run(workshop, project)

    assert (member.state, member.branch, member.ok) == ("conflicts", "", False)
    assert member.detail.startswith("a.txt: ")
    assert state(project) == before
    assert git("branch", "--list", "wandb-flyte/*", cwd=project) == ""


def test_one_that_can_not_be_updated_does_not_stop_the_others(
    workshop: Workshop, tmp_path: Path
) -> None:
    """Each has its line: no project, no history, a branch that is there, a project twice."""
    bare, fresh, good = tmp_path / "bare", workshop.make("fresh", commit=False), workshop.make()
    bare.mkdir()
    second_release(workshop)
    run(workshop, good)

    members = run(workshop, bare, fresh, good, good / ".." / "demo")

    assert [(member.state, member.detail.split(".")[0]) for member in members] == [
        ("refused", "It is no project: it has no `"),
        ("refused", "It has no git history"),
        ("refused", f"It has a branch `{BRANCH.split('.')[0]}"),
    ]


def test_a_branch_that_was_merged_is_used_again(workshop: Workshop) -> None:
    """Nothing on it is lost; one that is checked out is nobody's to move."""
    project = workshop.make()
    second_release(workshop)
    git("branch", BRANCH, cwd=project)
    (project / "b.txt").write_text("later\n")
    save(project)

    (member,) = run(workshop, project)

    assert (member.state, member.branch) == ("updated", BRANCH)
    assert git("show", f"{BRANCH}:new.txt", cwd=project) == "new"
    git("branch", "--force", BRANCH, "HEAD~1", cwd=project)
    git("checkout", "--quiet", BRANCH, cwd=project)
    (member,) = run(workshop, project)
    assert (member.state, member.branch) == ("refused", "")


@pytest.mark.long
def test_projects_in_one_repository(workshop: Workshop, tmp_path: Path) -> None:
    """Each has a branch of its own, named after its folder."""
    outer = tmp_path / "outer"
    (outer / "tools").mkdir(parents=True)
    for name in ("one", "two"):
        shutil.move(workshop.make(name, commit=False), outer / "tools" / name)
    git("init", "--quiet", cwd=outer)
    save(outer)
    second_release(workshop)

    members = run(workshop, outer / "tools" / "one", outer / "tools" / "two")

    assert [member.branch for member in members] == [f"{BRANCH}-tools-one", f"{BRANCH}-tools-two"]
    changed = git("diff", "--name-only", "HEAD", f"{BRANCH}-tools-one", cwd=outer).splitlines()
    assert all(name.startswith("tools/one/") for name in changed)
    assert "tools/one/new.txt" in changed


def test_stopped_half_way(workshop: Workshop) -> None:
    """The project at hand has no branch and no second checkout, and those before keep theirs."""
    first, second = workshop.make("first"), workshop.make("second")
    second_release(workshop)
    done = []

    def stop(path: Path, step: str) -> None:
        if (path, step) == (second, "testing"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        for member in update_all(
            [first, second], tests=PASS, report=stop, templates=workshop.templates
        ):
            done.append(member.state)  # noqa: PERF401 - What was yielded before the stop counts.

    assert done == ["updated"]
    assert git("branch", "--list", "wandb-flyte/*", cwd=second) == ""
    assert len(git("worktree", "list", cwd=second).splitlines()) == 1


@pytest.mark.long
def test_a_detached_head_and_a_worktree(workshop: Workshop, tmp_path: Path) -> None:
    """What is checked out there is what is updated."""
    project = workshop.make()
    git("checkout", "--quiet", "--detach", cwd=project)
    git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"), cwd=project)
    (tmp_path / "side" / "b.txt").write_text("on the side\n")
    save(tmp_path / "side")
    second_release(workshop)

    (member,) = run(workshop, tmp_path / "side")

    assert member.state == "updated"
    assert git("show", f"{BRANCH}:b.txt", cwd=project) == "on the side"
