"""Calls that seem to look at a config, and give on what is in it: as a list, or as a text."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import called_name, root_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.noted import noted_under

_LISTS = frozenset({"list", "set", "sorted"})
# Functions of Python's own, whose names methods may have that do something else.
_BUILT_IN = _LISTS | {"bool", "callable", "hash", "id", "len", "repr", "str", "type"}
# What makes a file or a text of all that it gets, and what reads such.
_DUMPS = frozenset({"dump", "dumps", "safe_dump"})
_LOADS = frozenset({"full_load", "load", "loads", "safe_load"})


def goes_in_bulk(node: ast.expr, call: ast.Call, scope: Scope, flow: Flow) -> bool:
    """Whether a call lists a config's values, makes a text of it, or keeps it: `kept.set(config)`.

    Args:
        node: The config, as the call gets it.
        call: The call.
        scope: The scope around it.
        flow: The program.
    """
    name = called_name(call)
    if name in _BUILT_IN and isinstance(call.func, ast.Attribute):
        return True
    if name in _LISTS:
        goes = isinstance(node, ast.Call) and called_name(node) in ("items", "values")
    else:
        goes = name in _DUMPS and _is_loaded(call, scope, flow)
    return goes and noted_under(node, flow, scope) is None


def _is_loaded(dump: ast.Call, scope: Scope, flow: Flow) -> bool:
    """Whether the program may read what it writes: in the same format, and not only before."""
    return any(
        called_name(call) in _LOADS
        and root_name(call.func) == root_name(dump.func)
        and (place is not scope or call.lineno > dump.lineno)
        for place in flow.scopes.everywhere
        for call in place.calls
    )
