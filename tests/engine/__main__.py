"""`make engine`: asks W&B's own search engine anew what `answers.json` says it answered.

It needs a Python 3.11 or 3.12, named by `ENGINE_PYTHON` unless this one is it, and installs the
engine into a temporary environment. Exit code 1 when an answer differs; with `--write` it is
written down.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ANSWERS = HERE / "answers.json"


def answers(python: str) -> str:
    """The engine's answers, from an environment of its own."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        inside = str(Path(folder) / "bin" / "python")
        install = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", str(HERE / "requirements.txt")], check=True)
        asked = subprocess.run(
            [inside, "-W", "ignore", str(HERE / "record.py")],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return asked.stdout


def main() -> int:
    """Compare; 1 when an answer differs."""
    text = answers(os.environ.get("ENGINE_PYTHON") or sys.executable)
    if "--write" in sys.argv[1:]:
        ANSWERS.write_text(text)
        return 0
    now, known = json.loads(text), json.loads(ANSWERS.read_text())
    for section in known:
        told = "as before" if _same(now.get(section), known[section]) else "DIFFERENT"
        print(f"{section}: {len(known[section])} cases, {told}")
    return int(not _same(now, known))


def _same(one: Any, other: Any) -> bool:
    """Whether two answers are one, but for the last digits, which differ by the processor."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-300)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


if __name__ == "__main__":
    sys.exit(main())
