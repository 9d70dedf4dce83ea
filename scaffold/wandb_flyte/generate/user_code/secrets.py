"""Text that looks like a key or a token: it is told, and not copied."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from wandb_flyte.spec import NotPython, parse_python

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


def without_own_key(source: str) -> tuple[str, list[int]]:
    """Python source that sets no `WANDB_API_KEY`, which would hide the one that trials are given.

    Args:
        source: The source.

    Returns:
        The source with `pass` in the place of each such statement, and their lines in the old one.
    """
    try:
        tree = parse_python(source)
    except NotPython:
        return source, []
    lines = source.encode().splitlines(keepends=True)
    setting = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and _sets_key(node)]
    for node in sorted(setting, key=lambda node: node.lineno, reverse=True):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        rest = lines[last][node.end_col_offset :]
        lines[first : last + 1] = [lines[first][: node.col_offset] + b"pass" + rest]
    return b"".join(lines).decode(), sorted(node.lineno for node in setting)


def _sets_key(node: ast.stmt) -> bool:
    """Whether all that a statement does is to set the variable with the key."""
    if isinstance(node, ast.Assign):
        return all(
            isinstance(target, ast.Subscript) and _is_variable(target.slice)
            for target in node.targets
        )
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    called, call = getattr(node.value.func, "attr", ""), node.value
    if called in ("setdefault", "putenv"):
        return bool(call.args) and _is_variable(call.args[0])
    keys: list[ast.expr | None] = [ast.Constant(keyword.arg) for keyword in call.keywords]
    for given in call.args:
        keys += given.keys if isinstance(given, ast.Dict) else [None]
    return called == "update" and bool(keys) and all(map(_is_variable, keys))


def _is_variable(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value == "WANDB_API_KEY"


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
