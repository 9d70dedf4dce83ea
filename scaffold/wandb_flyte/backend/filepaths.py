"""Where a run's files are: names, tokens, places in the data folder."""

from __future__ import annotations

import hashlib
import hmac
import mimetypes
import os
import secrets
from dataclasses import dataclass
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


def mimetype(name: str) -> str | None:
    """The media type of a file of that name, None when its ending says none."""
    # The dot in front: a name such as `data:text/plain,x` is no address here.
    return mimetypes.guess_type(f"./{name}")[0]


def token(key: str, *parts: str) -> str:
    """What proves that an address was made by this server: uploads carry no key."""
    text = "\0".join(parts)
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:40]


@dataclass(frozen=True)
class Addresses:
    """The addresses of files, as clients see them; each proves itself by a token.

    Args:
        base: The server's address.
        key: The server's key, which signs.
    """

    base: str
    key: str

    def run_file(self, path: tuple[str, str, str, str], *, upload: bool) -> str:
        """A run's file; `path` is entity, project, run, name."""
        mode = "put" if upload else "get"
        quoted = "/".join([quote(part, safe="") for part in path[:3]] + [quote(path[3])])
        return f"{self.base}/storage/{quoted}?{mode}={token(self.key, mode, *path)}"

    def blob(self, md5: str, name: str, place: str = "wandb_artifacts") -> str:
        """Bytes of an artifact, for reading; `name` is what a browser would save them as."""
        proof = token(self.key, "get-blob", md5)
        return f"{self.base}/{place}/{md5}/{quote(name, safe='')}?get={proof}"

    def artifact_file(self, artifact_pk: int, md5: str) -> str:
        """Bytes of an artifact, for uploading."""
        proof = token(self.key, "put-blob", str(artifact_pk), md5)
        return f"{self.base}/artifacts/uploads/{artifact_pk}/{md5}?put={proof}"

    def manifest(self, manifest_pk: int) -> str:
        """An artifact's manifest, for uploading."""
        proof = token(self.key, "put-manifest", str(manifest_pk))
        return f"{self.base}/artifacts/manifests/{manifest_pk}?put={proof}"


def stored_name() -> str:
    """A new file's name in the data folder.

    It tells nothing of the run's file, so that no name leaves the folder, and no two uploads
    share it, so that the one can't be taken away with the other.
    """
    return secrets.token_hex(32)


def stored_path(folder: Path, stored_as: str) -> Path:
    """The place of a stored file, spread over 256 folders."""
    return folder / stored_as[:2] / stored_as


def write_synced(path: Path, content: bytes) -> None:
    """Write the file; it is on disk when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(scratch: Path, place: Path) -> None:
    """Rename the file, whose content is on disk; its name is on disk when this returns."""
    if not place.parent.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        _sync_folder(place.parent.parent)
    scratch.replace(place)
    _sync_folder(place.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
