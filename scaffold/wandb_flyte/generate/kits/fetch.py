"""Fetches kits with git: into a cache from URLs, into scratch from paths and bundles.

Nothing is ever checked out, so no name of a file, no filter and no submodule can do anything: git
lists what a commit has, the list is looked over, and the files are read into memory.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.errors import Finding, InvalidInput, UserError

from ..git import read_blobs, read_git, run_git
from ..temporary import temporary_folder
from .inspect import Entry, check_entries
from .source import Source

_TAG = re.compile(r"v?\d+(\.\d+)*")
_LONGEST_LIST = 1_000_000
_SAFE = {
    "GIT_ALLOW_PROTOCOL": "https:ssh:file",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"),
    "LC_ALL": "C",
}
_SHA256 = 64  # Characters.
_HEADS = ("+HEAD:refs/kit/head", "+refs/heads/*:refs/kit/heads/*", "+refs/tags/*:refs/tags/*")


@dataclass(frozen=True)
class Files:
    """The files of a commit.

    Attributes:
        contents: What each holds.
        executables: The names of those that can be run.
    """

    contents: dict[str, bytes]
    executables: frozenset[str]


@dataclass(frozen=True)
class Repository:
    """A kit's repository, for as long as it is looked at.

    Attributes:
        folder: A bare git repository.
        source: Where it was fetched from.
        note: What the user should know about it, such as that it is from the cache.
    """

    folder: Path
    source: Source
    note: str = ""

    def versions(self) -> list[str]:
        """All its versions, oldest first."""
        tags = run_git("tag", "--list", cwd=self.folder).stdout.decode().split()
        return sorted((tag for tag in tags if _TAG.fullmatch(tag)), key=_number)

    def resolve(self, version: str) -> tuple[str, str]:
        """The name and the commit of a version; of the newest when it is empty.

        Raises:
            UserError: There is no such version.
        """
        versions = self.versions()
        if not version:
            names = [*reversed(versions), "refs/kit/head"]
        else:
            names = [f"refs/tags/v{version}", f"refs/tags/{version}", f"refs/kit/heads/{version}"]
            names += [version] if re.fullmatch("[0-9a-f]{7,64}", version) else []
        for name in names:
            if commit := self.commit(name):
                return self._name(commit), commit
        known = ", ".join(version.removeprefix("v") for version in versions[-10:])
        raise UserError(
            f"The kit `{self.source.location}` has no version `{version}`."
            if version
            else f"The kit `{self.source.location}` has no commit.",
            hint=f"It has {known}." if known else "None of its commits has a tag.",
        )

    def commit(self, name: str) -> str | None:
        """The commit of a name, None when there is none."""
        arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        found = run_git(*arguments, cwd=self.folder, check=False)
        return found.stdout.decode().strip() if found.returncode == 0 else None

    def builds_on(self, commit: str, older: str) -> bool:
        """Whether a commit comes after another, or is it."""
        arguments = ("merge-base", "--is-ancestor", older, commit)
        return run_git(*arguments, cwd=self.folder, check=False).returncode == 0

    def read(self, commit: str) -> Files:
        """The files of a commit.

        Raises:
            InvalidInput: It has what no kit may have; nothing was read.
        """
        entries = self._list(commit)
        if findings := check_entries(entries):
            raise InvalidInput(findings)
        contents = read_blobs(self.folder, [entry.blob for entry in entries])
        files = {entry.name: content for entry, content in zip(entries, contents, strict=True)}
        runnable = frozenset(entry.name for entry in entries if entry.mode == "100755")
        return Files(files, runnable)

    def file(self, commit: str, name: str) -> bytes:
        """One file of a commit, empty when there is none or a large one."""
        entry = next((entry for entry in self._list(commit) if entry.name == name), None)
        if entry is None or check_entries([entry]):
            return b""
        return run_git("cat-file", "blob", entry.blob, cwd=self.folder).stdout

    def _list(self, commit: str) -> list[Entry]:
        # With the folders: a few that hold each other many times over would else be walked for
        # ever, without a line.
        arguments = ("ls-tree", "-r", "-t", "-z", "-l", "--full-tree", commit)
        listed = read_git(*arguments, cwd=self.folder, at_most=_LONGEST_LIST)
        if len(listed) == _LONGEST_LIST:
            raise InvalidInput([Finding("It has too many files.", "A kit has a few hundred.")])
        entries = []
        for line in filter(None, listed.split(b"\0")):
            about, _, name = line.partition(b"\t")
            mode, kind, blob, size = about.split()
            if kind == b"tree":
                continue
            length = int(size) if size.isdigit() else 0
            text = name.decode(errors="surrogateescape")
            entries.append(Entry(text, mode.decode(), length, blob.decode()))
        return entries

    def _name(self, commit: str) -> str:
        tags = run_git("tag", "--points-at", commit, cwd=self.folder).stdout.decode().split()
        known = sorted((tag for tag in tags if _TAG.fullmatch(tag)), key=_number)
        return known[-1].removeprefix("v") if known else commit[:12]


@contextmanager
def open_repository(source: Source, *, needs: str = "") -> Iterator[Repository]:
    """A kit's repository, fetched.

    Args:
        source: Where it comes from.
        needs: A commit that is enough: when the cache has it, nothing is fetched.

    Raises:
        UserError: It can't be fetched, and the cache does not have it.
    """
    if source.local:
        with temporary_folder() as scratch:
            folder = _init(Path(scratch) / "kit.git")
            _fetch_local(source, folder)
            yield Repository(folder, source)
        return
    with _cached(source) as folder:
        known = Repository(folder, source)
        if needs and known.commit(needs):
            yield known
            return
        reason = fetch_into(folder, source.location)
        if reason and not known.commit("refs/kit/head"):
            raise UserError(
                f"The kit `{source.location}` can't be fetched: {reason}",
                hint="Look at the URL, the network and your rights there: `git ls-remote` with it.",
            )
        note = f"`{source.location}` can't be reached, so the kit is as it was last fetched."
        yield Repository(folder, source, note if reason else "")


@contextmanager
def cached_repository(source: Source) -> Iterator[Repository]:
    """A kit's repository as it was last fetched; a local one is fetched again.

    Raises:
        UserError: A local one can't be read.
    """
    if source.local:
        with open_repository(source) as repository:
            yield repository
    else:
        with _cached(source) as folder:
            yield Repository(folder, source)


def cache_folder() -> Path:
    """Where kits from URLs are kept."""
    home = os.environ.get("WANDB_FLYTE_HOME")
    return (Path(home) if home else Path.home() / ".wandb-flyte") / "kits"


def cached_sources() -> list[Source]:
    """The kits in the cache."""
    files = cache_folder().glob("*.git/wandb-flyte-source")
    return sorted((Source(file.read_text("utf-8").strip()) for file in files), key=str)


def _fetch_local(source: Source, folder: Path) -> None:
    path = source.path
    if not path.exists():
        raise UserError(
            f"The kit `{source.location}` is not there.",
            hint="Say where it is: a git URL, a folder or a bundle.",
        )
    if not path.is_dir() and not (path.is_file() and _is_bundle(path)):
        raise UserError(f"The kit `{source.location}` is a file, and no git bundle.")
    if path.is_dir() and not any((path / name).exists() for name in (".git", "objects")):
        raise UserError(
            f"The kit `{source.location}` is no git repository.",
            hint="Make it one: `git init && git add . && git commit`, and `git tag v0.1.0`.",
        )
    if reason := fetch_into(folder, str(path)):
        raise UserError(f"The kit `{source.location}` can't be read: {reason}")


def _is_bundle(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.readline(40).rstrip() in (b"# v2 git bundle", b"# v3 git bundle")
    except OSError as error:
        raise UserError(f"`{path}` can't be read: {error.strerror or error}.") from error


def fetch_into(folder: Path, location: str) -> str:
    """Fetches all versions into a bare repository, and says why it can't."""
    reason = _fetch(folder, location)
    if reason and not run_git("for-each-ref", "--count=1", cwd=folder).stdout:
        # It was made before anybody knew which hash the kit has.
        listed = run_git("ls-remote", "--", location, cwd=folder, env=_SAFE, check=False).stdout
        if listed:
            kind = "sha256" if len(listed.split()[0]) == _SHA256 else "sha1"
            run_git("config", "core.repositoryFormatVersion", "1", cwd=folder)
            run_git("config", "extensions.objectFormat", kind, cwd=folder)
            return _fetch(folder, location)
    return reason


