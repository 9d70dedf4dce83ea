"""Artifact manifests: the JSON that says which file or reference stands at which path."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wandb_flyte.backend import durable, filepaths
from wandb_flyte.backend.errors import BackendError
from wandb_flyte.backend.store.artifact_models import ArtifactFile

FULL, INCREMENTAL, PATCH = "FULL", "INCREMENTAL", "PATCH"


@dataclass(frozen=True)
class Content:
    """What a manifest says.

    Attributes:
        entries: By path: `{"digest": <base64 of the MD5>, "size": 3, "ref": <address or absent>}`.
        policy: The rest of the manifest: its version and how the files are stored.
    """

    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The bytes of all entries, references included."""
        return sum(_size(entry) for entry in self.entries.values())

    def over(self, base: Content) -> Content:
        """The base's entries, with these added or put in their place."""
        return Content({**base.entries, **self.entries}, self.policy)

    def files(self, artifact_pk: int) -> list[ArtifactFile]:
        """The entries whose bytes are kept here."""
        return [
            ArtifactFile(artifact_pk, path, hex_digest(str(entry.get("digest"))), _size(entry))
            for path, entry in self.entries.items()
            if not entry.get("ref")
        ]

    def dump(self) -> bytes:
        """The manifest as JSON."""
        return json.dumps({**self.policy, "contents": self.entries}).encode()


def hex_digest(digest: str) -> str:
    """An MD5 in hex, from the base64 in which manifests have it.

    Raises:
        BackendError: It is no MD5.
    """
    try:
        raw = base64.b64decode(digest, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != hashlib.md5(usedforsecurity=False).digest_size:
        raise BackendError(f"`{digest[:100]}` is not the base64 of an MD5")
    return raw.hex()


def base64_digest(md5: str) -> str:
    """The base64 of an MD5 in hex."""
    return base64.b64encode(bytes.fromhex(md5)).decode()


def load(folder: Path, md5: str) -> Content:
    """The manifest with these bytes.

    Raises:
        BackendError: They are no manifest.
    """
    try:
        tree = json.loads(filepaths.stored_path(folder, md5).read_bytes())
        entries = tree.pop("contents")
        good = all(isinstance(entry, dict) for entry in entries.values())
    except (OSError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise BackendError(f"the artifact's manifest can't be read: {error}") from None
    if not good:
        raise BackendError("the artifact's manifest holds an entry that is no object")
    return Content(entries, tree)


def save(folder: Path, content: Content) -> tuple[str, int]:
    """Keep the manifest; gives the MD5 in hex and the size of its bytes."""
    text = content.dump()
    md5 = hashlib.md5(text, usedforsecurity=False).hexdigest()
    place = filepaths.stored_path(folder, md5)
    scratch = folder / f"upload-{md5}"
    durable.write_synced(scratch, text)
    durable.put_in_place(scratch, place)
    return md5, len(text)


def _size(entry: Mapping[str, Any]) -> int:
    size = entry.get("size")
    return size if isinstance(size, int) else 0
