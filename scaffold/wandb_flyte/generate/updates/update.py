"""Bringing a project to another version of the template: planned first, then written once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wandb_flyte.errors import UserError
from wandb_flyte.generate.answers import Answers, find_root, read_answers
from wandb_flyte.generate.git import require_git
from wandb_flyte.generate.kits.layers import lay_over
from wandb_flyte.generate.kits.model import Kit
from wandb_flyte.generate.kits.moving import AnswerChange, KitMove, Layers, open_layers
from wandb_flyte.generate.kits.source import Source
from wandb_flyte.generate.names import ANSWERS
from wandb_flyte.generate.paths import (
    check_names,
    check_places,
    executables,
    link_on_the_way,
    read_folder,
)
from wandb_flyte.generate.render import render
from wandb_flyte.generate.template import Template
from wandb_flyte.generate.temporary import temporary_folder
from wandb_flyte.generate.wheel import build_wheel, needs_wheel

from .apply import apply, locked
from .changes import FileChange, compare, in_order, with_modes
from .checkout import mark_conflicts, needs_history, start_history
from .history import History, Moves
from .target import Versions, open_versions


@dataclass(frozen=True)
class UpdatePlan:
    """What an update would do.

    Attributes:
        root: The project's folder.
        from_version: The template's version that the project has.
        to_version: The one it gets.
        changes: What happens to each file, conflicts last; empty when it is up to date.
        news: What is new, a line each.
        notes: What the user has to look after.
        kits: The kits that go to another version.
        answers: The answers that they change.
    """

    root: Path
    from_version: str
    to_version: str
    changes: tuple[FileChange, ...] = ()
    news: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    kits: tuple[KitMove, ...] = ()
    answers: tuple[AnswerChange, ...] = ()

    @property
    def behind(self) -> bool:
        """Whether there is anything to update."""
        return bool(self.changes)

    @property
    def conflicts(self) -> tuple[FileChange, ...]:
        """The files that the user has to look at."""
        return tuple(change for change in self.changes if change.kind == "conflict")

    @property
    def of_kits_alone(self) -> bool:
        """Whether the template's version stays, and only kits move."""
        return bool(self.kits) and self.from_version == self.to_version

    @property
    def title(self) -> str:
        """What is updated, as the first line of a commit says it."""
        moves = [
            f"the kit {kit.name} from {kit.before or 'none'} to {kit.after or 'none'}"
            for kit in self.kits
        ]
        if not self.of_kits_alone:
            moves.insert(0, f"the template from {self.from_version} to {self.to_version}")
        return f"Update {', '.join(moves)}"


@dataclass(frozen=True)
class UpdatedProject:
    """A project that was updated.

    Attributes:
        plan: What was done.
        history: What was done about its git history, empty when it had one.
    """

    plan: UpdatePlan
    history: str = ""


def plan_update(
    folder: Path,
    to: str | None = None,
    templates: Path | None = None,
    kit: str | Source | None = None,
) -> UpdatePlan:
    """What an update would do. Nothing of the project is written.

    Args:
        folder: The project's folder, or one inside it.
        to: The version to go to, such as `0.2.0`; by default the installed one.
        templates: The folder with the templates, by default this package's own.
        kit: The kit to go to, as `URL[@VERSION]`; by default the newest of the project's own.

    Raises:
        UserError: The project can't be updated to that version.
    """
    require_git()
    root = find_root(folder)
    with locked(root):
        return _plan(root, to, templates, kit)


def update_project(
    folder: Path,
    to: str | None = None,
    templates: Path | None = None,
    kit: str | Source | None = None,
) -> UpdatedProject:
    """Updates a project. It is left uncommitted, to be looked at.

    Args:
        folder: The project's folder, or one inside it.
        to: The version to go to, such as `0.2.0`; by default the installed one.
        templates: The folder with the templates, by default this package's own.
        kit: The kit to go to, as `URL[@VERSION]`; by default the newest of the project's own.

    Raises:
        UserError: The project can't be updated. It is as it was.
    """
    require_git()
    root = find_root(folder)
    with locked(root):
        fresh = needs_history(root)
        plan = _plan(root, to, templates, kit)
        if not plan.behind:
            return UpdatedProject(plan)
        written = [change.path for change in plan.changes if change.writes]
        history = start_history(root) if fresh or needs_history(root, written) else ""
        apply(root, plan.changes, lambda: mark_conflicts(root, plan.conflicts))
    return UpdatedProject(plan, history)


