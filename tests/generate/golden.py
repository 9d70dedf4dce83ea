"""Golden trees: what a project looks like, kept in `tests/golden`, compared both ways.

`UPDATE_GOLDEN=1 pytest tests/generate/test_project.py` writes them anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from .helpers import tree

GOLDEN = Path(__file__).parents[1] / "golden"

# What differs from one state of the code to the next: the wheel's digest, the template's commit.
_LOCAL = re.compile(rb"\+local\.[0-9a-f]{8}")
_COMMIT = re.compile(rb"^_commit: .*$", re.MULTILINE)
_HASH = re.compile(rb"\bsha256:[0-9a-f]{64}\b")


def assert_golden(project: Path, variant: str) -> None:
    """A project's files are those of its golden tree, byte for byte, and no others."""
    actual = {
        _stable(name.encode()).decode(): _stable(data) for name, data in tree(project).items()
    }
    actual = {name: b"" if name.endswith(".whl") else data for name, data in actual.items()}
    if os.environ.get("UPDATE_GOLDEN"):
        _write(GOLDEN / variant, actual)
    expected = tree(GOLDEN / variant)
    assert sorted(actual) == sorted(expected)
    for name, data in expected.items():
        assert actual[name].decode() == data.decode(), name


def _stable(text: bytes) -> bytes:
    text = _HASH.sub(b"sha256:HASH", text)
    return _COMMIT.sub(b"_commit: COMMIT", _LOCAL.sub(b"+local.00000000", text))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name in tree(folder):
        (folder / name).unlink()
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
