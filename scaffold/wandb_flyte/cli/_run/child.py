"""The process that runs the sweep's tasks in Flyte's local mode."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from wandb_flyte.cli._project import Project
from wandb_flyte.cli._run.follow import Address, Outcome
from wandb_flyte.runtime.launch import read_outcome

# Written when the run has ended.
RESULT_FILE = "result.json"


class Child:
    """Runs `run_parallel_sweep` in a process and a session of its own.

    It is an `Engine`.

    Args:
        project: The project whose workflow it is.
        run_name: The name of the Flyte run, chosen by the caller.
        inputs: The task's inputs.
        address: Where its sweep will be found.
        folder: Where its log and its result go.
        env: Environment variables on top of this process's own.
    """

    pause_s = 0.2

    def __init__(
        self,
        project: Project,
        run_name: str,
        inputs: Mapping[str, Any],
        address: Address,
        folder: Path,
        env: Mapping[str, str],
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "run.log"
        self._result = folder / RESULT_FILE
        command = [sys.executable, "-m", "wandb_flyte.runtime.launch", project.module]
        command += ["--inputs", json.dumps(dict(inputs)), "--result", str(self._result)]
        command += ["--name", run_name, "--entity", address.entity]
        command += ["--project", address.project]
        with self._log.open("wb") as output:
            # A session of its own: Ctrl-C at the terminal reaches the command line alone, which
            # then stops the sweep in order.
            self._process = subprocess.Popen(
                command,
                cwd=project.root,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=os.environ | dict(env) | {"PYTHONUNBUFFERED": "1"},
            )

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.alive:
            self.kill()

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def log(self) -> str:
        """The file with all that it and the trials print."""
        return str(self._log)

    def cancel(self) -> bool:
        """Ask it to cancel the sweep and to end."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        return True

    def kill(self) -> None:
        """End it and everything that it started, now."""
        for pid in [*_descendants(self._process.pid), self._process.pid]:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def outcome(self) -> Outcome:
        """What it left behind, once it has ended."""
        exit_code = self._process.wait()
        said = read_outcome(self._result)
        if said is None:
            return Outcome(ok=exit_code == 0, error=self._last_line() if exit_code else "")
        result, error = said
        return Outcome(ok=exit_code == 0, result=result, error=error)

    def _last_line(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _descendants(root: int) -> list[int]:
    """The processes below one: workers may have left its session."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _parents() -> Iterator[tuple[int, int]]:
    """Each process of this machine with its parent."""
    if not Path("/proc/self/stat").exists():
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True)
        for line in listing.stdout.splitlines():
            pid, parent = line.split()
            yield int(pid), int(parent)
        return
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            # The name in brackets may hold anything, so the fields count from the last bracket.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            yield int(entry.name), int(fields[1])
