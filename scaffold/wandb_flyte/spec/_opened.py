"""Files that code opens by a name which it writes out, and what it loads from them."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from ._nodes import dotted
from ._values import Loaded, Named, Table, Value

_OPENS = frozenset({"open", "io.open", "Path", "pathlib.Path"})
_LOADS = frozenset({"json.load", "json.loads", "yaml.load"})
# Of PyYAML, whatever it is imported as.
_YAML_LOADS = frozenset({"full_load", "safe_load", "unsafe_load"})
_SAME = frozenset({"absolute", "expanduser", "open", "read", "read_text", "resolve"})
_SAME_TEXT = frozenset({"os.path.abspath", "os.path.expanduser", "os.path.realpath", "str"})


def called(call: ast.Call, held: Value, given: list[Value]) -> Value:
    """The file that a call names, opens, reads or loads; None when it does nothing of that.

    Args:
        call: The call.
        held: What its method is called on, None for a function.
        given: Its arguments without a name.
    """
    name = dotted(call.func)
    if isinstance(held, Named) and isinstance(call.func, ast.Attribute):
        return held if call.func.attr in _SAME else None
    first = given[0] if given else None
    if name == "OmegaConf.to_container" and isinstance(first, Loaded | Table):
        return first
    file = first.file if isinstance(first, Named) else first
    if not isinstance(file, str):
        return None
    if name in _LOADS or name.rpartition(".")[2] in _YAML_LOADS:
        return Loaded(call, first.file) if isinstance(first, Named) else None
    if name == "OmegaConf.load":
        return Loaded(call, file)
    if name in _OPENS:
        path = _joined(file, *given[1:]) if name.endswith("Path") else file
        return Named(call, path) if path is not None else None
    if name == "os.path.join":
        return _joined(file, *given[1:])
    if name == "os.path.dirname":
        return str(PurePosixPath(file).parent)
    return file if name in _SAME_TEXT and len(given) == 1 else None


def parent(held: Value, node: ast.Attribute) -> Named | None:
    """The folder that `path.parent` is."""
    is_parent = isinstance(held, Named) and node.attr == "parent"
    return Named(node, str(PurePosixPath(held.file).parent)) if is_parent else None


def divided(node: ast.AST, left: Value, right: Value) -> Named | None:
    """The path that `folder / name` is."""
    path = _joined(left.file, right) if isinstance(left, Named) else None
    return Named(node, path) if path is not None else None


def _joined(*parts: Value) -> str | None:
    texts = [part.file if isinstance(part, Named) else part for part in parts]
    return str(PurePosixPath(*texts)) if all(isinstance(one, str) for one in texts) else None
