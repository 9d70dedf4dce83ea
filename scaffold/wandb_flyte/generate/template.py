"""The template's history: a git bundle, from which copier makes and updates projects.

A release appends one commit and one tag to `templates/project.bundle`. What was changed since
then is committed on top when a project is made, with a fixed author and date, so that the same
template is the same commit on every machine. Projects name `~/.wandb-flyte/template.bundle` as
their source; it holds every version that this user has made a project from.
"""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from wandb_flyte._locking import locked
from wandb_flyte.errors import UserError

from .git import run_git
from .sources import content_hash, digest, read_sources
from .temporary import temporary_folder

SOURCE = "~/.wandb-flyte/template.bundle"

_AUTHOR = "wandb-flyte <wandb-flyte@localhost> 1767225600 +0000"
_HINT = "The project's template is kept there; set HOME to a folder of yours."
_TAG = re.compile(r"refs/tags/v(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True)
class Template:
    """A version of the template that copier can use.

    Attributes:
        source: The bundle, as a project's `_src_path` names it.
        commit: The version's commit.
        content: The hash of its files; empty where nobody asks for it.
    """

    source: str
    commit: str
    content: str = ""


def templates_folder() -> Path:
    """Where the templates are: in the installed package, or in the checkout around it."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "_templates"
    return packed if packed.is_dir() else package.parents[1] / "templates"


def install_template(templates: Path | None = None, bundle: Path | None = None) -> Template:
    """Puts this version of the template into the user's bundle, unless it is there already.

    Args:
        templates: The folder with `project` and `project.bundle`, by default this package's own.
        bundle: A bundle to use in place of the user's.

    Raises:
        UserError: The bundle can't be written, or git failed.
    """
    folder = templates or templates_folder()
    files = read_sources(folder / "project")
    released = folder / "project.bundle"
    # It tells histories apart that end in the same version, too.
    key = digest(files, *sorted(_refs(released).values()))[:16]
    branch = f"refs/heads/template-{key}"
    home = bundle or Path(SOURCE).expanduser()
    known = _refs(home).get(branch)
    if known is None:
        with locked(home.with_name(".template.lock"), _HINT):
            known = _add(files, released, home, branch)
    return Template(str(bundle) if bundle else SOURCE, known, content_hash(files))


def append_release(version: str, templates: Path | None = None) -> str:
    """Appends the template as it is now to the released history, as one commit and one tag.

    Args:
        version: The version to release, such as `0.2.0`.
        templates: The folder with `project` and `project.bundle`.

    Returns:
        The new commit.

    Raises:
        UserError: The version was released already, or is not newer than the last one.
    """
    folder = templates or templates_folder()
    released = folder / "project.bundle"
    tag = f"refs/tags/v{version}"
    newest = _newest_tag(_refs(released))
    if not _TAG.fullmatch(tag):
        raise UserError(f"`{version}` is no version.", hint="Write it like `0.2.0`.")
    if newest and _version(newest) >= _version(tag):
        last = newest.removeprefix("refs/tags/")
        raise UserError(f"`{version}` is not newer than the last release, {last}.")
    with temporary_folder() as scratch:
        repository = _repository(Path(scratch), released)
        parent = _refs(released).get(newest) if newest else None
        commit = _commit(repository, read_sources(folder / "project"), f"Release {version}", parent)
        run_git("update-ref", tag, commit, cwd=repository)
        run_git("bundle", "create", "--quiet", "new.bundle", "--tags", cwd=repository)
        shutil.move(repository / "new.bundle", released)
    return commit


def _add(files: dict[str, bytes], released: Path, home: Path, branch: str) -> str:
    refs = _refs(released)
    newest = _newest_tag(refs)
    with temporary_folder() as scratch:
        repository = _repository(Path(scratch), home, released)
        parent = refs[newest] if newest else None
        commit = _commit(repository, files, "Unreleased work on the template", parent)
        if parent and _tree(repository, parent) == _tree(repository, commit):
            commit = parent
        run_git("update-ref", branch, commit, cwd=repository)
        run_git("symbolic-ref", "HEAD", branch, cwd=repository)
        arguments = ("bundle", "create", "--quiet", "new.bundle", "HEAD", "--branches", "--tags")
        run_git(*arguments, cwd=repository)
        fresh = home.with_name(f".{home.name}.new")
        shutil.copyfile(repository / "new.bundle", fresh)
        fresh.replace(home)
    return commit


def _repository(folder: Path, *bundles: Path) -> Path:
    """A bare repository with what is in these bundles; the last one wins, and has to be whole."""
    # The released history has SHA-1, whatever git makes new repositories with.
    run_git("init", "--quiet", "--bare", "--object-format=sha1", cwd=folder)
    for bundle in bundles:
        if _refs(bundle):
            kinds = ("+refs/tags/*:refs/tags/*", "+refs/heads/*:refs/heads/*")
            # A damaged bundle of the user's is made anew.
            arguments = ("fetch", "--quiet", "--no-tags", str(bundle), *kinds)
            run_git(*arguments, cwd=folder, check=bundle is bundles[-1])
    return folder


def _commit(repository: Path, files: dict[str, bytes], message: str, parent: str | None) -> str:
    """Commits exactly these files, whatever git is set to ignore or to convert."""
    text = message.encode()
    stream = [
        b"commit refs/wandb-flyte/new\n",
        f"author {_AUTHOR}\ncommitter {_AUTHOR}\ndata {len(text)}\n".encode() + text + b"\n",
        f"from {parent}\n".encode() if parent else b"",
        b"deleteall\n",
    ]
    for name, content in files.items():
        stream.append(f"M 100644 inline {name}\ndata {len(content)}\n".encode() + content + b"\n")
    run_git("fast-import", "--quiet", "--force", cwd=repository, stdin=b"".join(stream))
    shown = run_git("rev-parse", "refs/wandb-flyte/new", cwd=repository)
    return shown.stdout.decode().strip()


def _tree(repository: Path, commit: str) -> bytes:
    return run_git("rev-parse", f"{commit}^{{tree}}", cwd=repository).stdout


def _refs(bundle: Path) -> dict[str, str]:
    """A bundle's refs, read from its header: no git is started for it."""
    refs: dict[str, str] = {}
    try:
        with bundle.open("rb") as file:
            if not file.readline().startswith(b"# v"):
                return {}
            for line in file:
                commit, _, name = line.decode(errors="replace").rstrip("\n").partition(" ")
                if not commit:
                    break
                if not commit.startswith(("@", "-")):
                    refs[name] = commit
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise UserError(f"`{bundle}` can't be read: {error.strerror or error}.") from error
    return refs


def _newest_tag(refs: dict[str, str]) -> str | None:
    return max((name for name in refs if _TAG.fullmatch(name)), key=_version, default=None)


def _version(tag: str) -> tuple[int, ...]:
    found = _TAG.fullmatch(tag)
    return tuple(int(part) for part in found.groups()) if found else ()


if __name__ == "__main__":
    append_release(sys.argv[1])
