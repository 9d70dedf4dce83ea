"""Config files that a program reads by a name which its source writes out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .kinds import called_name, full_name
from .scope import Scope

_MAX_BYTES = 256 * 1024
_MOST_VALUES = 20_000
_LONGEST_NAME = 200
LOADS = frozenset(
    {
        *("yaml.safe_load", "yaml.load", "yaml.full_load", "yaml.unsafe_load", "json.load"),
        "omegaconf.OmegaConf.load",
    }
)


def load_config(file: Path) -> tuple[str, dict[str, Any]] | None:
    """The text of a YAML or JSON file and the mapping in it; None when it holds something else.

    Raises:
        FileNotFoundError: There is no such file.
    """
    import yaml

    if not file.is_file():
        raise FileNotFoundError(file)
    try:
        if file.stat().st_size > _MAX_BYTES:
            return None
        text = file.read_text(encoding="utf-8")
        config = yaml.safe_load(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return None
    return (text, config or {}) if isinstance(config or {}, dict) and _is_small(config) else None


def _is_small(config: Any) -> bool:
    """Whether a config has few enough values: aliases make many of a few."""
    todo = [config]
    for _ in range(_MOST_VALUES):
        if not todo:
            return True
        value = todo.pop()
        todo += (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
    return False


def find_config(name: Any, folders: tuple[Path, ...]) -> dict[str, Any] | None:
    """The config in the one file of a name below some folders; None without one."""
    if not isinstance(name, str) or "\x00" in name or len(name) > _LONGEST_NAME:
        return None
    try:
        named = {(folder / name).resolve(): folder.resolve() for folder in folders}
        files = [file for file, folder in named.items() if file.is_relative_to(folder)]
        there = [file for file in files if file.is_file()]
    except (OSError, RuntimeError, ValueError):
        return None  # No path, or a link to itself.
    # Of several it depends on the folder that a trial is started in.
    loaded = load_config(there[0]) if len(there) == 1 else None
    return loaded and loaded[1]


def loaded_name(call: ast.Call, scope: Scope) -> ast.expr | None:
    """The name of the file that a call reads a config from, as the source has it."""
    if full_name(call.func, scope.module.outside) not in LOADS or not call.args:
        return None
    source = call.args[0]
    if isinstance(source, ast.Name):
        opened = [one for one in _opened(call, scope) if _is_bound(one, source.id)]
        source = opened[-1].context_expr if opened else source
    if isinstance(source, ast.Call):
        return source.args[0] if called_name(source) == "open" and source.args else None
    return source


def _opened(call: ast.Call, scope: Scope) -> Iterator[ast.withitem]:
    """What the `with` statements around a call open, the outermost first."""
    for one in scope.each(ast.With):
        if one.lineno <= call.lineno <= (one.end_lineno or one.lineno):
            yield from one.items


def _is_bound(item: ast.withitem, name: str) -> bool:
    return isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name
