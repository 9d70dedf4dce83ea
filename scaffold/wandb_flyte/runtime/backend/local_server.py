"""Finds, starts and stops the local backend: one process for each user, up until it is stopped."""

from __future__ import annotations

import errno
import fcntl
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wandb_flyte._agreed import KEY_FILE, LOCAL_EXTRA, LOCK_FILE, LOCK_HELD_EXIT_CODE, STATE_FILE
from wandb_flyte._locking import locked
from wandb_flyte.errors import UserError

LOG_FILE = "server.log"
LOOPBACK = "127.0.0.1"
_START_LOCK = "start.lock"
_READY_TIMEOUT_S = 5.0

# The class's name at the start of a traceback's last line.
_EXCEPTION = re.compile(r"^(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*: ")

# Kept so that a server that this process started is reaped once it ends.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class LocalServer:
    """A local backend that answers.

    Attributes:
        url: Its address, such as `http://127.0.0.1:4711`.
        key: The API key that it takes.
        entity: Its default entity.
        pid: Its process id.
        version: The version of wandb-flyte that it runs.
        data_dir: Where it keeps its data.
        host: The address that it listens on.
    """

    url: str
    key: str
    entity: str
    pid: int
    version: str
    data_dir: Path
    host: str = LOOPBACK


def home() -> Path:
    """The folder of wandb-flyte's own data: `$WANDB_FLYTE_HOME`, else `~/.wandb-flyte`."""
    return Path(os.environ.get("WANDB_FLYTE_HOME") or "~/.wandb-flyte").expanduser().absolute()


def data_dir() -> Path:
    """The folder of the user's one local backend."""
    return home() / "local"


def make_folder(folder: Path) -> None:
    """Makes a folder below `home()`, for this user alone.

    Raises:
        UserError: It can't be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise UserError(
            f"The folder `{folder}` can't be made: {error.strerror}.",
            hint="Set WANDB_FLYTE_HOME to a folder of yours.",
        ) from error


def find(folder: Path | None = None) -> LocalServer | None:
    """The local backend that keeps its data in a folder, or None when none answers.

    Args:
        folder: Its data folder; the user's own by default.
    """
    server = _alive(folder or data_dir())
    return server if server and _answers(server) else None


def known_key(folder: Path | None = None) -> str:
    """The API key that was made for the local backend of a data folder; empty before it was.

    It stays the same when the backend is stopped and started, whatever its port.

    Args:
        folder: Its data folder; the user's own by default.
    """
    try:
        return ((folder or data_dir()) / KEY_FILE).read_text().strip()
    except (OSError, ValueError):
        return ""


def start(
    folder: Path | None = None,
    *,
    host: str | None = None,
    port: int | None = None,
    timeout_s: float = 30.0,
) -> LocalServer:
    """Returns the running local backend, after starting it if there is none.

    Args:
        folder: Its data folder; the user's own by default.
        host: The address to listen on; this machine's loopback by default.
        port: The port to listen on; the last one or any free one by default.
        timeout_s: How long to wait until it answers.

    Raises:
        UserError: It did not start, or it already listens elsewhere.
    """
    folder = folder or data_dir()
    make_folder(folder)
    deadline = time.monotonic() + timeout_s
    with locked(folder / _START_LOCK):
        server = find(folder) or _launch(folder, host, port, deadline)
    wanted = f"port `{port}`" if port not in (None, urlsplit(server.url).port) else ""
    wanted = f"`{host}`" if host not in (None, server.host) else wanted
    if wanted:
        raise UserError(
            f"The local backend already listens at {server.url}, not on {wanted}.",
            hint="Stop it first: wandb-flyte local stop",
        )
    return server


def stop(folder: Path | None = None, *, timeout_s: float = 15.0) -> bool:
    """Stops the local backend and waits until it is gone.

    Args:
        folder: Its data folder; the user's own by default.
        timeout_s: How long it may take before it is killed.

    Returns:
        False when none was running.
    """
    folder = folder or data_dir()
    server = _alive(folder)
    if server is None:
        return False
    _signal(server.pid, signal.SIGTERM)
    if not _wait_until_free(folder, timeout_s):
        _signal(server.pid, signal.SIGKILL)
        _wait_until_free(folder, timeout_s)
    for process in _started:
        process.poll()
    return True


def missing_packages() -> list[str]:
    """What the local backend needs and this environment does not have."""
    return [name for name in LOCAL_EXTRA if find_spec(name) is None]


def _launch(folder: Path, host: str | None, port: int | None, deadline: float) -> LocalServer:
    if missing := missing_packages():
        raise UserError(
            f"The local backend needs {', '.join(f'`{name}`' for name in missing)}, "
            "not installed here.",
            hint="pip install 'wandb-flyte[local]'",
        )
    command = [sys.executable, "-P", "-m", "wandb_flyte.backend", "--data-dir", str(folder)]
    if host is not None:
        command += ["--host", host]
    if port is not None:
        command += ["--port", str(port)]
    log = folder / LOG_FILE
    if not _lock_held(folder):
        (folder / STATE_FILE).unlink(missing_ok=True)
    with log.open("ab") as output:
        start_of_log = output.tell()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
        )
    _started.append(process)
    while time.monotonic() < deadline:
        if server := find(folder):
            return server
        # Another server that holds the lock is on its way up: wait for that one.
        if process.poll() not in (None, LOCK_HELD_EXIT_CODE):
            raise UserError(*_why(log, start_of_log, "The local backend did not start"))
        time.sleep(0.02)
    if process.poll() is None:
        process.terminate()
    raise UserError(*_why(log, start_of_log, "The local backend did not answer in time"))


def _why(log: Path, offset: int, what: str) -> tuple[str, str]:
    """What the server wrote last, as a message and a hint."""
    with log.open("rb") as file:
        file.seek(offset)
        lines = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    last = lines[-1].strip() if lines else "it wrote nothing"
    return f"{what}: {_EXCEPTION.sub('', last)}", f"Its log: {log}"


def _alive(folder: Path) -> LocalServer | None:
    """The server that the state file names, while it lives: then it holds the folder's lock.

    One that was killed leaves its address and its pid behind, which by now may be anybody's. Others
    that hold the lock, `local import` and `local gc`, take the file away.
    """
    server = _read_state(folder)
    return server if server and _lock_held(folder) else None


def _read_state(folder: Path) -> LocalServer | None:
    try:
        state: dict[str, Any] = json.loads((folder / STATE_FILE).read_text())
        return LocalServer(
            url=str(state["url"]),
            key=str(state["key"]),
            entity=str(state["entity"]),
            pid=int(state["pid"]),
            version=str(state["version"]),
            data_dir=folder,
            host=str(state.get("host", LOOPBACK)),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _answers(server: LocalServer) -> bool:
    """Whether the server that the state file names is the one that listens there."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(
        address.hostname or "127.0.0.1", address.port, timeout=_READY_TIMEOUT_S
    )
    try:
        connection.request("GET", "/ready")
        response = connection.getresponse()
        reply: dict[str, Any] = json.loads(response.read())
        return response.status == 200 and reply.get("pid") == server.pid
    except (OSError, ValueError, http.client.HTTPException, AttributeError):
        return False
    finally:
        connection.close()


def _signal(pid: int, signum: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signum)


def _wait_until_free(folder: Path, timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while _lock_held(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _lock_held(folder: Path) -> bool:
    """Whether a server holds its lock: it does so for as long as it lives."""
    try:
        with (folder / LOCK_FILE).open("rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
