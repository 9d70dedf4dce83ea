"""Hyperparameters whose names a loop takes apart, to find their places in a nested config."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

from wandb_flyte.analysis.source.kinds import Kind, called_name, is_name, text
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, shown
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

_CONFIG = frozenset({Kind("config")})


class _Split(NamedTuple):
    """A loop that goes down a config by the parts of each name, key after key.

    Attributes:
        root: The config that it begins with.
        at: What it splits the names at.
    """

    root: ast.expr
    at: str


def check_split(case: Case, switches: Switches) -> Iterator[Finding]:
    """Names with a part that the nested config does not have, where the loop asks for it.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    program, known = case.program, switches.known
    for scope in program.flow.scopes.reached:
        for loop in scope.each(ast.For):
            split = _split(loop) if program.flow.kinds(loop.iter, scope) == _CONFIG else None
            if split is None or not program.names.is_certain(loop, scope):
                continue
            config = known.value(split.root, scope)
            if not isinstance(config, dict) or not switches.sure(loop, scope):
                continue
            where = f"{shown(scope.module.file)}:{loop.lineno}"
            for name in case.sweep.names:
                missing = _missing(name.split(split.at)[:-1], config)
                if not missing or missing[-1] in known.stored.keys:
                    continue
                keys = "".join(f'["{show(key)}"]' for key in missing)
                what = f"{where} splits `{show(name)}` at each `{show(split.at)}`"
                message = f"{what}, and the config there has no `{keys}`: every trial stops."
                hint = "Split it at something that no key has in it, or read it by its name."
                yield case.in_sweep(("parameters", name), message, hint, "WF102", "error")


def _missing(parts: list[str], config: Any) -> list[str]:
    """The keys from the outside in, up to the first that a config does not have."""
    for index, part in enumerate(parts):
        if not isinstance(config, dict):
            return []
        if part not in config:
            return parts[: index + 1]
        config = config[part]
    return []


def _split(loop: ast.For) -> _Split | None:
    """What a loop does, where it only splits its key, goes down, and puts the value there.

    `parts = key.split("."); inner = config; for part in parts[:-1]: inner = inner[part]`
    """
    key = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else loop.target
    assigned = {
        one.targets[0].id: one.value
        for one in loop.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
    }
    down = [one for one in loop.body if isinstance(one, ast.For)]
    puts = isinstance(loop.body[-1], ast.Assign)
    if len(down) != 1 or not puts or len(loop.body) != len(assigned) + 2:
        return None
    inner, parts = _goes_down(down[0])
    root, split = assigned.get(inner), assigned.get(parts)
    if root is None or not isinstance(split, ast.Call) or not isinstance(key, ast.Name):
        return None
    at = text(split.args[0]) if len(split.args) == 1 and not split.keywords else None
    of_key = called_name(split) == "split" and is_name(getattr(split.func, "value", None), key.id)
    return _Split(root, at) if of_key and at else None


def _goes_down(loop: ast.For) -> tuple[str, str]:
    """The names of `for part in parts[:-1]: inner = inner[part]`: of `inner` and `parts`."""
    match loop:
        case ast.For(
            target=ast.Name(id=part),
            iter=ast.Subscript(value=ast.Name(id=parts)),
            body=[
                ast.Assign(
                    targets=[ast.Name(id=inner)],
                    value=ast.Subscript(value=ast.Name(id=asked), slice=ast.Name(id=key)),
                )
            ],
        ):
            is_it = (asked, key) == (inner, part) and ast.unparse(loop.iter).endswith("[:-1]")
            return (inner, parts) if is_it else ("", "")
    return "", ""
