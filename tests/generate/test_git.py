"""The first commit of a project, wherever it lands and whoever makes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.generate.git import GitOutcome, commit_all, require_git, run_git

from .helpers import git


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new project, still in a scratch folder."""
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "a b.txt").write_text("text\n")
    return tmp_path / "scratch"


def test_everything_is_committed_on_main(folder: Path, tmp_path: Path) -> None:
    """The commit holds every file, by the user, on a branch `main`."""
    outcome = commit_all(folder, tmp_path / "target", "Generate it")

    assert outcome == GitOutcome(committed=True)
    assert git("status", "--porcelain", cwd=folder) == ""
    assert git("log", "--format=%an %s", "main", cwd=folder) == "Ada Generate it"


def test_hooks_ignore_rules_and_signing_do_not_interfere(
    folder: Path, tmp_path: Path, home: Path
) -> None:
    """The user's git settings can't drop a file from the commit, or refuse it."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "prepare-commit-msg", "post-commit"):
        (hooks / name).write_text("#!/bin/sh\nexit 1\n")
        (hooks / name).chmod(0o755)
    (home / "ignore").write_text("*.txt\n")
    (home / ".gitconfig").write_text(
        f"[core]\nhooksPath={hooks}\nexcludesFile=~/ignore\n[commit]\ngpgsign=true\n"
    )

    assert commit_all(folder, tmp_path / "target", "Generate it").committed
    assert git("ls-files", cwd=folder) == "a b.txt"


def test_without_an_identity_the_fallback_is_told(
    folder: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare container gets its commit, and hears by whom."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME")
        monkeypatch.delenv(f"GIT_{role}_EMAIL")
    monkeypatch.delenv("EMAIL", raising=False)
    (home / ".gitconfig").write_text("[user]\nuseConfigOnly=true\n")

    outcome = commit_all(folder, tmp_path / "target", "Generate it")

    assert outcome.committed
    assert outcome.note == (
        "Git does not know who you are, so the first commit is by "
        "`wandb-flyte <wandb-flyte@localhost>`; "
        "`git config --global user.name` and `user.email` tell it."
    )
    assert git("log", "--format=%an", cwd=folder) == "wandb-flyte"


def test_inside_another_repository_nothing_is_committed(folder: Path, tmp_path: Path) -> None:
    """The outer repository is left as it is, and the command to commit is given."""
    outer = tmp_path / "it's outer"
    (outer / "sub").mkdir(parents=True)
    git("init", "--quiet", cwd=outer)

    outcome = commit_all(folder, outer / "sub" / "project", "Generate it")

    assert outcome == GitOutcome(
        committed=False,
        note=f"`{outer}` is a git repository already, so nothing was committed.",
        command=f"""cd '{tmp_path}/it'"'"'s outer/sub/project' && git add . && """
        "git commit -m 'Generate it' -- .",
    )
    assert not (folder / ".git").exists()


def test_a_git_folder_that_is_no_repository_does_not_count(folder: Path, tmp_path: Path) -> None:
    """An empty `.git` further up is not a repository."""
    (tmp_path / ".git").mkdir()

    assert commit_all(folder, tmp_path / "target", "Generate it").committed


def test_a_repository_named_by_the_environment_is_not_used(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run from a git hook, a project still gets a repository of its own."""
    other = tmp_path / "other"
    other.mkdir()
    git("init", "--quiet", cwd=other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))

    assert commit_all(folder, tmp_path / "target", "Generate it").committed
    assert (folder / ".git").is_dir()


def test_a_failing_command_says_why(tmp_path: Path) -> None:
    """What git printed last is the reason."""
    with pytest.raises(UserError) as caught:
        run_git("rev-parse", "HEAD", cwd=tmp_path)

    assert caught.value.message.startswith("`git rev-parse` failed: ")


def test_without_git_there_is_no_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without git is told to get it, and why."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UserError) as caught:
        require_git()

    assert caught.value.message == (
        "`git` is not installed: templates are kept in git, so that projects can be updated."
    )
    assert caught.value.hint == (
        "Install it, for example with `apt-get install git` or `brew install git`."
    )
