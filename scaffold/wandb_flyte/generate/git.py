"""Git, as the generator uses it: without the user's hooks and settings, except for who they are."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.errors import UserError

_WORKFLOWS = ".github/workflows"
_FALLBACK = ("wandb-flyte", "wandb-flyte@localhost")
# A hook or `git rebase --exec` that runs us exports its own repository in these.
_INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")
_PLAIN = (
    ("core.hooksPath", os.devnull),
    ("core.excludesFile", os.devnull),
    ("core.autocrlf", "false"),
    ("core.safecrlf", "false"),
    ("init.defaultBranch", "main"),
)


@dataclass(frozen=True)
class GitOutcome:
    """What became of a new project's first commit.

    Attributes:
        committed: Whether it was made.
        note: What the user should know about it, empty when all is as usual.
        command: What the user can run to make it, empty when it was made.
    """

    committed: bool
    note: str = ""
    command: str = ""


def require_git() -> None:
    """Makes sure that there is a git.

    Raises:
        UserError: There is none.
    """
    if shutil.which("git") is None:
        raise UserError(
            "`git` is not installed: templates are kept in git, so that projects can be updated.",
            hint="Install it, for example with `apt-get install git` or `brew install git`.",
        )


def run_git(
    *arguments: str,
    cwd: Path,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[bytes]:
    """Runs git in a folder.

    Raises:
        UserError: It failed, and `check` is on.
    """
    result = subprocess.run(
        ["git", *_settings(), *arguments],
        cwd=cwd,
        env=_environment() | dict(env or {}),
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        check=False,
    )
    if check and result.returncode != 0:
        lines = result.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"exit code {result.returncode}"
        raise UserError(f"`git {arguments[0]}` failed: {reason}.")
    return result


def read_git(*arguments: str, cwd: Path, at_most: int) -> bytes:
    """What git prints in a folder, up to a number of bytes: then it is stopped.

    Raises:
        UserError: It failed.
    """
    with subprocess.Popen(
        ["git", *_settings(), *arguments],
        cwd=cwd,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        printed = process.stdout.read(at_most) if process.stdout else b""
        if len(printed) == at_most:
            process.kill()
            return printed
    if process.returncode != 0:
        raise UserError(f"`git {arguments[0]}` failed: exit code {process.returncode}.")
    return printed


def read_blobs(repository: Path, blobs: Sequence[str]) -> list[bytes]:
    """What blobs hold, in their order."""
    wanted = "".join(f"{blob}\n" for blob in blobs).encode()
    printed = run_git("cat-file", "--batch", cwd=repository, stdin=wanted).stdout
    contents, at = [], 0
    for _ in blobs:
        start = printed.index(b"\n", at) + 1
        size = int(printed[at:start].split()[-1])
        contents.append(printed[start : start + size])
        at = start + size + 1
    return contents


def commit_all(folder: Path, target: Path, message: str) -> GitOutcome:
    """Commits a new project as it was generated, unless it lands in another repository.

    Args:
        folder: The project's files.
        target: Where they will be moved to.
        message: The commit's message.
    """
    outer = _repository_around(target)
    if outer is not None:
        commit = shlex.join(["git", "commit", "-m", message, "--", "."])
        note = f"`{outer}` is a git repository already, so nothing was committed."
        if (folder / _WORKFLOWS).is_dir():
            inside = target.resolve().relative_to(outer.resolve())
            note += (
                f" GitHub runs what is in its own `{_WORKFLOWS}`: move the project's `ci.yml` "
                f"there, and set `working-directory: {inside.as_posix()}` for its steps."
            )
        return GitOutcome(
            committed=False,
            note=note,
            command=f"cd {shlex.quote(str(target))} && git add . && {commit}",
        )
    run_git("init", "--quiet", cwd=folder)
    run_git("add", "--all", "--force", cwd=folder)
    return GitOutcome(committed=True, note=commit_staged(folder, message))


def commit_staged(folder: Path, message: str) -> str:
    """Commits what is staged, as the user or, where git knows none, as wandb-flyte.

    Returns:
        What the user should know about it, empty when all is as usual.
    """
    arguments = ("commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", message)
    if run_git(*arguments, cwd=folder, check=False).returncode == 0:
        return ""
    name, mail = _FALLBACK
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", name), ("EMAIL", mail))
    }
    run_git(*arguments, cwd=folder, env=who)
    return (
        f"Git does not know who you are, so the first commit is by `{name} <{mail}>`; "
        "`git config --global user.name` and `user.email` tell it."
    )


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _INHERITED}


def _settings() -> list[str]:
    return [part for name, value in _PLAIN for part in ("-c", f"{name}={value}")]


def _repository_around(target: Path) -> Path | None:
    """The repository that a folder lies in, if any."""
    parent = target.resolve().parent
    if not any((folder / ".git").exists() for folder in (parent, *parent.parents)):
        return None
    found = run_git("rev-parse", "--show-toplevel", cwd=parent, check=False)
    return Path(os.fsdecode(found.stdout.rstrip(b"\n"))) if found.returncode == 0 else None