def _plan(
    root: Path, to: str | None, templates: Path | None, kit: str | Source | None
) -> UpdatePlan:
    answers = read_answers(root)
    with (
        open_versions(root, answers, templates) as versions,
        temporary_folder() as folder,
    ):
        scratch = Path(folder)
        (scratch / "new").mkdir()
        old, new = versions.current, versions.target(to)
        wheel = build_wheel(scratch / "new" / "wheels") if needs_wheel() else ""
        names = (versions.history.name(old.commit), versions.history.name(new.commit))
        content = versions.history.content_hash(new.commit)
        recorded = str(answers.values.get("template_hash") or content)
        moves = versions.history.moves(old.commit, new.commit, answers.values)
        values = renamed(answers.values, moves.answers) | {
            "wheel": wheel,
            "template_hash": content,
        }
        layers = open_layers(answers.kits, kit, values)
        same = (old.commit, answers.wheel, recorded) == (new.commit, wheel, content)
        if same and not layers.moved:
            return UpdatePlan(root, *names, notes=layers.notes)
        _require_kits(versions.history, new, layers)
        users_own = (*versions.history.users_own(new.commit, values), *layers.users_own())
        base = rendered(old, scratch / "old", answers.values, layers.old)
        template = rendered(new, scratch / "new", layers.values, layers.new)
        moves = replace(moves, files=(*moves.files, *layers.moves()))
        modes = (executables(scratch / "old"), executables(scratch / "new"))
        orphans = _orphans(root, base, template, moves)
        dropped, names_then = _dropped(versions, new, answers, moves, orphans)
    check_names(moves.names, "The template's list of moves")
    names_now = {name: names_then.get(name, moves.follow(name)) for name in base}
    renames = {old: new for old, new in names_now.items() if new != old}
    changes = _changes(root, answers, base, template, renames, users_own, dropped)
    return UpdatePlan(
        root,
        *names,
        changes=tuple(in_order(with_modes(changes, *modes))),
        news=moves.news,
        notes=(*_notes(answers, wheel), *layers.notes),
        kits=layers.moved,
        answers=layers.answers,
    )


def _require_kits(history: History, new: Template, layers: Layers) -> None:
    if layers.new and not history.asks(new.commit, "kits"):
        raise UserError(
            f"Template {history.name(new.commit)} is older than kits.",
            hint="`wandb-flyte update` goes to the installed one, which takes them.",
        )


def rendered(
    template: Template, folder: Path, values: Mapping[str, Any], kits: Sequence[Kit] = ()
) -> dict[str, bytes]:
    """The files that a version of the template, and kits over it, make from these answers."""
    render(template, folder, values)
    lay_over(kits, folder, values)
    return read_folder(folder, "The template")


def renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The answers under their new names; one that has the new name already keeps its value."""
    moved = {names[old]: value for old, value in values.items() if old in names}
    return moved | {name: value for name, value in values.items() if name not in names}


def _orphans(
    root: Path, base: Mapping[str, bytes], template: Mapping[str, bytes], moves: Moves
) -> set[str]:
    """The edited files that the template has no more, by the names that they have now."""
    names = [name for name in base if name not in template and moves.follow(name) not in template]
    _, project = read_project(root, names)
    return {name for name, content in project.items() if content != base[name]} - {ANSWERS}


def _dropped(
    versions: Versions, new: Template, answers: Answers, moves: Moves, names: set[str]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """These files as the last version that had them makes them, so that a jump equals steps.

    Returns:
        The contents, and the names that the files have once a version has them no more: what is
        renamed after that is no longer about them.
    """
    history, old = versions.history, versions.current
    contents: dict[str, bytes] = {}
    names_then: dict[str, str] = {}
    for release in history.releases(new.commit) if names else ():
        commit = history.find(f"refs/tags/{release}") or ""
        left = names - contents.keys()
        if not left or not history.is_older(old.commit, commit):
            break
        names_then |= {name: moves.follow(name) for name in left}
        moves = history.moves(old.commit, commit, answers.values)
        values = renamed(answers.values, moves.answers)
        with temporary_folder() as folder:
            files = rendered(Template(new.source, commit), Path(folder), values)
        had = {name: moves.follow(name) for name in left}
        contents |= {name: files[now] for name, now in had.items() if now in files}
    names_then |= {name: moves.follow(name) for name in names - contents.keys()}
    return contents, names_then


def _changes(
    root: Path,
    answers: Answers,
    base: dict[str, bytes],
    template: dict[str, bytes],
    renames: Mapping[str, str],
    users_own: Sequence[str],
    dropped: Mapping[str, bytes],
) -> list[FileChange]:
    links, project = read_project(root, {*base, *template, *renames.values()})
    wheel = f"wheels/{answers.wheel}"
    if answers.wheel and (root / wheel).is_file():
        # No template renders it, yet it is ours: the old one goes when the new one comes.
        project[wheel] = base[wheel] = (root / wheel).read_bytes()
    # The answers are written by updates alone, so nothing in them is merged.
    base[ANSWERS] = project[ANSWERS]
    changes = compare(
        project, base, template, moves=renames, users_own=users_own, dropped=dropped, skip=links
    )
    going = {change.path for change in changes if change.after is None}
    check_places(
        root,
        [change.path for change in changes if change.writes and change.after is not None],
        going | {change.moved_from for change in changes},
    )
    linked = [FileChange(name, "yours", f"behind the link `{links[name]}`") for name in links]
    return in_order([*changes, *linked])


def read_project(root: Path, names: Iterable[str]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Of a project's files the ones behind links, with the link, and the content of the others."""
    links, files = {}, {}
    for name in sorted(names):
        if link := link_on_the_way(root, name):
            links[name] = link
        elif (root / name).is_file():
            files[name] = (root / name).read_bytes()
    return links, files


def _notes(answers: Answers, wheel: str) -> tuple[str, ...]:
    if bool(answers.wheel) == bool(wheel):
        return ()
    source = "from `wheels/`" if wheel else "from the package index, and `wheels/` is gone"
    return (
        f"`{answers.values['package']}/settings.py` is yours. wandb-flyte now comes {source}, and "
        "the IMAGE there has to follow: `wandb-flyte diff --yours` shows what the template writes.",
    )
