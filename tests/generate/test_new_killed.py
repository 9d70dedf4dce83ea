"""What a killed `new` leaves behind is finished or removed by whatever command comes next."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from wandb_flyte.generate.kits.make import new_kit
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.paths import SCRATCH_PREFIX
from wandb_flyte.generate.scratch import clear_killed, scratch_beside

from .helpers import git, request, tree
from .saboteur import Saboteur

STEP = int(os.environ.get("STOPS", "13"))  # Every write would take minutes: `STOPS=1` tries all.
COMMAND = (sys.executable, "-c", "from wandb_flyte.cli import main; main()")


def kill() -> None:
    """What the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def make_project(target: Path) -> None:
    """Makes a project from the inputs beside it."""
    new_project(request("demo", target=target))


def make_kit(target: Path) -> None:
    """Makes a kit."""
    new_kit("demo", target)


def killed(saboteur: Saboteur, number: int, make: Callable[[], None]) -> int:
    """Makes something in a process that is killed at its n-th write, and gives its end."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        saboteur.arm(Path.cwd(), number, kill)
        try:
            make()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("make", [make_project, make_kit])
def test_killed_at_any_write(work: Path, saboteur: Saboteur, make: Callable[[Path], None]) -> None:
    """Nothing of it is left, or the whole of it is there."""
    make(work / "whole")
    before, whole = tree(work), tree(work / "whole")
    ends = []
    for number in range(0, 2000, STEP):
        target = work / f"demo{number}"
        ends.append(killed(saboteur, number, lambda target=target: make(target)))  # type: ignore[misc]
        clear_killed(work)

        assert target.exists() or tree(work) == before, number
        assert not list(work.glob(f"{SCRATCH_PREFIX}*")), number
        if target.exists():
            assert tree(target).keys() == whole.keys(), number
            assert git("status", "--porcelain", cwd=target) == ""
            subprocess.run(["rm", "-r", str(target)], check=True)
        if ends[-1] == 0:
            break
    assert (ends[0], ends[-1]) == (-signal.SIGKILL, 0)


def test_killed_in_the_current_folder(
    tmp_path: Path, saboteur: Saboteur, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kit that goes into the current folder comes there as a whole, or not at all."""
    outcomes = set()
    for number in range(0, 400, min(3, STEP)):
        here = tmp_path / f"here{number}"
        here.mkdir()
        monkeypatch.chdir(here)
        end = killed(saboteur, number, lambda: make_kit(Path()))
        clear_killed(here)

        names = {path.name for path in here.iterdir()}
        assert names == set() or names >= {".git", "kit.toml", "starters", "README.md"}, number
        assert not names or git("status", "--porcelain", cwd=here) == "", number
        outcomes.add(bool(names))
        if end == 0:
            break
    assert end == 0
    assert outcomes == {True, False}


def test_any_command_clears(work: Path, saboteur: Saboteur) -> None:
    """It need not be the command that was killed, and it says nothing of it."""
    before = tree(work)
    assert killed(saboteur, 30, lambda: make_project(work / "demo")) == -signal.SIGKILL
    assert list(work.glob(f"{SCRATCH_PREFIX}*"))

    done = subprocess.run([*COMMAND, "--version"], cwd=work, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert tree(work) == before
    assert not list(work.glob(f"{SCRATCH_PREFIX}*"))


def test_a_command_at_work_is_left_alone(work: Path) -> None:
    """What another process is making now stays, and so does a link of that name."""
    outside = work.parent / "outside"
    (outside / "made").mkdir(parents=True)
    (work / f"{SCRATCH_PREFIX}link").symlink_to(outside)

    with scratch_beside(work / "demo") as folder:
        (folder / "file").touch()
        clear_killed(work)

        assert (folder / "file").exists()
    assert (outside / "made").exists()
    assert not folder.exists()


def test_what_was_moved_is_never_written_over(work: Path) -> None:
    """Finishing a killed move touches no file that is there by now."""
    left = work / f"{SCRATCH_PREFIX}1"
    (left / "made" / "demo").mkdir(parents=True)
    (left / "moving").touch()
    for name in ("train.py", "README.md"):
        (left / "made" / "demo" / name).write_text("made\n")
    (work / "train.py").write_text("mine\n")
    lock = os.open(left, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    clear_killed(work)
    assert left.exists()
    os.close(lock)

    clear_killed(work)

    assert not left.exists()
    assert (work / "train.py").read_text() == "mine\n"
    assert (work / "README.md").read_text() == "made\n"
