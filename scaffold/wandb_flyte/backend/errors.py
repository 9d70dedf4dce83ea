"""What the server refuses, with the HTTP status that makes the client give up at once."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
_NO_STORE = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)


class BackendError(Exception):
    """A request that can't be answered; its message reaches the user's terminal.

    Args:
        message: What is wrong, with the value in backticks.
        status: The HTTP status. 200 is a final answer to a GraphQL request; clients retry most
            others, so only 400, 401, 403, 404, 409, 410, 413 and 422 are used, and 507 when
            the client shall come again.
    """

    def __init__(self, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class NotFound(BackendError):
    """The sweep, agent or run is gone: HTTP 404, which ends agents in peace."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=404)


class NotStored(BackendError):
    """The disk is full or broken: HTTP 507, which clients answer by trying again later."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"nothing can be stored: {reason}", status=507)


class FolderGone(NotStored):
    """The data folder is not where the server opened it: the server has to end."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"the data folder `{folder}` was deleted, moved or replaced")


def not_stored(error: BaseException | None) -> NotStored | None:
    """What the client is told when the error comes from the disk; None for any other error."""
    if isinstance(error, NotStored):
        return error
    if isinstance(error, sqlite3.Error):
        # The low byte of an extended code is the plain one.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return NotStored(error) if code in _NO_STORE else None
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return NotStored(error.strerror)
    return None
