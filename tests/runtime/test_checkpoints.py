"""Checkpoints: what a trial saves reaches another pod through Flyte's storage."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any, ClassVar

import pytest
from wandb_flyte import checkpoint_dir
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.trials.checkpoints import Keeper, local_folder


def saved(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.pt")}


@pytest.fixture
def first(tmp_path: Path) -> Keeper:
    """The keeper of a trial that saved two files."""
    folder = tmp_path / "first"
    (folder / "deep").mkdir(parents=True)
    (folder / "model.pt").write_text("1")
    (folder / "deep" / "state.pt").write_text("2")
    return Keeper(folder, str(tmp_path / "storage"))


def test_what_one_pod_saved_another_one_finds(first: Keeper, tmp_path: Path) -> None:
    """All files are there, the time of the newest one with them."""
    asyncio.run(first.keep(at_once=True))

    second = Keeper(tmp_path / "second", str(tmp_path / "storage"))
    newest = asyncio.run(second.fetch())

    assert saved(second.folder) == {"model.pt": "1", "deep/state.pt": "2"}
    times = [path.stat().st_mtime for path in first.folder.rglob("*.pt")]
    assert newest == pytest.approx(max(times), abs=1e-3)


def test_a_checkpoint_that_was_cut_off_leaves_the_one_before(first: Keeper, tmp_path: Path) -> None:
    """A pod that dies while it stores a checkpoint loses that one alone."""
    asyncio.run(first.keep(at_once=True))
    (first.folder / "model.pt").write_text("newer")
    asyncio.run(first.keep(at_once=True))
    newest = max((tmp_path / "storage").iterdir(), key=lambda file: file.stat().st_mtime_ns)
    newest.write_bytes(newest.read_bytes()[:1500])

    second = Keeper(tmp_path / "second", str(tmp_path / "storage"))
    asyncio.run(second.fetch())

    assert saved(second.folder)["model.pt"] == "1"


def test_the_newer_one_counts(first: Keeper, tmp_path: Path) -> None:
    """A machine that had a trial before gets what another one saved since, nothing older."""
    asyncio.run(first.keep(at_once=True))
    second = Keeper(tmp_path / "second", str(tmp_path / "storage"))
    asyncio.run(second.fetch())
    (second.folder / "deep" / "state.pt").unlink()
    (second.folder / "model.pt").write_text("on another machine")
    asyncio.run(second.keep(at_once=True))

    back = Keeper(first.folder, str(tmp_path / "storage"))
    asyncio.run(back.fetch())
    assert saved(back.folder) == {"model.pt": "on another machine"}
    (back.folder / "model.pt").write_text("and not stored yet")
    asyncio.run(Keeper(first.folder, str(tmp_path / "storage")).fetch())
    assert saved(back.folder) == {"model.pt": "and not stored yet"}


def test_what_nothing_goes_on_from_is_removed(first: Keeper, tmp_path: Path) -> None:
    """Here and where it was stored, by whoever ended the trial."""
    asyncio.run(first.keep(at_once=True))
    second = Keeper(tmp_path / "second", str(tmp_path / "storage"))
    asyncio.run(second.fetch())
    asyncio.run(second.remove())
    assert not second.folder.exists()
    assert list((tmp_path / "storage").iterdir()) == []
    asyncio.run(Keeper(tmp_path / "none", str(tmp_path / "nowhere")).remove())


def test_a_trial_that_begins_finds_nothing(first: Keeper) -> None:
    """What another run of the same id left is not its own."""
    first.begin()
    assert asyncio.run(first.fetch()) is None


@pytest.mark.parametrize("keep", [False, pytest.param(True, marks=pytest.mark.long)])
def test_checkpoints_of_trials_that_ended_well_are_removed(
    new_sweep: Any, agent_on: Any, in_folder: Path, keep: bool
) -> None:
    """Those of one that failed stay, to be looked at; `keep_checkpoints` keeps all."""
    ref = new_sweep(1, 2, 3)
    result = agent_on("saves", ref, keep_checkpoints=keep)
    assert [trial.state for trial in result.trials] == ["finished", "failed", "finished"]
    folders = {
        trial.config["lr"]: local_folder(ref.entity, ref.project, trial.run_id)
        for trial in result.trials
    }
    kept = {rate for rate, folder in folders.items() if (folder / "model").exists()}
    assert kept == ({1, 2, 3} if keep else {2})


def test_a_trial_that_saved_nothing_has_no_checkpoint(tmp_path: Path) -> None:
    """Nothing is stored for it, and nothing is found."""
    keeper = Keeper(tmp_path / "none", str(tmp_path / "storage"))
    asyncio.run(keeper.keep(at_once=True))
    assert asyncio.run(keeper.fetch()) is None
    assert not (tmp_path / "storage").exists()


class Watched(type(Path())):  # type: ignore[misc]
    """A folder that notes which threads look through it."""

    threads: ClassVar[list[threading.Thread]] = []

    def rglob(self, *args: Any, **options: Any) -> Any:
        self.threads.append(threading.current_thread())
        return super().rglob(*args, **options)


@pytest.mark.parametrize("stored", [False, True])
def test_looking_for_what_changed_holds_up_no_heartbeat(first: Keeper, stored: bool) -> None:
    """It takes as long as there are files: it is done in a thread, and only if they are stored."""
    Watched.threads.clear()
    keeper = Keeper(Watched(first.folder), str(first.folder.parent / "storage") if stored else "")
    asyncio.run(keeper.keep(at_once=True))
    assert bool(Watched.threads) == stored
    assert threading.current_thread() not in Watched.threads


def test_outside_of_a_trial_there_is_no_checkpoint_folder() -> None:
    """The error says where it is to be called."""
    with pytest.raises(UserError, match="where there is no trial"):
        checkpoint_dir()
