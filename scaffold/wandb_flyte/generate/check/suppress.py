"""Comments that silence findings: `# wandb-flyte: ignore[WF012]`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from wandb_flyte.errors import Finding

_COMMENT = re.compile(r"#\s*wandb-flyte:\s*ignore(?:\[([^\]]*)\])?")
_MAX_BYTES = 2 * 1024 * 1024


def without_silenced(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that no comment silences, in the order of files and lines.

    A comment counts for its own line and, when nothing else stands there, for the next one.
    """
    kept = [finding for finding in findings if not is_silenced(finding)]
    unique = list(dict.fromkeys(kept))
    return sorted(unique, key=lambda finding: (finding.file, finding.line or 0, finding.code))


def is_silenced(finding: Finding) -> bool:
    """Whether a comment silences a finding."""
    if not finding.file or not finding.line or not finding.code:
        return False
    lines = _lines(finding.file)
    if not 0 < finding.line <= len(lines):
        return False
    if _names(lines[finding.line - 1], finding.code):
        return True
    above = lines[finding.line - 2].strip() if finding.line > 1 else ""
    return above.startswith("#") and _names(above, finding.code)


def _names(line: str, code: str) -> bool:
    for match in _COMMENT.finditer(line):
        codes = match.group(1)
        if codes is None or code in {part.strip() for part in codes.split(",")}:
            return True
    return False


def _lines(file: str) -> list[str]:
    try:
        with Path(file).open("rb") as stream:
            return stream.read(_MAX_BYTES).decode("utf-8-sig", "replace").splitlines()
    except OSError:
        return []
