"""The addresses of files, which prove that this server gave them out."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import quote


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
