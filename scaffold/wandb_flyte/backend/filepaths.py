"""Where a run's files are: their names, and their places in the data folder."""

from __future__ import annotations

import mimetypes
import secrets
from pathlib import Path

from wandb_flyte.backend.errors import BackendError


def check_file_name(name: str) -> str:
    """The name itself, when it can be a run's file: a relative path without `..`.

    Raises:
        BackendError: It can't.
    """
    parts = name.split("/")
    bad = not name or len(name) > 1024 or "\\" in name or any(ord(char) < 32 for char in name)
    if bad or any(part in ("", ".", "..") for part in parts):
        raise BackendError(f"file name `{name[:200]}` is not a relative path")
    return name


def mimetype(name: str) -> str | None:
    """The media type of a file of that name, None when its ending says none."""
    # The dot in front: a name such as `data:text/plain,x` is no address here.
    return mimetypes.guess_type(f"./{name}")[0]


def stored_name() -> str:
    """A new file's name in the data folder.

    It tells nothing of the run's file, so that no name leaves the folder, and no two uploads
    share it, so that the one can't be taken away with the other.
    """
    return secrets.token_hex(32)


def stored_path(folder: Path, stored_as: str) -> Path:
    """The place of a stored file, spread over 256 folders."""
    return folder / stored_as[:2] / stored_as


def blob_folder(folder: Path) -> Path:
    """Where the bytes of artifacts are, in the folder of the runs' files."""
    return folder / "artifacts"
