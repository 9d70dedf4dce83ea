"""`update` and `diff` on a real project: what they print, and how they exit."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from wandb_flyte.generate.answers import read_answers
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.render import render
from wandb_flyte.generate.template import append_release, install_template, templates_folder

from .conftest import COMMAND, RunCli


def git(*arguments: str, cwd: Path) -> str:
    """Runs git as somebody."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=cwd, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def behind(clean_environment: Path, tmp_path: Path) -> Path:
    """A project from a template whose README said less."""
    project = tmp_path / "demo"
    new_project(NewProject(name="demo", target=project))
    older = tmp_path / "older"
    shutil.copytree(templates_folder(), older)
    readme = older / "project" / "README.md.jinja"
    readme.write_text(readme.read_text().replace("## Start\n", "## Begin\n"))
    (older / "project.bundle").unlink()
    append_release("0.0.1", older)
    render(install_template(older), project, read_answers(project).values)
    git("commit", "--quiet", "--all", "--message", "Older", cwd=project)
    return project


@pytest.mark.long
def test_a_preview_writes_nothing(run_cli: RunCli, behind: Path) -> None:
    """The table and the diff go to stdout."""
    done = run_cli("update", "--preview", "--diff", cwd=behind / "demo")

    assert done.code == 0
    assert "  updated    README.md\n" in done.out
    assert "+## Start\n" in done.out
    assert "  yours      demo/settings.py\n" in done.out
    assert git("status", "--porcelain", cwd=behind) == ""


@pytest.mark.long
def test_a_check_before_and_after(run_cli: RunCli, behind: Path) -> None:
    """3 while the project is behind, 0 when it is up to date."""
    assert run_cli("update", "--check", cwd=behind).code == 3

    updated = run_cli("update", cwd=behind)

    assert updated.code == 0
    assert "Next:" in updated.out
    assert "## Start" in (behind / "README.md").read_text()
    done = run_cli("update", "--check", cwd=behind)
    assert done.code == 0
    assert done.out.startswith("Up to date: template ")


@pytest.mark.long
def test_conflicts_are_told(run_cli: RunCli, behind: Path) -> None:
    """They come last, on stderr too, and the exit code is 1."""
    readme = behind / "README.md"
    readme.write_text(readme.read_text().replace("## Begin\n", "## My way\n"))
    git("commit", "--quiet", "--all", "--message", "Mine", cwd=behind)

    done = run_cli("update", "--json", cwd=behind)
    document = json.loads(done.out)

    assert done.code == 1
    assert done.err == "Conflicts to solve, between <<<<<<< and >>>>>>>: README.md\n"
    assert document["written"]
    assert document["files"][-1]["path"] == "README.md"
    assert document["files"][-1]["kind"] == "conflict"
    assert "<<<<<<< before updating\n## My way\n" in readme.read_text()


def test_a_conflict_is_the_first_thing_to_do(run_cli: RunCli, behind: Path) -> None:
    """What comes next begins with it: nobody is told to commit conflict markers."""
    readme = behind / "README.md"
    readme.write_text(readme.read_text().replace("## Begin\n", "## My way\n"))
    git("commit", "--quiet", "--all", "--message", "Mine", cwd=behind)

    steps = run_cli("update", cwd=behind).out.partition("\nNext:\n")[2].splitlines()

    assert steps[0] == "  git diff README.md  # solve these conflicts, then git add the files"


@pytest.mark.long
def test_drift_is_shown_and_undone(run_cli: RunCli, behind: Path) -> None:
    """A file that was edited is listed with its diff; a restore takes the edit back."""
    (behind / "demo" / "workflow.py").write_text("mine\n")
    git("commit", "--quiet", "--all", "--message", "Mine", cwd=behind)

    shown = run_cli("diff", cwd=behind)
    restored = run_cli("diff", "--restore", "workflow.py", cwd=behind / "demo")

    assert shown.out.startswith("demo/workflow.py: edited by you\n")
    assert restored.out == "demo/workflow.py is the template's again.\n"
    assert run_cli("diff", cwd=behind).out.startswith("Every file is as template ")


@pytest.mark.long
def test_many_at_once(run_cli: RunCli, behind: Path, tmp_path: Path) -> None:
    """The table has a line for each; a branch merges as it says; 1 when one needs a look."""
    (tmp_path / "empty").mkdir()
    words = ["--test", f"{sys.executable} -c pass", str(behind), str(tmp_path / "empty")]

    done = run_cli("update-all", *words)
    again = run_cli("update-all", "--json", "--no-tests", str(behind))

    branch = git("branch", "--list", "--format=%(refname:short)", "wandb-flyte/*", cwd=behind)
    lines = done.out.splitlines()
    assert done.code == 1
    assert lines[0].startswith(f"updated       {behind}")
    assert branch.strip() in lines[0]
    assert lines[1].startswith(f"refused       {tmp_path / 'empty'}")
    assert lines[-1] == f"  git -C {behind} merge {branch.strip()}"
    assert f"[1/2] {behind}: testing" in done.err
    git("merge", "--quiet", branch.strip(), cwd=behind)
    assert run_cli("update", "--check", cwd=behind).code == 0
    assert json.loads(again.out)["projects"][0]["state"] == "refused"


def test_ctrl_c_among_many(behind: Path, tmp_path: Path) -> None:
    """While a project's tests run: they end, there is no branch, and the exit code is 130."""
    ready = tmp_path / "ready"
    code = f"import pathlib, time; pathlib.Path('{ready}').touch(); time.sleep(600)"
    command = [*COMMAND, "update-all", "--test", f'{sys.executable} -c "{code}"', str(behind)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == 130
    assert errors.endswith("stopped\n")
    assert git("branch", "--list", "wandb-flyte/*", cwd=behind) == ""
    assert len(git("worktree", "list", cwd=behind).splitlines()) == 1


def test_a_killed_update_is_undone_by_any_command(run_cli: RunCli, behind: Path) -> None:
    """`doctor` finds the project as it was before the update."""
    readme = (behind / "README.md").read_bytes()
    begun = behind / ".wandb-flyte-update"
    (begun / "old").mkdir(parents=True)
    (begun / "old" / "README.md").write_bytes(readme)
    (behind / "README.md").write_text("half of the upd")
    (behind / "new.txt").write_text("new\n")
    (begun / "journal.json").write_text(json.dumps({"old": ["README.md"], "new": ["new.txt"]}))

    run_cli("doctor", cwd=behind)

    assert (behind / "README.md").read_bytes() == readme
    assert not (behind / "new.txt").exists()
    assert not begun.exists()


def test_outside_a_project(run_cli: RunCli, tmp_path: Path) -> None:
    """The message says where it looked."""
    done = run_cli("update", cwd=tmp_path)

    assert done.code == 1
    assert done.err.startswith(
        f"error: `{tmp_path}` is not in a project: no `.copier-answers.yml` is there or above it."
    )
