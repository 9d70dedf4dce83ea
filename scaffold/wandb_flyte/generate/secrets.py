"""Text that looks like a key or a token: it is told, and not copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Each with a form that hardly anything else has.
_KINDS = {
    "a W&B key": r"wandb_v\d_[0-9A-Za-z_]{20,}|local-[0-9a-f]{40}",
    "a Hugging Face token": r"hf_[0-9A-Za-z]{30,}",
    "a GitHub token": r"gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{40,}",
    "a GitLab token": r"glpat-[0-9A-Za-z_-]{20,}",
    "an AWS key": r"A(?:KIA|SIA)[0-9A-Z]{16}",
    "a Google key": r"AIza[0-9A-Za-z_-]{35}",
    "a Slack token": r"xox[abprs]-[0-9A-Za-z-]{10,}",
    "an API key": r"sk-[0-9A-Za-z_-]{20,}",
    "a web token": r"eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]+-----END [A-Z ]*-----)?",
}
_PATTERNS = {
    kind: re.compile(rf"(?<![0-9A-Za-z_])(?:{form})(?![0-9A-Za-z_])")
    for kind, form in _KINDS.items()
}
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{40}(?![0-9A-Za-z])")
# Commits of data sets and models look the same as W&B's older keys.
_NO_KEY = re.compile(r"revision|commit|sha|hash|digest|checksum", re.IGNORECASE)


@dataclass(frozen=True)
class Secret:
    """Something that looks like a secret.

    Attributes:
        kind: What it looks like.
        line: Its line, counted from 1.
        start: Where it begins in the text.
        end: Where it ends.
    """

    kind: str
    line: int
    start: int
    end: int


def find_secrets(text: str) -> list[Secret]:
    """Everything in a text that looks like a secret, in order."""
    return sorted(_found(text), key=lambda secret: secret.start)


def without_secrets(text: str, secrets: list[Secret]) -> str:
    """The text with nothing in the place of each secret."""
    for secret in reversed(secrets):
        text = text[: secret.start] + text[secret.end :]
    return text


def _found(text: str) -> Iterator[Secret]:
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            yield _secret(kind, text, match)
    for match in _HEX.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if not _NO_KEY.search(line) and not line.endswith(("local-", "@")):
            yield _secret("a W&B key", text, match)


def _secret(kind: str, text: str, match: re.Match[str]) -> Secret:
    return Secret(kind, text.count("\n", 0, match.start()) + 1, match.start(), match.end())
