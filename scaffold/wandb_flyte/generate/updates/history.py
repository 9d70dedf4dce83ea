"""The versions of the template: which there are, which is newer, and what each one renamed."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from wandb_flyte.errors import UserError
from wandb_flyte.generate.git import read_blobs, run_git
from wandb_flyte.generate.sources import content_hash
from wandb_flyte.generate.template import SOURCE
from wandb_flyte.generate.temporary import temporary_folder

MOVES_FILE = "versions.toml"


@dataclass(frozen=True)
class Moves:
    """What was renamed between two versions of the template.

    Attributes:
        files: For each version that renamed files or folders their old names with the new ones,
            oldest first, with the answers filled in. Names of folders end in `/`.
        answers: The new name of each answer that has one.
        news: What else is new, a line each, oldest first.
    """

    files: tuple[Mapping[str, str], ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    news: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Every name that stands in the lists of renamed files."""
        return [name for renamed in self.files for pair in renamed.items() for name in pair]

    def follow(self, name: str) -> str:
        """A file's last name, after all that renamed it or a folder that it lay in."""
        for renamed in self.files:
            parents = [f"{parent}/" for parent in PurePosixPath(name).parents]
            # The file itself goes first, then the innermost folder.
            found = next((old for old in (name, *parents) if old in renamed), "")
            if found:
                name = renamed[found] + name.removeprefix(found)
        return name


@dataclass(frozen=True)
class History:
    """The template's versions, in a repository that lives as long as it is looked at.

    Attributes:
        repository: A bare git repository.
    """

    repository: Path

    def find(self, version: str) -> str | None:
        """The commit of a version, as `git describe` names it, or None."""
        arguments = (
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            f"{version}^{{commit}}",
        )
        found = run_git(*arguments, cwd=self.repository, check=False)
        return found.stdout.decode().strip() if found.returncode == 0 else None

    def add(self, bundle: Path) -> None:
        """Takes the versions of another bundle in, but none of its names for them."""
        refs = "+refs/heads/*:refs/added/*"
        run_git("fetch", "--quiet", "--no-tags", str(bundle), refs, cwd=self.repository)

    def name(self, commit: str) -> str:
        """A version's name: its tag, or the last tag and how far it is from there."""
        found = run_git("describe", "--tags", "--always", commit, cwd=self.repository)
        return found.stdout.decode().strip()

    def tags(self) -> list[str]:
        """All releases, oldest first."""
        arguments = ("tag", "--sort=version:refname", "--list", "v*")
        return run_git(*arguments, cwd=self.repository).stdout.decode().split()

    def releases(self, commit: str) -> list[str]:
        """The releases that a version builds on, itself included, newest first."""
        arguments = ("tag", "--merged", commit, "--sort=-version:refname", "--list", "v*")
        return run_git(*arguments, cwd=self.repository).stdout.decode().split()

    def is_older(self, commit: str, than: str) -> bool:
        """Whether a version comes before another."""
        if commit == than:
            return False
        ours, theirs = self.releases(commit)[:1], self.releases(than)[:1]
        if ours != theirs:
            return not ours or (bool(theirs) and _number(ours[0]) < _number(theirs[0]))
        arguments = ("merge-base", "--is-ancestor", commit, than)
        return run_git(*arguments, cwd=self.repository, check=False).returncode == 0

    def content_hash(self, commit: str) -> str:
        """The hash of all files of a version, which is the same whatever its commit says."""
        listed = run_git("ls-tree", "-r", "-z", commit, cwd=self.repository).stdout
        blobs = {}
        for line in filter(None, listed.split(b"\0")):
            about, _, name = line.partition(b"\t")
            blobs[os.fsdecode(name)] = about.split()[2].decode()
        contents = read_blobs(self.repository, list(blobs.values()))
        return content_hash(dict(zip(blobs, contents, strict=True)))

    def moves(self, old: str, new: str, answers: Mapping[str, Any]) -> Moves:
        """What the newer version renamed that the older one had not renamed yet.

        Raises:
            UserError: The template's list of moves makes no sense.
        """
        known, listed = self._versions(old), self._versions(new)
        had = {entry["number"] for entry in known}
        files = (_filled(pairs, answers) for pairs in _new_pairs(known, listed, "files"))
        return Moves(
            files=tuple(renamed for renamed in files if renamed),
            answers=_follow(_new_pairs(known, listed, "answers")),
            news=tuple(
                line for entry in listed if entry["number"] not in had for line in entry["news"]
            ),
        )

    def users_own(self, commit: str, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """Patterns of the files that a version writes once and leaves to the user."""
        patterns = self._config(commit).get("_skip_if_exists", [])
        return tuple(_fill(str(pattern), answers) for pattern in patterns)

    def asks(self, commit: str, question: str) -> bool:
        """Whether a version has this question, such as `kits`, and so knows what it is about."""
        return question in self._config(commit)

    def _config(self, commit: str) -> Mapping[str, Any]:
        import yaml

        try:
            config = yaml.safe_load(self._show(commit, "copier.yml") or "")
        except yaml.YAMLError as error:
            raise UserError("The template's `copier.yml` is no YAML.") from error
        return config if isinstance(config, dict) else {}

    def _versions(self, commit: str) -> list[dict[str, Any]]:
        try:
            listed = tomllib.loads(self._show(commit, MOVES_FILE) or "").get("version", [])
            return [
                {
                    "number": str(entry["number"]),
                    "news": [str(line) for line in entry.get("news", [])],
                    "files": {str(k): str(v) for k, v in entry.get("files", {}).items()},
                    "answers": {str(k): str(v) for k, v in entry.get("answers", {}).items()},
                }
                for entry in listed
            ]
        except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError) as error:
            name = self.name(commit)
            raise UserError(f"`{MOVES_FILE}` of template {name} can't be read: {error}.") from error

    def _show(self, commit: str, name: str) -> str | None:
        shown = run_git("cat-file", "blob", f"{commit}:{name}", cwd=self.repository, check=False)
        return shown.stdout.decode(errors="replace") if shown.returncode == 0 else None


