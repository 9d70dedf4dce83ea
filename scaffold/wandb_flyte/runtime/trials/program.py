"""A sweep's program, run for a trial as `wandb agent` runs it: a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from wandb_flyte.errors import UserError
from wandb_flyte.runtime.trials.failures import ProgramFailed, signal_name
from wandb_flyte.runtime.trials.trial import current_trial
from wandb_flyte.spec import load_sweep

DEFAULT_COMMAND = ("${env}", "${interpreter}", "${program}", "${args}")
# Shorter than the grace of an agent, which would end the worker process too.
_GRACE_S = 9.0
_POLL_S = 1.0
_SHORT_POLL_S = 0.05
# Ends a group of processes when its standard input does, and with it the process that feeds it.
_WATCH = 'read told || kill -s KILL -- "-$1"'
_LAST_LINES = 200
_CHUNK = 65536
_VARIABLE = re.compile(r"\$\{envvar:([A-Z0-9_]*)\}")
_FRAME = re.compile(r'\s+File "([^"]+)", line (\d+)')


def run_program(sweep_file: Path | str, folder: Path | str = ".") -> None:
    """Runs the `program` of a sweep config, by its `command`, for the trial in hand.

    The program opens the trial's run itself. `python` is the one that runs this.

    Args:
        sweep_file: The sweep config, which names `program`, `command`, or both.
        folder: The folder that the program runs in; its path starts there.

    Raises:
        ProgramFailed: The program ended with another exit code than 0.
        UserError: There is no trial, or no program.
    """
    trial = current_trial()
    if trial is None:
        raise UserError(
            "run_program was called outside of a trial.", hint="An agent calls it for each trial."
        )
    environment = _environment()
    parameters = Path(environment["WANDB_SWEEP_PARAM_PATH"])
    values_file = parameters.with_suffix(".json")
    words = fill_command(load_sweep(Path(sweep_file)).raw, trial.config, values_file, environment)
    values_file.write_text(json.dumps(trial.config), encoding="utf-8")
    try:
        _run(words, Path(folder), environment)
    finally:
        values_file.unlink(missing_ok=True)


def fill_command(
    sweep: Mapping[str, Any],
    values: Mapping[str, Any],
    values_file: Path,
    environment: Mapping[str, str],
) -> list[str]:
    """The words of a sweep's command, every macro filled in as W&B does.

    Args:
        sweep: The sweep config.
        values: The trial's hyperparameters.
        values_file: The file that holds them as JSON.
        environment: The variables that `${envvar:NAME}` reads.

    Raises:
        UserError: The command needs a `program`, and the sweep config names none.
    """
    command = sweep.get("command")
    parts: Sequence[Any] = command if isinstance(command, list) and command else DEFAULT_COMMAND
    program = sweep.get("program")
    if "${program}" in parts and not program:
        raise UserError("The sweep config names no `program`.", hint="Write `program: train.py`.")
    macros = _macros(values) | {
        "env": ["/usr/bin/env"],
        "interpreter": ["python"],
        "program": [str(program)],
        "args_json_file": [str(values_file)],
    }
    words: list[str] = []
    for part in parts:
        word = _VARIABLE.sub(lambda found: environment.get(found[1], found[1]), str(part))
        is_macro = word.startswith("${") and word.endswith("}")
        words += macros.get(word[2:-1], []) if is_macro else [word]
    return words


def _macros(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What each args macro stands for (wandb/sdk/launch/sweeps/utils.py)."""
    plain = [f"{name}={value}" for name, value in values.items()]
    switches = [
        f"--{name}" if value is True else f"--{name}={value}"
        for name, value in values.items()
        if value is not False
    ]
    return {
        "args": [f"--{word}" for word in plain],
        "args_no_hyphens": plain,
        "args_no_equals": [w for name, v in values.items() for w in (f"--{name}", str(v))],
        "args_no_boolean_flags": switches,
        "args_json": [json.dumps(dict(values))],
        "args_append_hydra": [f"+{word}" for word in plain],
        "args_override_hydra": [f"++{word}" for word in plain],
    }


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    # With this process's service, a program that is killed would be recorded as finished.
    environment.pop("WANDB_SERVICE", None)
    # `python`, `torchrun` and their kin are those of this environment, activated or not.
    own = str(Path(sys.executable).parent)
    environment["PATH"] = os.pathsep.join([own, environment.get("PATH", os.defpath)])
    # Else Hydra leaves most of a traceback out, and a config error's all.
    environment.setdefault("HYDRA_FULL_ERROR", "1")
    return environment


