"""Ids and names: what they look like, and which ones are refused."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import zlib

from wandb_flyte.backend.errors import BackendError

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
# What W&B itself refuses in the names that end up in URLs, plus control characters.
_NAME = re.compile(r"[^/\\#?%:\x00-\x1f\x7f]{1,128}")
# A program's path can be as long; no name that a person gives is.
_LONGEST_LABEL = 4096
_ADJECTIVES = [
    "amber",
    "brave",
    "calm",
    "clear",
    "crisp",
    "early",
    "fresh",
    "gentle",
    "golden",
    "light",
    "lively",
    "quiet",
]
_NOUNS = [
    "brook",
    "cedar",
    "cloud",
    "dawn",
    "field",
    "forest",
    "harbor",
    "hill",
    "lake",
    "leaf",
    "meadow",
    "moon",
    "river",
    "tide",
]


def short_id() -> str:
    """A new id of 8 lower-case letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


def gid(kind: str, *parts: object) -> str:
    """The opaque id of an object, in W&B's form: base64 of `Run:v1:<run>:<project>:<entity>`."""
    text = ":".join([kind, "v1", *map(str, parts)])
    return base64.b64encode(text.encode()).decode()


def parse_gid(value: str, kind: str) -> list[str] | None:
    """The parts of an id of that kind, or None when it is no such id."""
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    head, _, rest = text.partition(":v1:")
    return rest.split(":") if head == kind and rest else None


def parse_pk(value: str, kind: str) -> int | None:
    """The number in an id of that kind, or None when it is no such id."""
    parts = parse_gid(value, kind)
    return int(parts[0]) if parts and re.fullmatch(r"[0-9]{1,18}", parts[0]) else None


def check_name(what: str, value: str) -> str:
    """The name itself, when it can stand in a URL.

    Raises:
        BackendError: It is empty, too long, or holds a character that URLs give a meaning.
    """
    if _NAME.fullmatch(value) and value not in (".", ".."):
        return value
    raise BackendError(
        f"{what} `{value[:140]}` is not allowed: 1 to 128 characters, "
        "none of them / \\ # ? % : or a control character."
    )


def check_label(what: str, value: str) -> str:
    """The text itself, when it is short enough for the lists that show it.

    Raises:
        BackendError: It is too long.
    """
    if len(value) > _LONGEST_LABEL:
        raise BackendError(
            f"{what} `{value[:40]}…` has {len(value)} characters: give at most {_LONGEST_LABEL}"
        )
    return value


def display_name(seed: str, number: int, noun: str = "") -> str:
    """A readable name such as `calm-river-12`; the same seed gives the same words."""
    digest = zlib.crc32(seed.encode())
    adjective = _ADJECTIVES[digest % len(_ADJECTIVES)]
    return f"{adjective}-{noun or _NOUNS[(digest >> 8) % len(_NOUNS)]}-{number}"
