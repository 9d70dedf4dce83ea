"""Lock files, which keep two processes from doing the same work at once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wandb_flyte.errors import UserError


@contextmanager
def locked(path: Path, hint: str = "") -> Iterator[None]:
    """Holds a lock file, made when missing, after waiting for whoever holds it now.

    Args:
        path: The lock file.
        hint: What to do when its folder can't be written.

    Raises:
        UserError: Its folder can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"`{path.parent}` can't be written: {reason}.", hint) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
