"""Random histories: a template through some versions, and a user who edits beside and on top."""

from __future__ import annotations

import difflib
import random
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from wandb_flyte.generate.template import install_template
from wandb_flyte.generate.updates.changes import FileChange

from .helpers import tree
from .updates import Workshop, save

VERSIONS = 4


@dataclass
class History:
    """One random history, from a seed.

    Attributes:
        seed: The seed.
        shop: The template, with its first version released.
        project: The project, edited and committed.
        lines: Every line that the user wrote.
    """

    seed: int
    shop: Workshop
    project: Path
    lines: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.files: dict[str, list[str]] = {}
        self.moves: list[str] = []
        self.count = 0


def make_history(seed: int, folder: Path) -> History:
    """Makes the first version, a project from it, the user's edits, and the versions after it."""
    shop = Workshop(folder)
    history = History(seed, shop, folder / "project")
    for name in ("a.txt", "b.txt", "c.txt", "sub/d.txt"):
        history.files[name] = _lines(history, "template", 40)
    _release(history, 1)
    history.project = shop.make("project", commit=False)
    _edit_as_user(history)
    subprocess.run(["git", "init", "--quiet"], cwd=history.project, check=True)
    save(history.project)
    for version in range(2, VERSIONS + 1):
        _edit_as_template(history, version)
        _release(history, version)
    return history


Outcome = Literal["merged", "conflicts marked", "lines lost", "failed"]


@dataclass(frozen=True)
class Replay:
    """What came of one history.

    Attributes:
        wrong: What is not as promised, a line each; empty when all is.
        conflicts: Whether the jump or a step had a conflict.
        equal: Whether both came to the same files.
        ours: What the jump came to.
        copier: What plain copier's jump came to.
    """

    wrong: tuple[str, ...]
    conflicts: bool
    equal: bool
    ours: Outcome
    copier: Outcome


def replay(seed: int, folder: Path) -> Replay:
    """Replays a history step by step and in one jump, and in one jump by plain copier."""
    history = make_history(seed, folder)
    copier = _outcome_of_copier(history)
    stepped = folder / "stepped"
    shutil.copytree(history.project, stepped)
    plans = [history.shop.update(history.project).plan]
    ours = _outcome(history, history.project)
    wrong = [f"the jump lost {line!r}" for line in lost(history, history.project)]
    for version in range(2, VERSIONS + 1):
        plans.append(history.shop.update(stepped, f"0.{version}.0").plan)
        wrong += [f"the step to {version} lost {line!r}" for line in lost(history, stepped)]
        save(stepped)
    wrong += [
        f"{change.path} has a conflict in {plan.from_version} -> {plan.to_version}, and the hunks "
        "are two lines apart"
        for plan in plans
        for change in plan.conflicts
        if are_apart(change)
    ]
    jumped, walked = tree(history.project), tree(stepped)
    conflicts = any(plan.conflicts for plan in plans)
    if not conflicts:
        names = sorted(
            name for name in jumped.keys() | walked if jumped.get(name) != walked.get(name)
        )
        wrong += [f"{name} differs between the jump and the steps" for name in names]
    return Replay(tuple(wrong), conflicts, jumped == walked, ours, copier)


def lost(history: History, project: Path) -> set[str]:
    """The user's lines that are nowhere in a project."""
    texts = [text.decode(errors="replace") for text in tree(project).values()]
    there = {line for text in texts for line in text.splitlines()}
    return history.lines - there


def are_apart(change: FileChange) -> bool:
    """Whether two unchanged lines lie between whatever the user and the template changed."""
    if change.base is None or change.before is None or change.template is None:
        return False
    ours = _hunks(change.base, change.before)
    theirs = _hunks(change.base, change.template)
    return all(
        mine[1] + 2 <= other[0] or other[1] + 2 <= mine[0] for mine in ours for other in theirs
    )


def _hunks(old: bytes, new: bytes) -> list[tuple[int, int]]:
    lines = (old.decode().splitlines(), new.decode().splitlines())
    codes = difflib.SequenceMatcher(None, *lines, autojunk=False).get_opcodes()
    return [(first, last) for tag, first, last, _, _ in codes if tag != "equal"]


def _lines(history: History, who: str, number: int) -> list[str]:
    history.count += number
    return [f"{who} {history.seed}-{history.count - index}" for index in range(number)]


