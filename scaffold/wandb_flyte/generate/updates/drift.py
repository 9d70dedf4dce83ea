"""Where a project's files differ from what its version of the template makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.errors import UserError
from wandb_flyte.generate.answers import Answers, find_root, read_answers
from wandb_flyte.generate.git import require_git, run_git
from wandb_flyte.generate.kits.layers import users_own as kit_files_of_users
from wandb_flyte.generate.kits.model import Kit
from wandb_flyte.generate.kits.moving import KitAnswer, kit_answers
from wandb_flyte.generate.kits.read import read_recorded
from wandb_flyte.generate.names import ANSWERS
from wandb_flyte.generate.paths import executables
from wandb_flyte.generate.template import Template
from wandb_flyte.generate.temporary import temporary_folder

from .apply import apply, locked
from .changes import FileChange, is_binary, matches, unified
from .target import Versions, open_versions
from .update import read_project, rendered

_OLDER_VERSIONS = 10


@dataclass(frozen=True)
class Drift:
    """A file that is not as the template makes it.

    Attributes:
        path: Its name in the project.
        reason: Why it differs.
        yours: Whether it is one that the template writes once and leaves to the user.
        template: What the template makes.
        project: What the project has, None when it has none.
    """

    path: str
    reason: str
    yours: bool
    template: bytes
    project: bytes | None

    def diff(self) -> str:
        """From the template's file to the project's, empty when one is no text."""
        mine = self.project or b""
        if is_binary(mine) or is_binary(self.template):
            return ""
        return unified(self.template, mine, self.path, self.path)


@dataclass(frozen=True)
class Drifts:
    """All the files that differ.

    Attributes:
        root: The project's folder.
        version: The template's version that the project has.
        files: The files, by name.
        answers: The answers that its kits give.
        executables: The files that the template makes executable.
    """

    root: Path
    version: str
    files: tuple[Drift, ...]
    answers: tuple[KitAnswer, ...] = ()
    executables: frozenset[str] = frozenset()


def find_drift(folder: Path, templates: Path | None = None) -> Drifts:
    """Compares a project with its version of the template, rendered with its answers.

    Args:
        folder: The project's folder, or one inside it.
        templates: The folder with the templates, by default this package's own.

    Raises:
        UserError: The project or its version of the template can't be read.
    """
    require_git()
    root = find_root(folder)
    with locked(root):
        return _drifts(root, templates)


def restore_file(folder: Path, file: Path, templates: Path | None = None) -> str:
    """Makes one file again what the template makes of it.

    Args:
        folder: The project's folder, or one inside it.
        file: The file, as the user names it.
        templates: The folder with the templates, by default this package's own.

    Returns:
        Its name in the project, empty when it was as the template makes it already.

    Raises:
        UserError: It is no file of the template, or git does not have what would be lost.
    """
    require_git()
    root = find_root(folder)
    path = (folder / file).parent.resolve() / file.name
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(file)
    with locked(root):
        drifts = _drifts(root, templates, wanted=name)
        found = next((drift for drift in drifts.files if drift.path == name), None)
        if found is None:
            return ""
        if found.project is not None:
            _require_committed(root, name)
        runnable = name in drifts.executables or None
        change = FileChange(
            name, "updated", before=found.project, after=found.template, executable=runnable
        )
        apply(root, [change], lambda: None)
    return name


def _drifts(root: Path, templates: Path | None, wanted: str = "") -> Drifts:
    answers = read_answers(root)
    kits = read_recorded(answers.kits)
    with open_versions(root, answers, templates) as versions:
        current = versions.current
        with temporary_folder() as scratch:
            template = rendered(current, Path(scratch), answers.values, kits)
            runnable = frozenset(executables(Path(scratch)))
        links, project = read_project(root, template)
        if wanted and (wanted not in template or wanted in links or wanted == ANSWERS):
            raise UserError(
                f"`{wanted}` is no file that the template makes.",
                hint="`wandb-flyte diff` lists those that differ.",
            )
        users_own = (
            *versions.history.users_own(current.commit, answers.values),
            *kit_files_of_users(kits, answers.values),
        )
        differing = {
            name: content
            for name, content in template.items()
            if name not in links and name != ANSWERS and project.get(name) != content
        }
        reasons = _reasons(differing, project, versions, answers, kits)
        version = versions.history.name(current.commit)
    files = [
        Drift(name, reasons[name], matches(name, users_own), content, project.get(name))
        for name, content in sorted(differing.items())
    ]
    return Drifts(root, version, tuple(files), kit_answers(kits, answers.values), runnable)


def _reasons(
    differing: Mapping[str, bytes],
    project: Mapping[str, bytes],
    versions: Versions,
    answers: Answers,
    kits: Sequence[Kit],
) -> dict[str, str]:
    reasons = {name: "edited by you" if name in project else "removed by you" for name in differing}
    open_names = {name for name in differing if name in project}
    # A file that is as an older version made it was never edited: an update passed it by.
    releases = versions.history.releases(versions.current.commit)
    for release in releases[:_OLDER_VERSIONS]:
        if not open_names:
            break
        commit = versions.history.find(f"refs/tags/{release}")
        if commit is None or commit == versions.current.commit:
            continue
        older = _rendered(Template(versions.current.source, commit), answers, kits)
        for name in [name for name in open_names if project[name] == older.get(name)]:
            reasons[name] = f"as {release} made it: missed by an update"
            open_names.discard(name)
    return reasons


def _rendered(template: Template, answers: Answers, kits: Sequence[Kit]) -> dict[str, bytes]:
    with temporary_folder() as folder:
        return rendered(template, Path(folder), answers.values, kits)


def _require_committed(root: Path, name: str) -> None:
    status = run_git("status", "--porcelain", "--ignored", "--", name, cwd=root, check=False)
    if status.returncode == 0 and not status.stdout.strip():
        return
    raise UserError(
        f"What `{name}` holds is not committed, and would be lost.",
        hint="Commit it with git first.",
    )
