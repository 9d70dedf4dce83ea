"""What a trial saves to go on from, should its agent be lost: a folder that follows its run id."""

from __future__ import annotations

import asyncio
import os
import shutil
import tarfile
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from wandb_flyte.errors import UserError

VARIABLE = "WANDB_FLYTE_CHECKPOINT_DIR"
_STAMP = "saved-at"
# Written in turns, so that one is whole when a pod dies while it writes the other.
_SLOTS = ("a.tar", "b.tar")
# Files that changed a moment ago may be half written.
_QUIET_S = 1.0


def checkpoint_dir() -> Path:
    """The folder where the current trial saves what it can go on from.

    It is empty when a trial begins, and holds what the trial saved when the trial is taken up again
    after its agent was lost, on another machine too. Then the W&B run goes on as well: after the
    last row that was logged before the newest file was written.

    It is removed when the trial has finished or was stopped: nothing goes on from there. What is
    worth keeping is an artifact of the run; `run_agent(…, keep_checkpoints=True)` leaves all.

    Raises:
        UserError: There is no trial here.
    """
    given = os.environ.get(VARIABLE)
    if not given:
        raise UserError(
            "checkpoint_dir() was called where there is no trial.",
            hint="Call it in an objective that run_agent() runs.",
        )
    folder = Path(given)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def local_folder(entity: str, project: str, run_id: str) -> Path:
    """The folder of a run's trial on this machine."""
    names = [quote(name, safe="") for name in (entity or "-", project or "-", run_id)]
    # Loads an HTTP client, which a task that starts has no use for.
    from wandb_flyte.runtime.backend.local_server import home

    return home().joinpath("checkpoints", *names)


class Keeper:
    """Brings a trial's checkpoints to Flyte's storage, and back.

    Args:
        folder: The trial's folder here.
        storage: Where it is kept; empty where the folder itself is there to stay.
    """

    def __init__(self, folder: Path, storage: str) -> None:
        self.folder = folder
        self._storage = storage.rstrip("/")
        self._kept: dict[str, tuple[int, int]] = {}
        self._slot = 0
        self._stored = False

    def begin(self) -> None:
        """Empties the folder for a trial that begins: what is there is not its own."""
        shutil.rmtree(self.folder, ignore_errors=True)

    async def fetch(self) -> float | None:
        """Gets what an earlier attempt saved; gives when its newest file was written, if any."""
        if self._storage:
            await self._restore()
        self._kept = _files(self.folder)
        if not self._kept:
            return None
        return max(time_ns for _, time_ns in self._kept.values()) / 1e9

    async def keep(self, *, at_once: bool = False) -> None:
        """Stores what changed since the last time, unless it is being written just now.

        Args:
            at_once: There is no other time: what is there is stored as it is.
        """
        if not self._storage:
            return
        # Beside the event loop, as all that follows: the agent's heartbeats and limits go on.
        found = await asyncio.to_thread(_files, self.folder)
        if not found or found == self._kept:
            return
        newest_s = max(time_ns for _, time_ns in found.values()) / 1e9
        if not at_once and time.time() - newest_s < _QUIET_S:
            return
        from flyte import storage

        with tempfile.TemporaryDirectory(prefix="wandb-flyte-") as scratch:
            packed = Path(scratch) / "checkpoint.tar"
            try:
                await asyncio.to_thread(_pack, self.folder, packed)
            except FileNotFoundError:
                return  # The objective has just removed a file: next time.
            if not storage.is_remote(self._storage):
                Path(self._storage).mkdir(parents=True, exist_ok=True)
            await storage.put(str(packed), f"{self._storage}/{_SLOTS[self._slot]}")
        self._slot, self._kept, self._stored = 1 - self._slot, found, True

    async def remove(self) -> None:
        """Removes what was saved: nothing will go on from there."""
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)
        if not self._storage or not self._stored:
            return
        from flyte import storage

        for name in _SLOTS:
            place = f"{self._storage}/{name}"
            if not storage.is_remote(place):
                Path(place).unlink(missing_ok=True)
            elif await storage.exists(place):
                await asyncio.to_thread(storage.get_underlying_filesystem(path=place).rm, place)

    async def _restore(self) -> None:
        """Gets the newest of what was stored, if what is here is not newer."""
        from flyte import storage

        newest: tuple[int, int, Path] | None = None
        with tempfile.TemporaryDirectory(prefix="wandb-flyte-") as scratch:
            for number, name in enumerate(_SLOTS):
                place = f"{self._storage}/{name}"
                if not await storage.exists(place):
                    continue
                self._stored = True
                copy = Path(scratch) / name
                await storage.get(place, str(copy))
                stamp = _stamp(copy)
                if stamp and (newest is None or stamp > newest[0]):
                    newest = (stamp, number, copy)
            if newest is None:
                return
            self._slot = 1 - newest[1]
            here = max((time_ns for _, time_ns in _files(self.folder).values()), default=0)
            # A trial may have been on this machine before, and on another one since.
            if newest[0] > here:
                await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)
                await asyncio.to_thread(_unpack, newest[2], self.folder)


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of each file."""
    found = {}
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file():
                about = path.stat()
                found[str(path.relative_to(folder))] = (about.st_size, about.st_mtime_ns)
    return found


def _pack(folder: Path, packed: Path) -> None:
    with tarfile.open(packed, "w") as tar:
        stamp = packed.with_name(str(time.time_ns()))
        stamp.touch()
        tar.add(folder, arcname="files")
        # Last, so that a tar file that was cut off has none.
        tar.add(stamp, arcname=f"{_STAMP}/{stamp.name}")


def _stamp(packed: Path) -> int:
    """When it was packed; 0 when it was cut off."""
    with suppress(tarfile.TarError, ValueError), tarfile.open(packed) as tar:
        folder, _, stamp = tar.getnames()[-1].partition("/")
        return int(stamp) if folder == _STAMP else 0
    return 0


def _unpack(packed: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="wandb-flyte-") as scratch:
        with tarfile.open(packed) as tar:
            # Python 3.11.3 and older know no filters, and leave members that lead elsewhere to us.
            safe = [member for member in tar.getmembers() if _stays_inside(member, Path(scratch))]
            tar.extractall(scratch, members=safe)  # noqa: S202 all of them are inside
        shutil.copytree(Path(scratch) / "files", folder, dirs_exist_ok=True)


def _stays_inside(member: tarfile.TarInfo, folder: Path) -> bool:
    if not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
        return False
    around = folder.resolve()
    place = folder / member.name
    links = [place.parent / member.linkname] if member.issym() else []
    links += [folder / member.linkname] if member.islnk() else []
    return all(path.resolve().is_relative_to(around) for path in (place, *links))
