"""Downloads what the backend keeps of runs and sweeps: files, summary, the whole history."""

from __future__ import annotations

import json
import logging
import os
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import flyte
from flyte.io import Dir

from wandb_flyte.errors import UserError
from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime.state import state_here
from wandb_flyte.runtime.tasks._sweep_place import sweep_place_here
from wandb_flyte.runtime.tasks.current import get_wandb_run, get_wandb_sweep_id
from wandb_flyte.runtime.tasks.frame import settings_here, sweep_settings_here
from wandb_flyte.runtime.tasks.opening import use_backend

logger = logging.getLogger(__name__)


class DownloadFailed(UserError, RuntimeError):
    """A run or a sweep could not be downloaded."""


def download_wandb_run_dir(
    run_id: str | None = None, path: str | None = None, include_history: bool = True
) -> str:
    """Downloads a run: its files, `summary.json`, and every row of `metrics_history.json`.

    Args:
        run_id: The run's id, or `entity/project/run`; the current run by default.
        path: The folder; `<temporary folder>/wandb_runs-USER/RUN` by default.
        include_history: Whether to write the history.

    Returns:
        The folder.

    Raises:
        DownloadFailed: There is no such run, or it could not be downloaded.
    """
    run_path = _run_path(run_id)
    folder = Path(path) if path else _runs_folder() / run_path.rpartition("/")[2]
    try:
        _write_run(_api().run(run_path), folder, include_history=include_history)
    except Exception as error:
        raise DownloadFailed(
            f"Run `{run_path}` could not be downloaded: {_reason(error)}",
            hint="Its page shows its entity, project and id.",
        ) from error
    return str(folder)


def download_wandb_sweep_dirs(
    sweep_id: str | None = None, base_path: str | None = None, include_history: bool = True
) -> list[str]:
    """Downloads every run of a sweep, each into a folder of its own.

    Args:
        sweep_id: The sweep's id, or `entity/project/sweep`; the current sweep by default.
        base_path: Where the runs' folders are made; `<temporary folder>/wandb_runs-USER` by
            default.
        include_history: Whether to write the histories.

    Returns:
        The folders. A run that can't be downloaded is left out, with a warning.

    Raises:
        DownloadFailed: There is no such sweep, or none of its runs could be downloaded.
    """
    sweep_path = _sweep_path(sweep_id)
    base = Path(base_path) if base_path else _runs_folder()
    try:
        runs = list(_api().sweep(sweep_path).runs)
    except Exception as error:
        raise DownloadFailed(
            f"Sweep `{sweep_path}` could not be read: {_reason(error)}",
            hint="Its page shows its entity, project and id.",
        ) from error
    folders: list[str] = []
    failures: list[str] = []
    for run in runs:
        try:
            _write_run(run, base / run.id, include_history=include_history)
        except Exception as error:
            failures.append(f"{run.id}: {_reason(error)}")
        else:
            folders.append(str(base / run.id))
    if failures and not folders:
        raise DownloadFailed(
            f"None of the {len(failures)} runs of sweep `{sweep_path}` could be downloaded. "
            + "; ".join(failures)
        )
    for failure in failures:
        logger.warning("A run of sweep `%s` could not be downloaded: %s", sweep_path, failure)
    return folders


# Flyte takes a trace's output by the class `Dir`, and not by `Dir[…]`.
@flyte.trace
async def download_wandb_run_logs(run_id: str) -> Dir:
    """Downloads a run and shows its files in Flyte, as the output of a trace.

    Args:
        run_id: The run's id.
    """
    import asyncio

    return await Dir.from_local(await asyncio.to_thread(download_wandb_run_dir, run_id))


@flyte.trace
async def download_wandb_sweep_logs(sweep_id: str) -> Dir:
    """Downloads a sweep's runs and shows their files in Flyte, as the output of a trace.

    Args:
        sweep_id: The sweep's id.
    """
    import asyncio

    return await Dir.from_local(await asyncio.to_thread(_sweep_folder, sweep_id))


@flyte.trace
def download_run_logs_sync(run_id: str) -> Dir:
    """The same as `download_wandb_run_logs`, for tasks that are plain functions."""
    return Dir.from_local_sync(download_wandb_run_dir(run_id))


@flyte.trace
def download_sweep_logs_sync(sweep_id: str) -> Dir:
    """The same as `download_wandb_sweep_logs`, for tasks that are plain functions."""
    return Dir.from_local_sync(_sweep_folder(sweep_id))


def _sweep_folder(sweep_id: str) -> str:
    """The folder of one sweep's runs and nothing else."""
    base = _runs_folder() / sweep_id.rpartition("/")[2]
    base.mkdir(parents=True, exist_ok=True)
    download_wandb_sweep_dirs(sweep_id, str(base))
    return str(base)


def _write_run(run: Any, folder: Path, *, include_history: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in run.files():
        file.download(root=str(folder), replace=True)
    _write_json(folder / "summary.json", dict(run.summary))
    if include_history:
        # `history()` is thinned to 500 rows; the scan is complete.
        _write_json(folder / "metrics_history.json", list(run.scan_history()))


def _write_json(file: Path, value: dict[str, Any] | Sequence[Any]) -> None:
    file.write_text(json.dumps(value, indent=2, default=str), encoding="utf-8")


def _run_path(run_id: str | None) -> str:
    run = get_wandb_run()
    if run_id is None and run is not None:
        return "/".join(part for part in (run.entity, run.project, run.id) if part)
    run_id = run_id or state_here().run_id
    if not run_id:
        raise DownloadFailed(
            "There is no current W&B run to download.",
            hint="Name one, download_wandb_run_dir(run_id), or call it in a @wandb_init task.",
        )
    if "/" in run_id:
        return run_id
    settings, state, sweep = settings_here(), state_here(), sweep_settings_here()
    project = settings.project or state.project or sweep.project or ""
    return _path(settings.entity or state.entity or sweep.entity or "", project, run_id)


def _sweep_path(sweep_id: str | None) -> str:
    sweep_id = sweep_id or get_wandb_sweep_id()
    if not sweep_id:
        raise DownloadFailed(
            "There is no current W&B sweep to download.",
            hint="Name one, download_wandb_sweep_dirs(sweep_id), or call it in a sweep's task.",
        )
    place = sweep_place_here(sweep_id)
    return _path(place.entity, place.project, sweep_id.rpartition("/")[2])


def _path(entity: str, project: str, name: str) -> str:
    """An id with its project and entity before it, as far as they are known."""
    return "/".join(part for part in (entity, project, name) if part) if project else name


def _api() -> Any:
    here = _flyte.where()
    if here is not None:
        use_backend(settings_here(), in_pod=here.in_pod)
    import wandb

    return wandb.Api()


def _runs_folder() -> Path:
    """A folder of this user alone, in the one for temporary files that all users share.

    Raises:
        DownloadFailed: Somebody else has put something there.
    """
    user = os.getuid()
    folder = Path(tempfile.gettempdir()) / f"wandb_runs-{user}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user:
        raise DownloadFailed(
            f"`{folder}` is no folder of yours.", hint="Name the folder to download to."
        )
    return folder


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
