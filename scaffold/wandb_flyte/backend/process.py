"""The server as a process: its lock, key, port and state file."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from wandb_flyte._agreed import KEY_FILE, LOCK_FILE, LOCK_HELD_EXIT_CODE, STATE_FILE
from wandb_flyte._version import __version__
from wandb_flyte.backend import filepaths
from wandb_flyte.backend.access import Address
from wandb_flyte.backend.store.projects import DEFAULT_ENTITY
from wandb_flyte.errors import UserError

# Who looks whether a server lives has its lock for a moment.
_LOOKED_AT_S = 0.2


class AlreadyRunning(UserError):
    """Another server holds the data folder."""

    exit_code = LOCK_HELD_EXIT_CODE


@dataclass(frozen=True)
class DataFolder:
    """Where one server keeps everything."""

    path: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "backend.sqlite3"

    @property
    def files(self) -> Path:
        """The folder of the runs' files."""
        return self.path / "files"

    @property
    def blobs(self) -> Path:
        """The folder of the bytes of artifacts."""
        return filepaths.blob_folder(self.files)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for this process alone; it is made when it does not exist.

        Raises:
            AlreadyRunning: Another process holds it.
            UserError: It can't be made or written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            held = (self.path / LOCK_FILE).open("w")
        except OSError as error:
            raise UserError(
                f"the data folder `{self.path}` can't be written: {error.strerror}.",
                hint="Give another --data-dir, or make this one yours.",
            ) from None
        if self.path.stat().st_uid not in (os.geteuid(), 0) and os.geteuid() != 0:
            held.close()
            raise UserError(
                f"the data folder `{self.path}` is another user's, who could read and change it.",
                hint="Give another --data-dir.",
            )
        with held as lock:
            if not _locked(lock):
                raise AlreadyRunning(f"another local backend is running on `{self.path}`.")
            # A server that was killed has left its address there, and its process id.
            (self.path / STATE_FILE).unlink(missing_ok=True)
            yield

    def key(self, chosen: str | None = None) -> str:
        """The API key: the one that the user chose, else one that is made once."""
        if chosen:
            return chosen
        place = self.path / KEY_FILE
        with contextlib.suppress(FileNotFoundError):
            if known := place.read_text().strip():
                return known
        key = "local-" + secrets.token_hex(20)
        write_private(place, key + "\n")
        return key

    def listen(self, where: Address, port: int | None) -> socket.socket:
        """A listening socket: on `port`, else on the last one when it is free, else on any.

        Raises:
            UserError: `port` is taken, or the address is not this machine's.
        """
        if port is not None:
            try:
                return _bind(where, port)
            except OSError as error:
                raise UserError(
                    f"port `{port}` can't be used: {os.strerror(error.errno or 0)}.",
                    hint="Give another --port, or none for any free one.",
                ) from None
        with contextlib.suppress(OSError, ValueError):
            return _bind(where, int((self.path / "port").read_text()))
        try:
            return _bind(where, 0)
        except OSError as error:
            raise UserError(
                f"`{where.host}` can't be listened on: {os.strerror(error.errno or 0)}.",
                hint="Give --host an IP address of this machine, or 0.0.0.0 for all of them.",
            ) from None

    @contextlib.contextmanager
    def announced(self, where: Address, port: int, key: str) -> Iterator[str]:
        """Keep the state file there while the server listens; gives the server's address."""
        url = where.url(port)
        state: dict[str, Any] = {"url": url, "host": where.host, "key": key}
        state |= {"entity": DEFAULT_ENTITY, "pid": os.getpid(), "version": __version__}
        write_private(self.path / "port", f"{port}\n")
        place, text = self.path / STATE_FILE, json.dumps(state)
        write_private(place, text)
        try:
            yield url
        finally:
            # The folder may have been replaced, and be another server's by now.
            with contextlib.suppress(OSError):
                if place.read_text() == text:
                    place.unlink()


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read, in one step."""
    handle, scratch = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise


def _locked(file: IO[str]) -> bool:
    """Whether this process has a file's lock now, until it closes the file."""
    deadline = time.monotonic() + _LOOKED_AT_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def _bind(where: Address, port: int) -> socket.socket:
    # asyncio sends small answers at once (TCP_NODELAY) only where the protocol is spelt out;
    # without that each takes 40 ms.
    listener = socket.socket(where.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((where.ip, port))
        listener.listen(512)
    except BaseException:
        listener.close()
        raise
    return listener
