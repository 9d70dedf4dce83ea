"""Downloads: everything that the backend has, not a sample."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    DownloadFailed,
    download_wandb_run_dir,
    download_wandb_run_logs,
    download_wandb_sweep_dirs,
    get_wandb_run,
    get_wandb_run_dir,
    get_wandb_sweep_id,
    wandb_config,
    wandb_init,
    wandb_sweep,
    wandb_sweep_config,
)

ROWS = 700

env = flyte.TaskEnvironment(name="downloads")


@wandb_init
@env.task
async def long_run() -> str:
    for step in range(ROWS):
        get_wandb_run().log({"loss": float(step)})
    return str(get_wandb_run().id)


@env.task
async def download(run_id: str, path: str) -> str:
    return download_wandb_run_dir(run_id, path)


def test_the_whole_history_is_downloaded(
    run_local: Callable[..., Any], backend: Any, project: str, tmp_path: Path
) -> None:
    """Another task gets each row of a run that logged more than W&B's sample holds."""

    @env.task
    async def both() -> str:
        return await download(await long_run(), str(tmp_path / "run"))

    folder = Path(run_local(both, wandb_config(project=project)))

    history = json.loads((folder / "metrics_history.json").read_text())
    assert [row["loss"] for row in history] == [float(step) for step in range(ROWS)]
    assert json.loads((folder / "summary.json").read_text())["loss"] == ROWS - 1
    assert (folder / "wandb-metadata.json").is_file()


def test_a_sweeps_runs_are_downloaded(
    run_local: Callable[..., Any], backend: Any, project: str, tmp_path: Path
) -> None:
    """Each run of a sweep has a folder of its own."""

    @wandb_init
    def objective() -> None:
        get_wandb_run().log({"loss": 1.0})

    @wandb_sweep
    @env.task
    async def task() -> list[str]:
        import wandb

        wandb.agent(get_wandb_sweep_id(), function=objective, count=1)
        return download_wandb_sweep_dirs(base_path=str(tmp_path / "runs"))

    config = wandb_sweep_config(method="grid", parameters={"x": {"values": [1]}})
    (folder,) = run_local(task, {**wandb_config(project=project), **config})

    assert Path(folder).parent == tmp_path / "runs"
    assert (Path(folder) / "metrics_history.json").is_file()


@pytest.mark.parametrize("kind", ["async", pytest.param("sync", marks=pytest.mark.long)])
def test_a_sweeps_logs_are_its_own(
    kind: str,
    run_local: Callable[..., Any],
    backend: Any,
    reader: Any,
    project: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With download_logs=True there is one folder for the sweep, with its runs and no others."""

    @wandb_init
    def objective() -> None:
        for row in range(3):
            get_wandb_run().log({"loss": float(row)})

    def trials() -> str:
        import wandb

        wandb.agent(get_wandb_sweep_id(), function=objective, count=2)
        return str(get_wandb_sweep_id())

    @wandb_sweep(download_logs=True)
    @env.task
    async def task() -> str:
        return trials()

    @wandb_sweep(download_logs=True)
    @env.task
    def sync_task() -> str:
        return trials()

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    config = wandb_sweep_config(method="grid", parameters={"x": {"values": [1, 2]}})
    context = {**wandb_config(project=project), **config}
    ids = [run_local(task if kind == "async" else sync_task, context) for _ in range(2)]

    for sweep_id in ids:
        folder = tmp_path / f"wandb_runs-{os.getuid()}" / sweep_id
        own = {run.id for run in reader.sweep(sweep_id).runs}
        assert {path.name for path in folder.iterdir()} == own
        for run_id in own:
            history = json.loads((folder / run_id / "metrics_history.json").read_text())
            assert [row["loss"] for row in history] == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("kind", ["async", "sync"])
def test_download_logs_shows_the_files(
    kind: str,
    run_local: Callable[..., Any],
    backend: Any,
    project: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With download_logs=True the task ends well, after its run's files were downloaded."""

    @wandb_init(download_logs=True)
    @env.task
    async def task() -> str:
        return str(get_wandb_run().id)

    @wandb_init(download_logs=True)
    @env.task
    def sync_task() -> str:
        return str(get_wandb_run().id)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run_id = run_local(task if kind == "async" else sync_task, wandb_config(project=project))

    assert (tmp_path / f"wandb_runs-{os.getuid()}" / run_id / "summary.json").is_file()


def test_nobody_elses_folder_is_written_to(
    reader: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All users share the folder for temporary files: what is there may be another's trap."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "theirs").mkdir()
    (tmp_path / f"wandb_runs-{os.getuid()}").symlink_to(tmp_path / "theirs")

    with pytest.raises(DownloadFailed, match="is no folder of yours"):
        download_wandb_run_dir(f"local/{reader.project}/nope")

    assert list((tmp_path / "theirs").iterdir()) == []


def test_files_that_a_task_wrote_are_downloaded(
    run_local: Callable[..., Any], backend: Any, project: str, tmp_path: Path
) -> None:
    """What a task saves from get_wandb_run_dir() is there for the task that called it."""

    @wandb_init
    @env.task
    def writing() -> str:
        folder = get_wandb_run_dir()
        assert folder is not None
        notes = Path(folder) / "notes.txt"
        notes.write_text("by the child")
        get_wandb_run().save(str(notes), base_path=folder)
        return str(get_wandb_run().id)

    @env.task
    def reading() -> str:
        folder = download_wandb_run_dir(writing(), str(tmp_path / "run"), include_history=False)
        assert not (Path(folder) / "metrics_history.json").exists()
        return (Path(folder) / "notes.txt").read_text()

    assert run_local(reading, wandb_config(project=project)) == "by the child"


def test_an_unknown_run_is_told(
    run_local: Callable[..., Any], backend: Any, project: str, tmp_path: Path
) -> None:
    """A run that the backend does not have is named."""
    with pytest.raises(flyte.errors.RuntimeUserError, match="could not be downloaded") as caught:
        run_local(download, wandb_config(project=project), run_id="nope", path=str(tmp_path / "x"))

    assert f"{project}/nope" in str(caught.value)


def test_no_current_run(no_account: Any) -> None:
    """Outside of a task, a run has to be named."""
    with pytest.raises(DownloadFailed) as caught:
        download_wandb_run_dir()

    assert str(caught.value) == (
        "There is no current W&B run to download.\n"
        "Name one, download_wandb_run_dir(run_id), or call it in a @wandb_init task."
    )
    assert download_wandb_run_logs.__name__ == "download_wandb_run_logs"
