"""What a project says of the kits that made it: checked before it is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wandb_flyte.errors import Finding, InvalidInput, printable

from .manifest import NAME
from .source import parse_source

_SHAPES = {
    "name": NAME,
    "version": re.compile(r"[0-9A-Za-z][0-9A-Za-z._+-]{0,99}"),
    "commit": re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}"),
    "hash": re.compile(r"sha256:[0-9a-f]{64}"),
}


@dataclass(frozen=True)
class Record:
    """A kit that a project was made with.

    Attributes:
        name: Its name.
        source: Where it came from.
        version: Its version.
        commit: Its commit.
        digest: The hash of its files, as `sha256:…`.
    """

    name: str
    source: str
    version: str
    commit: str
    digest: str


def read_records(answers: Mapping[str, Any], file: str) -> tuple[tuple[Record, ...], list[Finding]]:
    """The kits in a project's answers.

    Args:
        answers: The answers.
        file: Their file, for messages.

    Returns:
        The kits, and what is wrong with what the answers say of them.
    """
    listed = answers.get("kits") or []
    if not isinstance(listed, list) or len(listed) > 10:
        return (), [Finding("It is no list of kits.", file=file, path="kits")]
    findings: list[Finding] = []
    records = []
    for index, entry in enumerate(listed):
        path = f"kits[{index}]"
        wrong = _check(entry, path, file)
        findings += wrong
        if not wrong:
            texts = {key: str(entry[key]) for key in ("name", "source", "version", "commit")}
            records.append(Record(**texts, digest=str(entry["hash"])))
    return tuple(records), findings


def _check(entry: Any, path: str, file: str) -> list[Finding]:
    if not isinstance(entry, dict) or set(entry) != {*_SHAPES, "source"}:
        return [Finding("It is no kit that a project was made with.", file=file, path=path)]
    findings = [
        Finding(f"`{printable(str(entry[key]))}` can't be.", file=file, path=f"{path}.{key}")
        for key, shape in _SHAPES.items()
        if not shape.fullmatch(str(entry[key]))
    ]
    try:
        source = parse_source(str(entry["source"]))
    except InvalidInput as error:
        found = [Finding(f.message, f.hint, file, path=f"{path}.source") for f in error.findings]
        return [*findings, *found]
    if source.version or source.location != entry["source"]:
        message = f"`{printable(str(entry['source']))}` is no URL and no whole path."
        findings.append(Finding(message, file=file, path=f"{path}.source"))
    return findings
