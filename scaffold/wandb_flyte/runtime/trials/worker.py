"""The process that runs an agent's trials, one after another, kept warm between them.

    python -m wandb_flyte.runtime.trials.worker OBJECTIVE --fd N

OBJECTIVE is `FILE:NAME` or `MODULE:NAME`. The agent speaks to it in JSON lines over a socket, whose
file descriptor is N; standard output and error belong to the objective.

From the agent: `{"start": {...}}`, then `{"run": {...}}` for each trial, and `{"stop": {...}}`
right before SIGTERM. To the agent: `{"ready": true}` or `{"unusable": ...}`, then `{"end": {...}}`
for each trial. When the agent is gone, its end of the socket closes: the trial in hand is stopped.
"""

from __future__ import annotations

import argparse
import atexit
import io
import json
import os
import queue
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, TextIO

from wandb_flyte.errors import UserError
from wandb_flyte.runtime.trials import objective as objectives
from wandb_flyte.runtime.trials._importing import importing
from wandb_flyte.runtime.trials.failures import (
    STOPPED_EXIT_CODE,
    TrialStopped,
    describe,
    exit_code_of,
    log_failure,
    where,
)
from wandb_flyte.runtime.trials.trial import Trial, TrialEnd, run_trial

# Longer than the grace that an agent gives: nobody else can close the run of an orphan.
ORPHAN_GRACE_S = 20.0
# A summary and a traceback of any use are smaller by far.
_LARGEST_END = 8 * 1024 * 1024


class Stopper:
    """Turns SIGTERM into `TrialStopped`, once a trial, and only while an objective runs."""

    def __init__(self) -> None:
        self.gone = False
        self.reason = "stopped"
        self.exit_code = STOPPED_EXIT_CODE
        self._armed = False
        self._due = False
        self._raised: TrialStopped | None = None
        self._holds = 0
        os.register_at_fork(after_in_child=_take_no_signals)

    def install(self) -> None:
        """Takes SIGTERM and SIGINT."""
        signal.signal(signal.SIGTERM, self._on_signal)
        # The terminal's Ctrl-C is the agent's business; this is for `interrupt_main` alone.
        signal.signal(signal.SIGINT, self._on_signal)

    def renew(self) -> None:
        """Forgets what the trial before was told."""
        self.reason, self.exit_code = "stopped", STOPPED_EXIT_CODE
        self._due, self._raised = False, None

    def guard(self, objective: Callable[[Trial], object]) -> Callable[[Trial], object]:
        """The same objective, which can be stopped while it runs."""

        def run(trial: Trial) -> object:
            self._armed = True
            try:
                # What came while wandb was told about the trial.
                if self._due or self.gone:
                    self.request()
                return objective(trial)
            finally:
                self._armed = False

        return run

    @contextmanager
    def held(self) -> Iterator[None]:
        """Puts off a stop to the end of a `with` block."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            if self._due and self._armed:
                self.request()

    def told(self) -> TrialStopped | None:
        """The stop that was raised in the trial in hand, if any."""
        return self._raised

    def request(self) -> None:
        """Stops the trial in hand, from any thread."""
        os.kill(os.getpid(), signal.SIGTERM)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        self._due = True
        if self._armed and not self._holds:
            self._armed = self._due = False
            self._raised = TrialStopped(self.reason, self.exit_code)
            raise self._raised


def _take_no_signals() -> None:
    """A process that the objective forks ends on SIGTERM as any other."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Surroundings:
    """What a trial may change of its process, and the next one finds as the first one did.

    Working directory, standard output and error, and the handlers of the signals that stop a
    trial.
    """

    def __init__(self, stopper: Stopper) -> None:
        self._stopper = stopper
        self._process = os.getpid()
        self._folder = Path.cwd()
        self._streams = {"stdout": sys.stdout, "stderr": sys.stderr}

    def guard(self, objective: Callable[[Trial], object]) -> Callable[[Trial], object]:
        """The same objective, which leaves its surroundings as they were."""

        def run(trial: Trial) -> object:
            failure: BaseException | None = None
            try:
                return objective(trial)
            except BaseException as error:
                failure = error
                raise
            finally:
                if os.getpid() != self._process:
                    # A process that the objective forked has come back: it is no worker.
                    _leave(failure)
                with suppress(OSError):
                    os.chdir(self._folder)
                self._stopper.install()
                self.renew_streams()

        return run

    def renew_streams(self) -> None:
        """Sets standard output and error to what they were, anew where they were closed."""
        for number, (name, stream) in enumerate(self._streams.items(), 1):
            setattr(sys, name, _reopened(number) if stream.closed else stream)


def _reopened(number: int) -> TextIO:
    try:
        return open(number, "w", buffering=1, closefd=False)
    except OSError:
        return Path(os.devnull).open("w")


def _leave(failure: BaseException | None) -> NoReturn:
    """Ends a forked process with the exit code that it would have had."""
    if failure is not None and not isinstance(failure, SystemExit):
        log_failure(failure)
    os._exit(exit_code_of(failure) if failure is not None else 0)


