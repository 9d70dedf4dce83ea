"""The agent's side of a worker process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wandb_flyte.errors import UserError
from wandb_flyte.runtime._cancelling import kept_to_its_end
from wandb_flyte.runtime.trials.failures import signal_name
from wandb_flyte.runtime.trials.objective import ObjectiveRef
from wandb_flyte.runtime.trials.trial import Trial, TrialEnd

GRACE_S = 10.0
_LONGEST_MESSAGE = 64 * 1024 * 1024


class NotStarted(UserError):
    """The worker process ended before it was ready, as for want of memory."""

    transient = True


class WorkerDied(Exception):
    """The worker process ended while a trial was in its hands.

    Args:
        exit_code: Its exit code, 128 + n when signal n ended it.
        reason: How it ended, in words.
    """

    def __init__(self, exit_code: int, reason: str) -> None:
        super().__init__(reason)
        self.exit_code = exit_code
        self.reason = reason


class Worker:
    """A worker process that is up, or coming up."""

    def __init__(self, process: subprocess.Popen[bytes], sock: socket.socket) -> None:
        self._process = process
        self._socket = sock
        self._exited: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._signal_due: asyncio.TimerHandle | None = None

    @classmethod
    async def start(
        cls, ref: ObjectiveRef, environment: Mapping[str, str], cpus: Sequence[int] = ()
    ) -> Worker:
        """Starts a worker, which imports the objective meanwhile.

        Args:
            ref: The objective.
            environment: The worker's environment.
            cpus: The CPUs that it runs on; empty for all.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "wandb_flyte.runtime.trials.worker"),
                    *(f"{ref.file or ref.module}:{ref.name}", "--fd", str(theirs.fileno())),
                ],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=dict(environment),
                # Its own session: the terminal's Ctrl-C reaches the agent alone, and a kill takes
                # the objective's own processes along.
                start_new_session=True,
            )
        worker = cls(process, ours)
        worker._watch()
        ours.setblocking(False)
        worker._reader, worker._writer = await asyncio.open_connection(
            sock=ours, limit=_LONGEST_MESSAGE
        )
        start = {"sys_path": _import_path(), "objective": asdict(ref), "cpus": list(cpus)}
        worker._send({"start": start})
        return worker

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def wait_until_ready(self) -> None:
        """Waits until the objective is imported.

        Raises:
            UserError: It can't be imported.
        """
        message = await self._receive()
        if message is None:
            reason = ending(await self._exited)
            raise NotStarted(f"The worker process did not start: {reason}.")
        if found := message.get("unusable"):
            place = f"{found['where']}: " if found["where"] else ""
            raise UserError(
                f"The objective can't be imported: {place}{found['message']}", hint=found["hint"]
            )

    async def run(self, trial: Trial) -> TrialEnd:
        """Runs a trial.

        Raises:
            WorkerDied: The process ended before the trial did.
        """
        self._send({"run": asdict(trial)})
        try:
            message = await self._receive()
        except ValueError:
            # Longer than a message may be, or none at all: what follows can't be trusted either.
            raise WorkerDied(1, "the worker process sent something that is no message") from None
        finally:
            # A stop that came too late for this trial is not the next one's.
            if self._signal_due is not None:
                self._signal_due.cancel()
        if message is None:
            code = await self._exited
            raise WorkerDied(128 - code if code < 0 else code, ending(code))
        return TrialEnd(**message["end"])

    def ask_to_stop(self, reason: str, exit_code: int) -> None:
        """Ends the trial in hand: SIGTERM, which its objective sees as a KeyboardInterrupt."""
        self._send({"stop": {"reason": reason, "exit_code": exit_code}})
        # The reason is read by another thread than the one that the signal interrupts.
        loop = asyncio.get_running_loop()
        self._signal_due = loop.call_later(0.05, self._signal, signal.SIGTERM)

    def kill(self) -> None:
        """Ends the process, and those that the objective started."""
        if not self._exited.done():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    async def close(self) -> None:
        """Lets the idle worker end, and kills it when it does not."""
        if self._writer is not None:
            self._writer.close()
        try:
            await asyncio.wait_for(asyncio.shield(self._exited), GRACE_S)
        except TimeoutError:
            self.kill()
            await self._exited

    async def _receive(self) -> dict[str, Any] | None:
        """The next message; None once the process has ended, whoever else holds the socket."""
        if self._reader is None:
            return None
        line = kept_to_its_end(self._reader.readline())
        either: set[asyncio.Future[Any]] = {line, self._exited}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not line.done():
            # What it sent before it ended is in the socket already.
            await asyncio.wait({line}, timeout=0.1)
        if not line.done():
            line.cancel()
            return None
        with suppress(ConnectionError):
            if text := line.result():
                message: dict[str, Any] = json.loads(text)
                return message
        await self._exited
        return None

    def _send(self, message: dict[str, Any]) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(json.dumps(message).encode() + b"\n")

    def _signal(self, signum: signal.Signals) -> None:
        if not self._exited.done():
            with suppress(ProcessLookupError):
                self._process.send_signal(signum)

    def _watch(self) -> None:
        """Waits for the process in a thread: works in any event loop, and in any thread's."""
        loop = asyncio.get_running_loop()

        def wait() -> None:
            if hasattr(os, "waitid"):
                # Looks without reaping: until then the group's id can't belong to anybody else.
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)
            code = self._process.wait()
            with suppress(RuntimeError):  # the loop is closed: nobody asks any more
                loop.call_soon_threadsafe(self._note_exit, code)

        threading.Thread(target=wait, name="wandb-flyte-worker", daemon=True).start()

    def _note_exit(self, code: int) -> None:
        if not self._exited.done():
            self._exited.set_result(code)


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"the worker process ended with exit code {code}"
    return f"the worker process was ended by {signal_name(-code)}"


def _import_path() -> list[str]:
    """This process's import path, its empty entry spelled out."""
    return [entry or str(Path.cwd()) for entry in sys.path]
