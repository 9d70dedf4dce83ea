"""The classes and functions that configs and texts name for `instantiate` and its kin."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wandb_flyte.analysis.config.hydra_files import targets_in
from wandb_flyte.analysis.source.config_files import LOADS, load_config
from wandb_flyte.analysis.source.kinds import called_name, full_name, is_remark, text
from wandb_flyte.analysis.source.makers import LOOKS_UP, MAKERS, TARGET
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow

from .case import Case
from .hydra import given_named, hydra_named

_MAX_BYTES = 256 * 1024
MOST_FILES = 5000
# Where installed packages lie.
_INSTALLED = frozenset({"__pycache__", "node_modules", "site-packages"})
_COMPOSES = (LOADS - {"json.load"}) | {"hydra.compose", "hydra.experimental.compose"}
_ASKS = ("get", "getattr", "hasattr", "pop")


class Named(NamedTuple):
    """A class or function that a config or a text names.

    Attributes:
        place: The dotted key of the part of the config that names it; None when that is not known.
        name: Its dotted name.
    """

    place: str | None
    name: str


def find_makers(flow: Flow) -> list[tuple[ast.Call, Scope]]:
    """The calls that make something of what a config or a text names."""
    return [
        (call, scope)
        for scope in flow.scopes.reached
        for call in scope.calls
        if full_name(call.func, scope.module.outside) in MAKERS
        or called_name(call).endswith("LightningCLI")
    ]


def find_named(case: Case, makers: Sequence[tuple[ast.Call, Scope]]) -> list[Named] | None:
    """Everything that a program may make; None when not all can be seen.

    Args:
        case: The sweep and its program.
        makers: The calls that make something.
    """
    texts = _asked(makers)
    given, targets = given_named(case), hydra_named(case)
    if texts is None or given is None or _writes_targets(case.program.flow):
        return None
    if targets is None or _composes(case.program.flow):
        others = _anywhere(case)
        targets = None if others is None else [*(targets or ()), *others]
    if targets is None:
        return None
    found = [Named(place, str(value)) for place, value in [*texts, *given, *targets]]
    is_plain = all(part.isidentifier() for one in found for part in one.name.split("."))
    return found if is_plain else None


def _asked(makers: Sequence[tuple[ast.Call, Scope]]) -> list[tuple[None, str]] | None:
    """The names that the code itself asks for; None where it makes them."""
    found: list[tuple[None, str]] = []
    for call, scope in makers:
        called = full_name(call.func, scope.module.outside)
        asked = call.args[0] if call.args else None
        if called not in MAKERS:
            return None
        if called in LOOKS_UP and not _is_target(asked):
            if (name := text(asked)) is None:
                return None
            found.append((None, name))
    return found


def _is_target(node: ast.expr | None) -> bool:
    """Whether an expression is what a config has under `_target_`."""
    if isinstance(node, ast.Attribute):
        return node.attr == TARGET
    return isinstance(node, ast.Subscript) and text(node.slice) == TARGET


def _writes_targets(flow: Flow) -> bool:
    """Whether the code itself names classes under `_target_`, or makes such names."""
    for scope in flow.scopes.everywhere:
        if any(origin.startswith("hydra_zen") for origin in scope.module.outside.values()):
            return True
        if any(_writes_target(node, flow) for node in scope.nodes):
            return True
    return False


def _writes_target(node: ast.AST, flow: Flow) -> bool:
    if isinstance(node, ast.Attribute | ast.Name):
        name = node.attr if isinstance(node, ast.Attribute) else node.id
        return name == TARGET and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.keyword):
        return node.arg == TARGET
    if TARGET not in (text(node) or "") or is_remark(node, flow.scopes.parents):
        return False
    parent = flow.scopes.parents.get(id(node))
    if isinstance(parent, ast.Call):
        return called_name(parent) not in _ASKS
    if isinstance(parent, ast.Subscript):
        return not isinstance(parent.ctx, ast.Load)
    return not isinstance(parent, ast.Compare)


def _composes(flow: Flow) -> bool:
    """Whether a program loads other configs than the one that Hydra gives it."""
    return any(
        full_name(call.func, scope.module.outside) in _COMPOSES
        for scope in flow.scopes.reached
        for call in scope.calls
    )


def _anywhere(case: Case) -> list[tuple[None, Any]] | None:
    """What the YAML files around a program name; None when not all can be seen."""
    found: list[tuple[None, Any]] = []
    spec = case.document.path.absolute().parent
    for count, file in enumerate(
        files_below({Path.cwd(), spec, case.program.file.resolve().parent})
    ):
        if count > MOST_FILES:
            return None
        if file.suffix not in (".yaml", ".yml") or not file.is_file():
            continue
        try:
            content = file.read_text("utf-8", "replace") if _is_small(file) else None
        except OSError:
            content = None
        if content is None:
            return None
        if "searchpath" in content:
            return None  # Of Hydra's, which leads to other folders.
        if TARGET in content:
            loaded = load_config(file)
            if loaded is None:
                return None
            found += [(None, value) for _, value in targets_in(loaded[1])]
    return found


def _is_small(file: Path) -> bool:
    return file.stat().st_size <= _MAX_BYTES


def files_below(folders: set[Path]) -> Iterator[Path]:
    """The files below some folders, but for those of installed packages and of hidden ones."""
    tops = [one for one in folders if folders.isdisjoint(one.parents)]
    for top in tops:
        for folder, inner, names in os.walk(top):
            if "pyvenv.cfg" in names:
                inner.clear()
                continue
            inner[:] = [name for name in inner if name not in _INSTALLED and name[0] != "."]
            yield from (Path(folder, name) for name in names)
