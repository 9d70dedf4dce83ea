"""Calls that seem to look at a config, and give on what is in it: as a list, or as a text."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import called_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.noted import noted_under

_LISTS = frozenset({"list", "set", "sorted"})
# What makes a file or a text of all that it gets, and what reads such.
_DUMPS = frozenset({"dump", "dumps", "safe_dump", "save_config", "to_yaml", "yaml_dump"})
_LOADS = frozenset({"full_load", "load", "load_yaml", "loads", "safe_load"})


def goes_in_bulk(node: ast.expr, call: ast.Call, scope: Scope, flow: Flow) -> bool:
    """Whether a call makes a list of a config's values, or a text that may be read again.

    Args:
        node: The config, as the call gets it.
        call: The call.
        scope: The scope around it.
        flow: The program.
    """
    name = called_name(call)
    if name in _LISTS:
        goes = isinstance(node, ast.Call) and called_name(node) in ("items", "values")
    else:
        goes = name in _DUMPS and _loads(flow)
    return goes and noted_under(node, flow, scope) is None


def _loads(flow: Flow) -> bool:
    calls = (call for scope in flow.scopes.everywhere for call in scope.calls)
    return any(called_name(call) in _LOADS for call in calls)