@contextmanager
def open_history() -> Iterator[History]:
    """The versions in the user's bundle.

    Raises:
        UserError: The bundle is damaged.
    """
    with temporary_folder() as scratch:
        bundle = Path(SOURCE).expanduser()
        arguments = ("clone", "--quiet", "--bare", str(bundle), "template.git")
        if run_git(*arguments, cwd=Path(scratch), check=False).returncode != 0:
            raise UserError(
                f"`{SOURCE}` is no git bundle, or a damaged one.",
                hint="Delete it: the next command makes it anew from the installed wandb-flyte.",
            )
        yield History(Path(scratch) / "template.git")


def _new_pairs(
    known: list[dict[str, Any]], listed: list[dict[str, Any]], kind: str
) -> list[dict[str, str]]:
    """For each version what it renamed that no known version had renamed already."""
    had = {pair for entry in known for pair in entry[kind].items()}
    return [
        {old: new for old, new in entry[kind].items() if (old, new) not in had} for entry in listed
    ]


def _follow(versions: list[dict[str, str]]) -> dict[str, str]:
    """The last name of every answer that was renamed, once or several times."""
    names: dict[str, str] = {}
    for renamed in versions:
        known = {first: renamed.get(last, last) for first, last in names.items()}
        names = {**renamed, **known}
    return {first: last for first, last in names.items() if first != last}


def _filled(renamed: Mapping[str, str], answers: Mapping[str, Any]) -> dict[str, str]:
    pairs = {_fill(old, answers): _fill(new, answers) for old, new in renamed.items()}
    for old, new in pairs.items():
        if old.endswith("/") != new.endswith("/"):
            raise UserError(
                f"`{MOVES_FILE}` of the template renames `{old}` to `{new}`, a folder to a file or "
                "a file to a folder.",
                hint="Names of folders end in `/`.",
            )
    return pairs


def _fill(text: str, answers: Mapping[str, Any]) -> str:
    # Names only: a list of moves is data, and no expression in it is ever evaluated.
    for name, value in answers.items():
        if isinstance(value, str):
            text = text.replace(f"{{{{ {name} }}}}", value)
    return text


def _number(tag: str) -> tuple[int, ...]:
    return tuple(int(part) for part in tag.removeprefix("v").split(".") if part.isdigit())
