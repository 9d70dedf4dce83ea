"""Whether a program starts others: they may read hyperparameters and log, unseen."""

from __future__ import annotations

import ast
import re

from .flow import Flow
from .kinds import full_name, text

_CALLS = frozenset(
    [
        *(f"os.{name}" for name in ("popen", "system")),
        *(f"os.{kind}{how}" for kind in ("exec", "spawn") for how in ("l", "le", "lp", "v", "vp")),
        *(f"runpy.{name}" for name in ("run_module", "run_path")),
        *("subprocess.Popen", "subprocess.call", "subprocess.check_call"),
        *("subprocess.check_output", "subprocess.getoutput", "subprocess.run"),
    ]
)
# Commands that run Python, or may: `git` and `nvidia-smi` do not.
_RUNS_PYTHON = re.compile(r"\.py\b|python|torchrun|accelerate|deepspeed|\b(ba)?sh\b|sbatch|mpirun")


def starts_programs(flow: Flow) -> bool:
    """Whether code that is reached starts a program that may be Python."""
    return any(
        full_name(call.func, scope.module.outside) in _CALLS and _may_run_python(call)
        for scope in flow.scopes.reached
        for call in scope.calls
    )


def _may_run_python(call: ast.Call) -> bool:
    parts = [part for argument in call.args[:1] for part in ast.walk(argument)]
    texts = [found for part in parts if (found := text(part))]
    if any(isinstance(part, ast.Attribute) and part.attr == "executable" for part in parts):
        return True
    return not texts or any(_RUNS_PYTHON.search(found) for found in texts)
