"""Whether a program starts others, which may read and log unseen, or sweeps of its own."""

from __future__ import annotations

import ast
import re

from wandb_flyte.analysis.source.config_files import loaded_name
from wandb_flyte.analysis.source.foreign import is_main
from wandb_flyte.analysis.source.kinds import (
    bindings,
    called_name,
    full_name,
    given,
    is_name,
    literal,
    text,
)
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.analysis.tracing.agents import agents_of
from wandb_flyte.analysis.tracing.certain import Certain
from wandb_flyte.analysis.tracing.constants import Constants
from wandb_flyte.analysis.tracing.flow import Flow

from .reads import Place

_CALLS = frozenset(
    [
        *(f"os.{name}" for name in ("popen", "system")),
        *(f"os.{kind}{how}" for kind in ("exec", "spawn") for how in ("l", "le", "lp", "v", "vp")),
        *(f"runpy.{name}" for name in ("run_module", "run_path")),
        *("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"),
        *("subprocess.Popen", "subprocess.call", "subprocess.check_call"),
        *("subprocess.check_output", "subprocess.getoutput", "subprocess.getstatusoutput"),
        "subprocess.run",
    ]
)
# What runs Python wherever it stands in a command.
_RUNS_PYTHON = r"\.py\b|python|torchrun|accelerate|deepspeed|\b(ba)?sh\b|sbatch|mpirun"
# Commands that only do with `run`, or as DVC with `repro`.
_RUNNERS = frozenset({"conda", "dvc", "hatch", "pdm", "pixi", "poetry", "uv"})
# Commands that do not; any other word that no path is, as `yolo`, may be one of a package.
_PLAIN = frozenset(
    {
        *("7z", "apt", "apt-get", "awk", "aws", "blender", "cat", "chmod", "clear", "cls"),
        *("cmake", "cp", "curl", "cut", "date", "df", "dot", "du", "echo", "ffmpeg", "ffprobe"),
        *("find", "free", "g++", "gcc", "gdown", "git", "gpustat", "grep", "gsutil", "gunzip"),
        *("gzip", "head", "hf", "hostname", "huggingface-cli", "java", "kaggle", "kill", "ln"),
        *("ls", "lscpu", "mkdir", "mv", "nproc", "nvcc", "nvidia-smi", "pdflatex", "perl", "pip"),
        *("pip3", "pkill", "ps", "pwd", "rclone", "rm", "rsync", "scancel", "scontrol", "scp"),
        *("sed", "sleep", "sort", "sox", "squeue", "sync", "tail", "tar", "tee", "tensorboard"),
        *("touch", "tree", "uname", "unzip", "wc", "wget", "which", "whoami", "xdg-open", "zip"),
    }
)


def find_starts(flow: Flow) -> tuple[tuple[ast.Call, Scope], ...]:
    """The calls that start a program which may be Python, and another package's `main()`."""
    return tuple(
        (call, scope)
        for scope in flow.scopes.reached
        for call in scope.calls
        if (is_command(call, scope) and _starts(call, scope, flow))
        or is_main(call, scope, flow.scopes)
    )


def is_command(call: ast.Call, scope: Scope) -> bool:
    """Whether a call starts a program by a command."""
    return full_name(call.func, scope.module.outside) in _CALLS


def _starts(call: ast.Call, scope: Scope, flow: Flow) -> bool:
    """Whether a command may run Python: the one of a call, or all that its function is given."""
    command = _beginning(next(iter(call.args), None))
    parameters = {arg.arg for arg in scope.parameters}
    if not isinstance(command, ast.Name):
        return _may_run_python(command)
    if command.id not in parameters:
        named = None if command.id in flow.scopes.shared else scope.every_value(command.id)
        return not named or any(map(_may_run_python, named))
    values = [value for value, _ in flow.given(command.id, scope)]
    written = all(value is not None and literal(value) for value in values)
    return not values or not written or any(map(_may_run_python, values))


def _beginning(command: ast.expr | None) -> ast.expr | None:
    """What a command begins with: `words` of `" ".join(words)` and of `words + more`."""
    if isinstance(command, ast.BinOp) and isinstance(command.left, ast.Name | ast.BinOp | ast.Call):
        inner = _beginning(command.left)
        return inner if isinstance(inner, ast.Name) else command
    if isinstance(command, ast.Call) and called_name(command) in ("join", "split") and command.args:
        return _beginning(command.args[0])
    return command


def imports_by_name(flow: Flow) -> bool:
    """Whether modules are imported whose names the program makes: they may read anything."""
    return any(
        flow.scopes.made.hides(call, scope) for scope in flow.scopes.reached for call in scope.calls
    )


def has_own_agent(flow: Flow) -> bool:
    """Whether a program can start an agent that calls a function of its own."""
    return next(agents_of(flow), None) is not None


def agent_calls(node: ast.AST) -> list[ast.Call]:
    """The calls in a part of a program of something that is named `agent`."""
    calls = (one for one in walk(node) if isinstance(one, ast.Call))
    return [call for call in calls if called_name(call) == "agent"]


def find_own_sweep(flow: Flow, certain: Certain) -> tuple[Place, str] | None:
    """Where every run of a program starts a sweep or an agent, of a sweep that the code names.

    Returns:
        The place, and the file's name when it is a sweep config's; None without any.
    """
    places = [
        ((scope.module.file, call.lineno), name)
        for scope in flow.scopes.reached
        for call in scope.calls
        for what, written in (("sweep", ast.Dict), ("agent", ast.Constant))
        if flow.is_of_wandb(call, what, scope)
        and certain.is_certain(call, scope)
        and (name := _written_out(call, scope, written, flow)) is not None
    ]
    return min(places, default=None)


def _written_out(call: ast.Call, scope: Scope, written: type[ast.expr], flow: Flow) -> str | None:
    """The file of its config, empty when config or id stand in the source; None for others."""
    value = next(iter(given(call)), None)
    values = [value]
    if isinstance(value, ast.Name | ast.Attribute):
        there = Constants(flow).imported(value, scope)
        name, holder = there or (value.id if isinstance(value, ast.Name) else "", scope)
        values = [v for t, v in bindings(walk(holder.module.tree)) if is_name(t, name)]
    if values and all(isinstance(one, written) for one in values):
        return ""
    loads = [text(loaded_name(one, scope)) if isinstance(one, ast.Call) else None for one in values]
    return loads[0] if len(loads) == 1 else None


def _may_run_python(command: ast.expr | None) -> bool:
    if isinstance(command, ast.JoinedStr) and not isinstance(command.values[0], ast.Constant):
        return True
    parts = list(ast.walk(command)) if command is not None else []
    texts = [found for part in parts if (found := text(part))]
    if any(isinstance(part, ast.Attribute) and part.attr == "executable" for part in parts):
        return True
    words = getattr(command, "elts", ())
    if words and isinstance(words[0], ast.Starred):
        return True
    if not texts or any(re.search(_RUNS_PYTHON, found) for found in texts):
        return True
    first = (text(words[0]) if words else _first_text(command)) or ""
    word = next(iter(first.split()), "")
    if word in _RUNNERS:
        _, runs, behind = " ".join(texts).partition(" run ")
        return next(iter(behind.split()), "") not in _PLAIN if runs else "repro" in texts
    return bool(re.fullmatch(r"[a-z][\w-]*", word)) and word not in _PLAIN


def _first_text(command: ast.expr | None) -> str | None:
    """What a command begins with, as far as it is written out."""
    while isinstance(command, ast.BinOp):
        command = command.left
    return text(command.values[0] if isinstance(command, ast.JoinedStr) else command)
