"""What an update does to each file: a three-way merge, decided before anything is written."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Literal

from wandb_flyte.errors import UserError
from wandb_flyte.generate.git import run_git
from wandb_flyte.generate.temporary import temporary_folder

Kind = Literal["unchanged", "new", "updated", "merged", "moved", "removed", "yours", "conflict"]
KINDS: tuple[Kind, ...] = (
    "unchanged",
    "new",
    "updated",
    "merged",
    "moved",
    "removed",
    "yours",
    "conflict",
)
OURS, BASE, THEIRS = "before updating", "last update", "after updating"


@dataclass(frozen=True)
class FileChange:
    """What happens to one file.

    Attributes:
        path: The file's name in the project, after the update.
        kind: What happens to it.
        reason: Why, where the kind does not say it all.
        moved_from: Its name before the update, when that was another.
        before: What the project has, None when it has none.
        base: What the template had, None when it had none.
        template: What the template has now, None when it has none.
        after: What the project will have, None when it will have none.
        executable: Whether it can be run from now on; None where that stays as it is.
    """

    path: str
    kind: Kind
    reason: str = ""
    moved_from: str = ""
    before: bytes | None = None
    base: bytes | None = None
    template: bytes | None = None
    after: bytes | None = None
    executable: bool | None = None

    @property
    def writes(self) -> bool:
        """Whether the update touches the project for it."""
        return self.before != self.after or bool(self.moved_from) or self.executable is not None

    def diff(self) -> str:
        """The change as a unified diff, empty when there is none or a file is no text."""
        old, new = self.before or b"", self.after or b""
        if old == new or is_binary(old) or is_binary(new):
            return ""
        return unified(old, new, self.moved_from or self.path, self.path)


def is_binary(content: bytes) -> bool:
    """Whether a file is no text, by git's own rule."""
    return b"\0" in content[:8000]


