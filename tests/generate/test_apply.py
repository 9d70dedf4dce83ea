"""An update's files are written all or not at all, wherever it is stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.generate.updates.apply import FOLDER, apply, locked, roll_back
from wandb_flyte.generate.updates.changes import FileChange

from .helpers import tree
from .saboteur import Saboteur

CHANGES = (
    FileChange("a.txt", "updated", before=b"a\n", after=b"A\n"),
    FileChange("sub/new.txt", "new", after=b"new\n"),
    FileChange("gone/gone.txt", "removed", before=b"gone\n"),
    FileChange("to.txt", "moved", moved_from="from.txt", before=b"from\n", after=b"to\n"),
    FileChange("same.txt", "unchanged", before=b"same\n", after=b"same\n"),
    FileChange("room", "removed", before=b"room\n"),
    FileChange("room/in.txt", "new", after=b"in\n"),
    FileChange("flat/in.txt", "removed", before=b"in\n"),
    FileChange("flat", "new", after=b"flat\n"),
    FileChange("one.txt", "moved", moved_from="two.txt", before=b"two\n", after=b"two\n"),
    FileChange("two.txt", "moved", moved_from="one.txt", before=b"one\n", after=b"one\n"),
)
AFTER = {
    "a.txt": b"A\n",
    "flat": b"flat\n",
    "one.txt": b"two\n",
    "room/in.txt": b"in\n",
    "same.txt": b"same\n",
    "sub/new.txt": b"new\n",
    "to.txt": b"to\n",
    "two.txt": b"one\n",
}


@pytest.fixture
def make(tmp_path: Path) -> Callable[[int], Path]:
    """Makes a project as it is before the update."""

    def make_project(number: int) -> Path:
        root = tmp_path / str(number)
        for change in CHANGES:
            if change.before is not None:
                path = root / (change.moved_from or change.path)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(change.before)
        (root / "a.txt").chmod(0o755)
        return root

    return make_project


def nothing() -> None:
    """What an update without conflicts does in the end."""


def interrupt() -> None:
    """What Ctrl-C does."""
    raise KeyboardInterrupt


def test_everything_is_written(make: Callable[[int], Path]) -> None:
    """Files change, appear, move and go, empty folders go, and a mode stays."""
    root = make(0)

    apply(root, CHANGES, nothing)

    assert tree(root) == AFTER
    assert sorted(path.name for path in root.iterdir() if path.is_dir()) == ["room", "sub"]
    assert (root / "a.txt").stat().st_mode & 0o777 == 0o755


def test_an_interrupt_at_any_write_undoes_everything(
    make: Callable[[int], Path], saboteur: Saboteur
) -> None:
    """Ctrl-C at any write leaves the project as it was; after the last one, as it is to be."""
    outcomes = set()
    for number in range(200):
        root = make(number)
        before = tree(root)
        saboteur.arm(root, number, interrupt)
        try:
            apply(root, CHANGES, nothing)
        except KeyboardInterrupt:
            with locked(root):
                outcome = "undone" if tree(root) == before else "done"
            assert outcome == "undone" or tree(root) == AFTER, number
            outcomes.add(outcome)
        if saboteur.act is not None:
            break
    assert saboteur.act is not None
    assert outcomes == {"undone", "done"}
    assert tree(root) == AFTER


def test_a_kill_at_any_write_is_undone_by_the_next_command(
    make: Callable[[int], Path], saboteur: Saboteur
) -> None:
    """Nothing of a killed update is left once the next command has begun."""
    outcomes = set()
    for number in range(200):
        root = make(number)
        before = tree(root)
        child = os.fork()
        if child == 0:
            saboteur.arm(root, number, lambda: os._exit(9))
            apply(root, CHANGES, nothing)
            os._exit(0)
        _, status = os.waitpid(child, 0)

        with locked(root):
            outcome = "undone" if tree(root) == before else "done"
        assert outcome == "undone" or tree(root) == AFTER, number
        assert not (root / FOLDER).exists()
        outcomes.add(outcome)
        if os.waitstatus_to_exitcode(status) == 0:
            break
    assert os.waitstatus_to_exitcode(status) == 0
    assert outcomes == {"undone", "done"}


def test_a_failure_at_the_end_undoes_everything(make: Callable[[int], Path]) -> None:
    """What belongs to the update and fails takes the files back with it."""
    root = make(0)
    before = tree(root)

    with pytest.raises(KeyboardInterrupt):
        apply(root, CHANGES, interrupt)

    assert tree(root) == before


def test_a_folder_that_can_not_be_written(make: Callable[[int], Path]) -> None:
    """The message names the file, and nothing was changed."""
    root = make(0)
    (root / "sub").write_text("a file in the way\n")
    before = tree(root)

    with pytest.raises(UserError) as caught:
        apply(root, CHANGES, nothing)

    assert caught.value.message == f"`{root}/sub` can't be written: File exists."
    assert tree(root) == before


def test_two_commands_at_once(make: Callable[[int], Path]) -> None:
    """The second one is told that another is at work."""
    root = make(0)

    with locked(root), pytest.raises(UserError) as caught, locked(root):
        pass

    assert caught.value.message == f"Another `wandb-flyte` changes `{root}` now."


@pytest.mark.parametrize("kind", ["old", "new"])
@pytest.mark.parametrize("name", ["../victim.txt", ".git/hooks/pre-commit", "/victim.txt"])
def test_a_forged_journal_is_refused(make: Callable[[int], Path], kind: str, name: str) -> None:
    """A project that comes with a journal of its own can't touch files elsewhere."""
    root = make(0)
    victim = root.parent / "victim.txt"
    victim.write_text("safe\n")
    (root / FOLDER).mkdir()
    entries = {"old": [], "new": [], kind: [name]}
    (root / FOLDER / "journal.json").write_text(json.dumps(entries))

    with pytest.raises(UserError) as caught:
        roll_back(root)

    assert caught.value.message == (
        f"`{FOLDER}/journal.json` names `{name}`, which is no file of a project."
    )
    assert victim.read_text() == "safe\n"


def test_a_journal_does_not_lead_through_a_link(make: Callable[[int], Path]) -> None:
    """Nor can it with a symbolic link."""
    root = make(0)
    elsewhere = root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "victim.txt").write_text("safe\n")
    (root / "link").symlink_to(elsewhere)
    (root / FOLDER).mkdir()
    entries = {"old": [], "new": ["link/victim.txt"]}
    (root / FOLDER / "journal.json").write_text(json.dumps(entries))

    with pytest.raises(UserError):
        roll_back(root)

    assert (elsewhere / "victim.txt").read_text() == "safe\n"
