"""What becomes of functions that are decorated."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from wandb_flyte.spec import dotted

from .kinds import root_name
from .syntax import Function, named_by

# Decorators of Python's own that only change how a function is called.
_PLAIN = frozenset({"classmethod", "property", "staticmethod"})
_OF_PROPERTY = frozenset({"deleter", "getter", "setter"})
# Those of PyTorch that leave what a function takes and gives.
_QUIET = frozenset({"torch.enable_grad", "torch.inference_mode", "torch.no_grad"})
_COMMANDS = frozenset({"callback", "command", "main"})


def registers_with(decorator: ast.expr) -> str:
    """What calls the function that it decorates: `app` of `@app.command()`; empty if nothing."""
    called = named_by(decorator)
    registers = isinstance(called, ast.Attribute) and called.attr in _COMMANDS
    return root_name(called) if registers else ""


def is_changed(node: Function) -> bool:
    """Whether what a function is called for may be something else than what it says."""
    return any(dotted(named_by(one)) not in _QUIET for one in node.decorator_list)


def hands_over(decorator: ast.expr, outside: Mapping[str, str]) -> bool:
    """Whether something that may call it is given a function: `@trainer.on(Events.STARTED)`.

    Args:
        decorator: The decorator.
        outside: Where a module's imported names come from.
    """
    called = named_by(decorator)
    root = root_name(called)
    if not isinstance(called, ast.Attribute):
        return bool(root) and root not in outside and root not in _PLAIN
    if called.attr in _COMMANDS or called.attr in _OF_PROPERTY:
        return False
    return root not in outside or "register" in called.attr
