"""Running a project's own tests after an update."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LIMIT_S = 1800
_GRACE_S = 10
_LINES = 30
_NO_TESTS = 5  # Pytest's own exit code for it.


@dataclass(frozen=True)
class TestRun:
    """What a project's tests said.

    Attributes:
        passed: Whether they passed; None when there was nothing to run.
        said: Their last line, or why there was nothing to run.
        output: Their last lines.
    """

    __test__ = False

    passed: bool | None
    said: str = ""
    output: str = ""


def run_tests(folder: Path, project: Path, command: Sequence[str] | None) -> TestRun:
    """Runs the tests of a project that was checked out elsewhere.

    Args:
        folder: Where it was checked out.
        project: The project's own folder; the Python of its `.venv` runs the tests, if it has one.
        command: The command; pytest when None, none at all when empty.
    """
    if command is not None and not command:
        return TestRun(None, "tests were not asked for")
    own = project / ".venv" / "bin" / "python"
    python = str(own) if own.exists() else sys.executable
    words = list(command) if command is not None else [python, "-m", "pytest", "-q", "--color=no"]
    try:
        code, output = _run(words, folder)
    except OSError as error:
        return TestRun(None, f"`{words[0]}` can't be run: {error.strerror or error}")
    except subprocess.TimeoutExpired:
        return TestRun(False, f"no end after {_LIMIT_S // 60} minutes")
    lines = [line for line in output.splitlines() if line.strip()]
    last = lines[-1].strip() if lines else f"exit code {code}"
    if command is None and (code == _NO_TESTS or "No module named pytest" in last):
        return TestRun(None, f"{python} has no pytest" if code != _NO_TESTS else "it has no tests")
    return TestRun(code == 0, last, "" if code == 0 else "\n".join(lines[-_LINES:]))


def _run(words: Sequence[str], folder: Path) -> tuple[int, str]:
    with subprocess.Popen(
        words,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            output, _ = process.communicate(timeout=_LIMIT_S)
        except BaseException:
            process.terminate()
            try:
                process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    return process.returncode, output