def _fetch(folder: Path, location: str) -> str:
    safe = ("-c", "fetch.fsckObjects=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false")
    options = ("--quiet", "--no-tags", "--prune", "--no-recurse-submodules")
    for heads in (_HEADS, _HEADS[1:]):  # A bundle may have no HEAD.
        arguments = (*safe, "fetch", *options, "--", location, *heads)
        fetched = run_git(*arguments, cwd=folder, env=_SAFE, check=False)
        if fetched.returncode == 0:
            return ""
        lines = fetched.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[0] if lines else f"git ended with {fetched.returncode}"
        if "HEAD" not in reason:
            break
    return reason.removeprefix("fatal: ").rstrip(".") + "."


def _init(folder: Path) -> Path:
    folder.mkdir(parents=True)
    make_bare(folder)
    return folder


def make_bare(folder: Path) -> None:
    """Makes a folder a bare repository, for SHA-1 until a kit of another hash is fetched."""
    run_git("init", "--quiet", "--bare", "--template=", "--object-format=sha1", cwd=folder)


@contextmanager
def _cached(source: Source) -> Iterator[Path]:
    digest = hashlib.sha256(source.location.encode()).hexdigest()[:16]
    folder = cache_folder() / f"{digest}.git"
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        lock = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UserError(f"`{cache_folder()}` can't be written: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "wandb-flyte-source").exists():
            with suppress(FileExistsError):
                _init(folder)
            (folder / "wandb-flyte-source").write_text(f"{source.location}\n", encoding="utf-8")
        yield folder
    finally:
        os.close(lock)


def _number(tag: str) -> tuple[int, ...]:
    return tuple(int(part) for part in tag.removeprefix("v").split("."))
