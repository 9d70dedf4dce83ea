"""The git history of a project, which an update relies on: what was there can be had back."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from wandb_flyte.errors import UserError
from wandb_flyte.generate.git import commit_staged, run_git
from wandb_flyte.generate.names import ANSWERS

from .changes import FileChange

_MESSAGE = "Before the update"


def needs_history(root: Path, files: Sequence[str] = ()) -> bool:
    """Whether a project has no git history yet.

    Args:
        root: The project's folder.
        files: The files that matter, known to git or not; by default all that git knows.

    Raises:
        UserError: It has one, and changes of these files that are not in it.
    """
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return True
    top = _top(root)
    known = run_git("ls-files", "--error-unmatch", ANSWERS, cwd=root, check=False).returncode == 0
    # Of a larger repository, only what is below the project's folder matters.
    arguments = ("status", "--porcelain", "--untracked-files=all", "--", *(files or ["."]))
    status = run_git(*arguments, cwd=root).stdout.splitlines()
    begun = run_git("rev-parse", "--verify", "--quiet", "HEAD", cwd=root, check=False)
    if begun.returncode != 0 and top == root.resolve():
        return True
    if known and not files:
        status = [line for line in status if not line.startswith(b"??")]
    if status:
        raise _dirty(root, status)
    if not known:
        raise UserError(
            f"`{top}` is a git repository that ignores `{root}`.",
            hint=f"Give the project a history of its own: `cd {shlex.quote(str(root))} && git init "
            '&& git add . && git commit -m "Before the update"`.',
        )
    return False


def start_history(root: Path) -> str:
    """Commits a project that has no history, and says what was done."""
    run_git("init", "--quiet", cwd=root)
    run_git("add", "--all", cwd=root)
    note = commit_staged(root, _MESSAGE)
    done = f"`{root}` had no git history: it was committed as it is, as `{_MESSAGE}`."
    return f"{done}\n{note}" if note else done


def mark_conflicts(root: Path, conflicts: Sequence[FileChange]) -> None:
    """Tells git which files have conflicts, so that nobody commits them unseen."""
    if not conflicts:
        return
    prefix = run_git("rev-parse", "--show-prefix", cwd=root).stdout.rstrip(b"\n")
    lines = []
    for change in conflicts:
        path = prefix + os.fsencode(change.path)
        stages = []
        for stage, content in enumerate((change.base, change.before, change.template), start=1):
            if content is not None:
                stored = run_git("hash-object", "-w", "--stdin", cwd=root, stdin=content).stdout
                stages.append((stored.strip(), stage))
        nothing = b"0" * len(stages[0][0])  # As long as the repository's hashes.
        lines.append(b"0 " + nothing + b"\t" + path)
        lines += [b"100644 " + stored + b" %d\t" % stage + path for stored, stage in stages]
    index = b"\0".join(lines) + b"\0"
    run_git("update-index", "-z", "--index-info", cwd=root, stdin=index)


def _top(root: Path) -> Path:
    shown = run_git("rev-parse", "--show-toplevel", cwd=root).stdout
    return Path(os.fsdecode(shown.rstrip(b"\n"))).resolve()


def _dirty(root: Path, status: Sequence[bytes]) -> UserError:
    lines = [line.decode(errors="replace") for line in status]
    names = ", ".join(f"`{line[3:]}`" for line in lines[:3])
    more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
    folder = shlex.quote(str(root))
    return UserError(
        f"There are changes that are not committed: {names}{more}.",
        hint=f'Commit them with `git -C {folder} add --all . && git -C {folder} commit -m "Save my '
        f'work"`, or put them aside with `git -C {folder} stash --include-untracked`.',
    )