def unified(old: bytes, new: bytes, old_name: str, new_name: str) -> str:
    """A unified diff of two texts."""
    lines = difflib.unified_diff(
        old.decode(errors="replace").splitlines(keepends=True),
        new.decode(errors="replace").splitlines(keepends=True),
        f"a/{old_name}",
        f"b/{new_name}",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def compare(
    project: Mapping[str, bytes],
    base: Mapping[str, bytes],
    template: Mapping[str, bytes],
    *,
    moves: Mapping[str, str],
    users_own: Sequence[str],
    dropped: Mapping[str, bytes] = MappingProxyType({}),
    skip: Container[str] = (),
) -> list[FileChange]:
    """What an update does to every file of the template's, conflicts last.

    Args:
        project: The project's files; of those that the template does not know, none is needed.
        base: The files as the template had them at the last update.
        template: The files as the template has them now.
        moves: The new names of files that the template renamed.
        users_own: Patterns of the files that are written once and never touched again.
        dropped: Files that the template has no more, as the last version that had them makes
            them, by the names that they have in `base`.
        skip: Files to leave out.
    """
    followed = _followed(project, base, template, moves, users_own)
    origins = {new: old for old, new in followed.items()}
    names = (base.keys() | template.keys()) - followed.keys() | origins.keys()
    changes = []
    for name in names:
        origin = origins.get(name, name)
        if name in skip or origin in skip:
            continue
        change = _decide(
            name,
            project.get(origin),
            # A file that the user deleted under its old name stays deleted under its new one.
            base.get(origin, base.get(_old_name(name, moves, project))),
            template.get(name),
            dropped.get(origin),
            owned=matches(name, users_own) or matches(origin, users_own),
        )
        if change.before is not None or change.template is not None:
            changes.append(_with_origin(change, origins.get(name, "")))
    return in_order(changes)


def with_modes(
    changes: Iterable[FileChange], base: Container[str], template: Container[str]
) -> list[FileChange]:
    """Changes with the files that the template makes executable, or no longer does.

    Args:
        changes: What happens to each file.
        base: The files that were executable at the last update.
        template: Those that are now.
    """
    return [_with_mode(change, base, template) for change in changes]


def _with_mode(change: FileChange, base: Container[str], template: Container[str]) -> FileChange:
    now = change.path in template
    if change.template is None or now == ((change.moved_from or change.path) in base):
        return change
    if change.after is None or change.kind == "yours":
        return change
    if change.kind == "unchanged":
        reason = "it can be run now" if now else "it can't be run any more"
        return replace(change, kind="updated", reason=reason, executable=now)
    return replace(change, executable=now)


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a file is one of these, by patterns as in a `.gitignore`."""
    return any(PurePosixPath(name).match(pattern) for pattern in patterns)


def in_order(changes: Iterable[FileChange]) -> list[FileChange]:
    """Changes by their kind, what needs the user last."""
    return sorted(changes, key=lambda change: (KINDS.index(change.kind), change.path))


def _old_name(name: str, moves: Mapping[str, str], project: Mapping[str, bytes]) -> str:
    if name in project:
        return name
    return next((old for old, new in moves.items() if new == name), name)


def _followed(
    project: Mapping[str, bytes],
    base: Mapping[str, bytes],
    template: Mapping[str, bytes],
    moves: Mapping[str, str],
    users_own: Sequence[str],
) -> dict[str, str]:
    """The files that go to their new names."""
    followed: dict[str, str] = {}
    for old, new in sorted(moves.items()):
        if old not in project or new in followed.values():
            continue
        # What is nowhere now goes under its old name, unless there are edits in it.
        if new in template or matches(new, users_own) or project[old] != base.get(old):
            followed[old] = new
    # A name is free when no file has it, or the one that has it goes elsewhere; and a name that
    # the template still has is left for another file that comes to it.
    while stuck := [
        old
        for old, new in followed.items()
        if new in project.keys() - followed.keys()
        or old in template.keys() - set(followed.values())
    ]:
        for old in stuck:
            del followed[old]
    return followed


def _decide(
    path: str,
    ours: bytes | None,
    base: bytes | None,
    theirs: bytes | None,
    last: bytes | None,
    *,
    owned: bool,
) -> FileChange:
    after, kind, reason = _outcome(ours, base, theirs, last, owned=owned)
    return FileChange(path, kind, reason, before=ours, base=base, template=theirs, after=after)


def _outcome(
    ours: bytes | None,
    base: bytes | None,
    theirs: bytes | None,
    last: bytes | None,
    *,
    owned: bool,
) -> tuple[bytes | None, Kind, str]:
    if ours is None:
        if theirs is not None and (base is None or owned):
            return theirs, "new", ""
        return None, "yours", "you removed it"
    if owned:
        return ours, "yours", ""
    if ours == theirs:
        return ours, "unchanged", ""
    if theirs is None:
        if ours == base:
            return None, "removed", ""
        return _keep(ours, base, last)
    if theirs == base:
        return ours, "unchanged", "with your edits"
    if ours == base:
        return theirs, "updated", ""
    return _merge(ours, base or b"", theirs)


def _keep(ours: bytes, base: bytes | None, last: bytes | None) -> tuple[bytes, Kind, str]:
    """An edited file that is dropped: with what an update to the last version of it makes of it."""
    reason = "you edited it, and the template has it no more"
    if last is None or last == base:
        return ours, "yours", reason
    merged, kind, _ = _merge(ours, base or b"", last)
    return (merged, kind, reason) if kind == "merged" else (ours, "yours", reason)


def _merge(ours: bytes, base: bytes, theirs: bytes) -> tuple[bytes, Kind, str]:
    if any(is_binary(content) for content in (ours, base, theirs)):
        return ours, "yours", "it is no text, and the template's changed too"
    with temporary_folder() as scratch:
        for name, content in (("ours", ours), ("base", base), ("theirs", theirs)):
            (Path(scratch) / name).write_bytes(content)
        labels = [part for label in (OURS, BASE, THEIRS) for part in ("-L", label)]
        arguments = ("merge-file", "-p", *labels, "ours", "base", "theirs")
        merged = run_git(*arguments, cwd=Path(scratch), check=False)
    # The exit code is the number of conflicts, at most 127; 255 is an error, less than 0 a signal.
    if not 0 <= merged.returncode <= 127:
        reason = merged.stderr.decode(errors="replace").strip() or f"code {merged.returncode}"
        raise UserError(f"`git merge-file` failed: {reason}.")
    return merged.stdout, "conflict" if merged.returncode else "merged", ""


def _with_origin(change: FileChange, origin: str) -> FileChange:
    if not origin:
        return change
    if change.kind == "conflict" or change.template is None:
        return replace(change, moved_from=origin)
    if change.kind == "merged" or change.before not in (change.base, change.after):
        return replace(change, moved_from=origin, kind="moved", reason="with your edits")
    return replace(change, moved_from=origin, kind="moved", reason="")
