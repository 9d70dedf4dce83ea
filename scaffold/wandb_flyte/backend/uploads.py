"""Taking in the bytes of an upload."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from starlette.requests import Request

from wandb_flyte.backend.errors import BackendError

_MOST_BYTES = 64 * 1024**3
_SCRATCH = "upload-"


async def receive(request: Request, folder: Path) -> tuple[Path, int, str]:
    """Write the request's body to a scratch file in the folder; gives it, its size and its MD5.

    Raises:
        BackendError: The body is too large.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_SCRATCH, dir=folder)
    digest, size = hashlib.md5(usedforsecurity=False), 0
    try:
        with os.fdopen(handle, "wb") as scratch:
            async for chunk in request.stream():
                size += len(chunk)
                _check_size(size)
                digest.update(chunk)
                scratch.write(chunk)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name), size, digest.hexdigest()


def clear(folder: Path) -> None:
    """Remove the scratch files of uploads that a killed server did not finish."""
    for scratch in folder.glob(f"{_SCRATCH}*"):
        scratch.unlink(missing_ok=True)


def _check_size(size: int) -> None:
    if size > _MOST_BYTES:
        raise BackendError("the file is too large", status=413)