def _run(words: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    try:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            # A group of its own: those that it starts end with it, and this process goes on.
            process_group=0,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ProgramFailed(f"`{words[0]}` can't be started: {reason}", 127) from None
    lines: deque[str] = deque(maxlen=_LAST_LINES)
    copier = threading.Thread(target=_copy, args=(process.stderr, lines.append), daemon=True)
    copier.start()
    try:
        with _watched(process.pid):
            try:
                code = _wait(process)
            except BaseException:
                _ask_to_end(process)
                raise
            finally:
                _signal_group(process.pid, signal.SIGKILL)
                process.wait()
    finally:
        # A process that the program left behind may hold on to it.
        copier.join(_POLL_S)
    if code:
        raise _failure(_name(words), code, [*lines], folder)


def _wait(process: subprocess.Popen[bytes]) -> int:
    # In turns: a stop that is raised in a thread comes through between two of them.
    while True:
        try:
            return process.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            continue


@contextmanager
def _watched(group: int) -> Iterator[None]:
    """Has a group of processes ended when this process is killed, which can't do it then."""
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", _WATCH, "sh", str(group)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with suppress(OSError):
            watcher.communicate(b"done\n")


def _ask_to_end(process: subprocess.Popen[bytes]) -> None:
    """Sends SIGTERM to a program and all that it started, and waits while they may take to end."""
    deadline = time.monotonic() + _GRACE_S
    _signal_group(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE_S)
    while _signal_group(process.pid, 0) and time.monotonic() < deadline:
        time.sleep(_SHORT_POLL_S)


def _signal_group(group: int, signum: int) -> bool:
    """Whether there was a process left in the group to get the signal."""
    try:
        os.killpg(group, signum)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _copy(stream: IO[bytes], keep: Callable[[str], None]) -> None:
    """Hands standard error on as it comes, and keeps its last lines."""
    decoder, rest = getincrementaldecoder("utf-8")(errors="replace"), ""
    with stream:
        while chunk := os.read(stream.fileno(), _CHUNK):
            text = decoder.decode(chunk)
            sys.stderr.write(text)
            sys.stderr.flush()
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                keep(_shown(line))
            # A progress bar may go on for hours in one line.
            rest = rest[rest.rstrip("\r").rfind("\r") + 1 :]
    if rest:
        keep(_shown(rest))


def _shown(line: str) -> str:
    """A line as a terminal has it: a carriage return begins it anew."""
    return line.rstrip().rpartition("\r")[2]


def _name(words: list[str]) -> str:
    return next((Path(word).name for word in words if word.endswith(".py")), Path(words[0]).name)


def _failure(name: str, code: int, lines: list[str], folder: Path) -> ProgramFailed:
    log = "".join(f"{line}\n" for line in lines)
    said = [line for line in lines if line.strip() and not line.startswith("wandb:")]
    last = said[-1].strip() if said else ""
    if code < 0:
        how = f"{name} was ended by {signal_name(-code)}"
        return ProgramFailed(how, 128 - code, log=log)
    places = [place for place in map(_FRAME.match, lines) if place]
    if places and code == 1:
        return ProgramFailed(_exception(lines) or last, code, _where(places, folder), log)
    how = f"{name} ended with exit code {code}"
    return ProgramFailed(f"{how}: {last}" if last else how, code, log=log)


def _exception(lines: Sequence[str]) -> str:
    """The exception that ends the last traceback, with its whole message; empty if more follows."""
    said = [line for line in lines if not line.startswith("wandb:")]
    innermost = max(index for index, line in enumerate(said) if _FRAME.match(line))
    # What stands between a frame and the exception is indented.
    found = re.search(r"^\S.*", "\n".join(said[innermost:]).rstrip(), re.MULTILINE | re.DOTALL)
    return " ".join(found[0].split()) if found and "\n\n" not in found[0] else ""


def _where(places: list[re.Match[str]], folder: Path) -> str:
    """The innermost place in the program's own files, else the innermost of all."""
    root = folder.resolve()
    own = [p for p in places if (root / p[1]).resolve().is_relative_to(root)]
    found = (own or places)[-1]
    return f"{root / found[1]}:{found[2]}"
