"""What ended a trial: its exit code, its reason in one line, its place, its traceback."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from wandb_flyte.runtime.backend.records import reason_entry

STOPPED_EXIT_CODE = 255
# Of a trial that its agent could not bring to its end: another attempt takes it up again.
LOST_EXIT_CODE = 143
# A reason is read in a line of a table; the whole of it is in the run's log.
_LONGEST_REASON = 1000
_LONGEST_TRACEBACK = 100_000
_OWN_FOLDER = Path(__file__).parents[2]


class TrialStopped(KeyboardInterrupt):
    """Raised in an objective whose trial has to end now.

    A KeyboardInterrupt, as with a run that is stopped on W&B's page: what training libraries do
    on Ctrl-C, they do here too.
    """

    def __init__(self, reason: str = "stopped", exit_code: int = STOPPED_EXIT_CODE) -> None:
        super().__init__(reason)
        self.exit_code = exit_code


class ProgramFailed(Exception):
    """A program that a trial started has failed.

    Args:
        reason: Why, in one line.
        exit_code: Its exit code, 128 + n when signal n ended it.
        place: Where it failed, as `FILE:LINE`, when known.
        log: The end of what it wrote to standard error.
    """

    def __init__(self, reason: str, exit_code: int, place: str = "", log: str = "") -> None:
        super().__init__(reason)
        self.exit_code = exit_code
        self.place = place
        self.log = log or f"{reason}\n"
        # What it wrote was handed on when it wrote it.
        self._wandb_flyte_logged = bool(log)


def log_failure(error: BaseException) -> None:
    """Prints a failure's traceback, once: while the run is open, it is part of the run's log."""
    if getattr(error, "_wandb_flyte_logged", False):
        return
    # Standard error may be closed, or None.
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(traceback_of(error))
        sys.stderr.flush()
    with suppress(AttributeError):
        error._wandb_flyte_logged = True  # type: ignore[attr-defined]


def note_failure(run: Any, error: BaseException) -> None:
    """Keeps a failure's reason in the summary of a run that is open: `RunInfo.error` reads it."""
    lost = isinstance(error, TrialStopped) and error.exit_code == LOST_EXIT_CODE
    run.summary.update(reason_entry(describe(error), where(error), lost=lost))


def exit_code_of(error: BaseException) -> int:
    """The exit code that a process that ends with this error has, as W&B records it."""
    if isinstance(error, TrialStopped | ProgramFailed):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return STOPPED_EXIT_CODE
    if not isinstance(error, SystemExit):
        return 1
    if error.code is None:
        return 0
    return error.code & 0xFF if isinstance(error.code, int) else 1


def describe(error: BaseException) -> str:
    """`ExceptionType: message`, on one line."""
    text = " ".join(_message(error).split())
    if len(text) > _LONGEST_REASON:
        text = f"{text[:_LONGEST_REASON]}…"
    if isinstance(error, TrialStopped | ProgramFailed):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _message(error: BaseException) -> str:
    try:
        # One that goes on for ever is cut before it is looked at.
        return _readable(str(error)[: 100 * _LONGEST_REASON])
    except Exception as broken:  # An exception of the user's, whose text is another one.
        return f"<no message: {type(broken).__name__}>"


def _readable(text: str) -> str:
    """The text without lone surrogates, which a file's name may have and UTF-8 has not."""
    return text.encode("utf-8", "backslashreplace").decode()


def where(error: BaseException) -> str:
    """`FILE:LINE` of the innermost frame in the user's own code, or of the innermost at all."""
    return _readable(_where(error))


def _where(error: BaseException) -> str:
    if isinstance(error, ProgramFailed):
        return error.place
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    for frame in reversed(frames):
        if is_users(frame.filename):
            return f"{frame.filename}:{frame.lineno}"
    if isinstance(error, TrialStopped):
        return ""
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def is_users(filename: str) -> bool:
    """Whether a file is the user's own: none of a library, of Python's or of this package."""
    if filename.startswith("<"):
        return False
    path = Path(filename)
    if path.is_relative_to(_OWN_FOLDER):
        return False
    installed = {"site-packages", "dist-packages"}
    library = Path(os.__file__).parent
    return not installed.intersection(path.parts) and not path.is_relative_to(library)


def traceback_of(error: BaseException) -> str:
    """The traceback, from the first frame outside of this package on; a stop is one line."""
    if isinstance(error, TrialStopped):
        return f"Trial stopped: {error}\n"
    if isinstance(error, ProgramFailed):
        return error.log
    tb = error.__traceback__
    start = tb
    while start is not None and Path(start.tb_frame.f_code.co_filename).is_relative_to(_OWN_FOLDER):
        start = start.tb_next
    text = "".join(traceback.format_exception(type(error), error, start or tb))
    if len(text) <= _LONGEST_TRACEBACK:
        return text
    half = _LONGEST_TRACEBACK // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters more …\n{text[-half:]}"


def signal_name(number: int) -> str:
    """`SIGKILL` for 9; a real-time signal has its number alone."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
