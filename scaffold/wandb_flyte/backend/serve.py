"""Serving one data folder until told to stop."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
import socket
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from wandb_flyte.backend import access, reaper
from wandb_flyte.backend.app import Backend
from wandb_flyte.backend.auth import Authenticate
from wandb_flyte.backend.errors import BackendError, FolderGone
from wandb_flyte.backend.graphql import schema
from wandb_flyte.backend.process import DataFolder
from wandb_flyte.backend.store import Database
from wandb_flyte.backend.web import routes
from wandb_flyte.errors import UserError

_THREADS_TURN_S = 0.001
_FOLDER_CHECKED_EVERY_S = 1.0
_FIRST_REQUEST_WITHIN_S = 10.0


def serve(
    data_dir: Path,
    *,
    host: str = access.LOOPBACK,
    port: int | None = None,
    crash_after_s: float = 300.0,
    authenticate: Authenticate | None = None,
) -> None:
    """Serve the data folder until SIGTERM or SIGINT.

    Args:
        data_dir: Where everything is kept; made when it does not exist.
        host: The address to listen on; one that other machines reach needs a key of the user's.
        port: The port to listen on; None for the last one used, or any free one.
        crash_after_s: Silence after which a run counts as crashed.
        authenticate: Whose an API key is; by default there is one user, with the folder's key.

    Raises:
        UserError: The port is taken, the user's key is missing or no key, another server holds
            the folder, it can't be written, the database can't be opened, or the folder was
            deleted, moved or replaced while it was served.
    """
    # What is kept is this user's alone, also where an earlier folder lets others in.
    os.umask(0o077)
    _take_all_files()
    # A request passes through three threads: none may keep the others waiting for long.
    sys.setswitchinterval(_THREADS_TURN_S)
    stop = _Stop()
    folder = DataFolder(data_dir.resolve())
    with folder.held():
        where = access.address(host)
        key = folder.key(access.users_key(where))
        listener = folder.listen(where, port)
        schema()
        with closing(listener), closing(_open(folder.database)) as database:
            backend = Backend(database, folder.files, key, authenticate)
            backend.recover()
            with folder.announced(where, listener.getsockname()[1], key):
                app = backend.app(routes(database, key), loopback=where.is_loopback)
                asyncio.run(_serve(stop, app, listener, database, crash_after_s))


def _take_all_files() -> None:
    """Lets the process have as many connections and files open as the system allows it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _open(path: Path) -> Database:
    try:
        return Database(path)
    except sqlite3.Error as error:
        raise UserError(
            f"the database `{path}` can't be opened: {error}.",
            hint="Make room on the disk, or put back a copy of the file.",
        ) from error
    except BackendError as error:
        raise UserError(error.message) from error


class _Impatient(H11Protocol):
    """Closes connections that ask nothing: they need no key, and would keep others out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts the clock that the first request stops, as uvicorn's does between requests."""
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(
            _FIRST_REQUEST_WITHIN_S, self.timeout_keep_alive_handler
        )


class _Complaints:
    """Handles what no task awaits: that too many connections are open is said once.

    asyncio would say it hundreds of times a second, with a traceback each.
    """

    def __init__(self) -> None:
        self._told = False

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Prints an error of the event loop."""
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in (errno.EMFILE, errno.ENFILE):
            loop.default_exception_handler(context)
        elif not self._told:
            self._told = True
            sys.stderr.write("more connections than the system allows are open: others wait\n")


class _Stop:
    """SIGTERM and SIGINT as a wish, from the first moment on.

    uvicorn restores these handlers at its end and raises the signal again: without them the
    process would end as killed by the signal, after a stop that was asked for.
    """

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _: int, __: FrameType | None) -> None:
        self.asked = True
        if self.server is not None:
            self.server.should_exit = True


async def _serve(
    stop: _Stop, app: ASGIApp, listener: socket.socket, database: Database, crash_after_s: float
) -> None:
    config = uvicorn.Config(
        app,
        http=_Impatient,
        loop="asyncio",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
        # What is being sent when the server is told to stop is still taken in.
        timeout_graceful_shutdown=10,
        backlog=512,
    )
    server = stop.server = uvicorn.Server(config)
    server.should_exit = stop.asked
    asyncio.get_running_loop().set_exception_handler(_Complaints())
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    reaping = asyncio.create_task(reaper.keep_reaping(database, crash_after_s))
    watching = asyncio.create_task(_watch_folder(database))
    await asyncio.wait((serving, watching), return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    reaping.cancel()
    if watching.done():
        watching.result()
    watching.cancel()


async def _watch_folder(database: Database) -> None:
    """Returns never: raises once the data folder is gone, for nothing can be kept any more.

    Raises:
        UserError: It is gone, for whoever reads the log.
    """
    while True:
        await asyncio.sleep(_FOLDER_CHECKED_EVERY_S)
        try:
            database.check_in_place()
        except FolderGone as error:
            raise UserError(
                f"the local backend ends: {error.message}.",
                hint="Put the folder back if you can, and start the local backend again.",
            ) from None