class Channel:
    """The agent's messages, in order; `stop` and the end of the socket are acted on at once."""

    def __init__(self, sock: socket.socket, stopper: Stopper) -> None:
        self._socket = sock
        self._stopper = stopper
        self._messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        # Until then there is no run to close, and an import may take for ever.
        self.is_ready = False

    def listen(self) -> None:
        """Starts to take messages."""
        threading.Thread(target=self._read, name="wandb-flyte-agent", daemon=True).start()

    def receive(self) -> dict[str, Any] | None:
        """The next message, or None once the agent is gone."""
        return self._messages.get()

    def send(self, message: dict[str, Any]) -> None:
        """Sends a message; lost when the agent is gone."""
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            self._stopper.gone = True

    def _read(self) -> None:
        with self._socket.makefile("rb") as lines:
            for line in lines:
                message: dict[str, Any] = json.loads(line)
                if "stop" in message:
                    self._stopper.reason = message["stop"]["reason"]
                    self._stopper.exit_code = message["stop"]["exit_code"]
                    continue
                if "run" in message:
                    # Here, so that a stop that follows at once is not forgotten with the rest.
                    self._stopper.renew()
                self._messages.put(message)
        if not self.is_ready:
            _end_group()
        self._stopper.gone = True
        self._stopper.reason = "the agent is gone"
        self._messages.put(None)
        self._stopper.request()
        # An objective that does not end on SIGTERM must not live on without its agent.
        timer = threading.Timer(ORPHAN_GRACE_S, _end_group)
        timer.daemon = True
        timer.start()


def _end_group() -> NoReturn:
    """Ends this process and those that its objective started, as an agent would do."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(128 + signal.SIGTERM)


def main(arguments: list[str]) -> int:
    """Runs trials until the agent closes the socket."""
    parser = argparse.ArgumentParser(prog="python -m wandb_flyte.runtime.trials.worker")
    parser.add_argument("objective")
    parser.add_argument("--fd", type=int, required=True)
    options = parser.parse_args(arguments)
    os.set_inheritable(options.fd, False)
    agent = os.getppid()
    # The first to register is the last to be called.
    atexit.register(lambda: None if os.getppid() == agent else _end_group())
    # What an objective prints is seen when it prints it, also where output goes to a pipe.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)
    stopper = Stopper()
    stopper.install()
    channel = Channel(socket.socket(fileno=options.fd), stopper)
    channel.listen()
    start = channel.receive()
    if start is None:
        return 0
    objective = _prepare(start["start"], channel)
    if objective is None:
        return 1
    surroundings = Surroundings(stopper)
    channel.is_ready = True
    channel.send({"ready": True})
    with tempfile.TemporaryDirectory(prefix="wandb-flyte-") as folder:
        while (message := channel.receive()) and not stopper.gone:
            end = run_trial(
                surroundings.guard(stopper.guard(objective)),
                Trial(**message["run"]),
                folder=Path(folder),
                stop_fn=stopper.request,
                held=stopper.held,
                told=stopper.told,
            )
            # wandb has let go of the streams only now.
            surroundings.renew_streams()
            sys.stdout.flush()
            sys.stderr.flush()
            channel.send({"end": _sendable(end)})
    return 0


def _sendable(end: TrialEnd) -> dict[str, Any]:
    """How a trial ended, without what is too much to be told; the backend has it, too."""
    told = asdict(end)
    try:
        if len(json.dumps(told)) <= _LARGEST_END:
            return told
        why = f"what its agent would have to be told is larger than {_LARGEST_END:,} bytes"
    except (TypeError, ValueError) as error:
        why = describe(error)
    told |= {"log": "", "summary": {}, "metric": None}
    if not end.exit_code:
        told |= {"exit_code": 1, "closed": False, "error": f"its result can't be sent back: {why}"}
    return told


def _prepare(start: dict[str, Any], channel: Channel) -> Callable[[Trial], object] | None:
    """Imports the objective and warms wandb up; tells the agent when that can't be done."""
    sys.path[:] = start["sys_path"]
    if start.get("cpus"):
        # Before the objective's libraries count the CPUs that they may use.
        os.sched_setaffinity(0, start["cpus"])
    ref = objectives.ObjectiveRef(**start["objective"])
    # This process's own arguments are none of the objective's business.
    sys.argv = [ref.file or ref.module]
    try:
        with importing():
            objective = objectives.load(ref)
        caller = objectives.caller_of(objective)
        import wandb

        # Starts wandb's own process while the agent still asks for a trial.
        wandb.setup()
    except UserError as error:
        channel.send({"unusable": {"message": error.message, "hint": error.hint, "where": ""}})
        return None
    except BaseException as error:
        said = {"message": describe(error), "hint": "", "where": where(error)}
        channel.send({"unusable": said})
        return None
    return caller


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
