"""Where a run's files are: names, tokens, places in the data folder."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from urllib.parse import quote

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


def token(key: str, *parts: str) -> str:
    """What proves that an address was made by this server: uploads carry no key."""
    text = "\0".join(parts)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:40]


def file_url(base: str, key: str, path: tuple[str, str, str, str], *, upload: bool) -> str:
    """The absolute address of a run's file; `path` is entity, project, run, name."""
    mode = "put" if upload else "get"
    quoted = "/".join([quote(part, safe="") for part in path[:3]] + [quote(path[3])])
    return f"{base}/storage/{quoted}?{mode}={token(key, mode, *path)}"


def stored_name(run_pk: int, name: str, digest: str) -> str:
    """A file's name in the data folder: a hash, so that no name leaves the folder."""
    text = f"{run_pk}\0{name}\0{digest}"
    return hashlib.sha256(text.encode()).hexdigest()


def stored_path(folder: Path, stored_as: str) -> Path:
    """The place of a stored file, spread over 256 folders."""
    return folder / stored_as[:2] / stored_as