def _change(history: History, who: str, lines: list[str]) -> list[str]:
    """Replaces, adds or drops a few lines somewhere."""
    near = history.random.random() < 0.5  # Where others edit, too: on top, or a line or two away.
    at = history.random.randrange(min(8, len(lines)) + 1 if near else len(lines) + 1)
    drop = history.random.choice([0, 0, 1, 2])
    fresh = _lines(history, who, history.random.choice([1, 1, 2]))
    if who == "user":
        history.lines -= set(lines[at : at + drop])
        history.lines |= set(fresh)
    return [*lines[:at], *fresh, *lines[at + drop :]]


def _edit_as_user(history: History) -> None:
    for name in list(history.files):
        path = history.project / name
        action = history.random.choice(["edit", "edit", "edit twice", "leave", "remove"])
        if action == "remove":
            path.unlink()
        for _ in range({"edit": 1, "edit twice": 2}.get(action, 0)):
            lines = _change(history, "user", path.read_text().splitlines())
            path.write_text("".join(f"{line}\n" for line in lines))
    taken = history.random.choice(["new-2.txt", "b", "c", "d"])  # By the template too, perhaps.
    for name in ("own.txt", taken):
        lines = _lines(history, "user", 3)
        history.lines |= set(lines)
        (history.project / name).write_text("".join(f"{line}\n" for line in lines))


def _edit_as_template(history: History, version: int) -> None:
    moves: dict[str, str] = {}
    if history.random.random() < 0.3:
        _rename_a_folder(history, version, moves)
    for name in list(history.files):
        action = history.random.choice(["edit", "edit", "rename", "remove", "leave", "leave"])
        if action == "remove" and len(history.files) > 2:
            del history.files[name]
            continue
        if action in {"edit", "rename"}:
            history.files[name] = _change(history, "template", history.files[name])
        if action == "rename" and name not in moves.values():
            new = f"v{version}/{Path(name).name}"
            if "new-" not in name and history.random.random() < 0.3:
                new = f"{name}/now.txt"  # Where a file of the user's own would be in the way.
            history.files[new] = history.files.pop(name)
            moves[name] = new
    if moves:
        pairs = ", ".join(f'"{old}" = "{new}"' for old, new in moves.items())
        history.moves.append(f'[[version]]\nnumber = "0.{version}.0"\nfiles = {{ {pairs} }}\n')
    if history.random.random() < 0.5:
        history.files[f"new-{version}.txt"] = _lines(history, "template", 6)


def _rename_a_folder(history: History, version: int, moves: dict[str, str]) -> None:
    folders = sorted({f"{Path(name).parts[0]}/" for name in history.files if "/" in name})
    if not folders:
        return
    old, new = history.random.choice(folders), f"folder-{version}/"
    moves[old] = new
    for name in [name for name in history.files if name.startswith(old)]:
        moved = new + name.removeprefix(old)
        history.files[moved] = history.files.pop(name)
        moves[name] = moved


def _release(history: History, version: int) -> None:
    kept = {"copier.yml", "{{ _copier_conf.answers_file }}.jinja"}
    texts: dict[str, str | None] = {
        name: "".join(f"{line}\n" for line in lines) for name, lines in history.files.items()
    }
    gone = [name for name in _template_files(history) if name not in kept and name not in texts]
    moves = {"versions.toml": "".join(history.moves)}
    history.shop.release(f"0.{version}.0", {**dict.fromkeys(gone), **texts, **moves})


def _template_files(history: History) -> list[str]:
    return list(tree(history.shop.files)) if history.shop.files.exists() else []


def _outcome(history: History, project: Path) -> Outcome:
    if lost(history, project):
        return "lines lost"
    marked = any(b"<<<<<<< before updating" in text for text in tree(project).values())
    return "conflicts marked" if marked else "merged"


def _outcome_of_copier(history: History) -> Outcome:
    from copier import run_update

    copy = history.project.with_name("copier")
    shutil.copytree(history.project, copy)
    install_template(history.shop.templates)
    try:
        run_update(copy, defaults=True, overwrite=True, quiet=True)
    except OSError:  # It writes no file into a folder whose name a file has.
        return "failed"
    return _outcome(history, copy)
