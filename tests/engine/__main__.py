"""`make engine`: asks W&B's own search engine anew what `answers.json` says it answered.

It needs a Python 3.11 or 3.12, named by `ENGINE_PYTHON` unless this one is it, and installs the
engine into a temporary environment. Exit code 1 when an answer differs; with `--write` it is
written down.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

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
        print(f"{section}: {len(known[section])} cases,", end=" ")
        print("as before" if now.get(section) == known[section] else "DIFFERENT")
    return int(now != known)


if __name__ == "__main__":
    sys.exit(main())
