"""Where a program starts agents of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.scope import Scope

from .flow import Flow


def agents_of(flow: Flow) -> Iterator[tuple[ast.Call, Scope]]:
    """The calls of `wandb.agent` that a program may come to, with their scopes.

    Args:
        flow: The program.
    """
    for scope in flow.scopes.reached:
        for call in scope.calls:
            if flow.is_of_wandb(call, "agent", scope):
                yield call, scope
