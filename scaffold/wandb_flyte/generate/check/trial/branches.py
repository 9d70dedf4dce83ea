"""Places that no trial comes to, as far as the conditions of their own function say."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.unknown import UNKNOWN

Truth = Callable[[ast.expr, Scope], Any]


def may_run(node: ast.AST, scope: Scope, truth: Truth, parents: Mapping[int, ast.AST]) -> bool:
    """Whether no condition around a place is known to lead elsewhere.

    Args:
        node: The place.
        scope: The scope around it.
        truth: Tells whether a condition holds.
        parents: What each node stands in.
    """
    parent = parents.get(id(node))
    while parent is not None:
        if isinstance(parent, ast.If | ast.IfExp) and node is not parent.test:
            body = parent.body if isinstance(parent.body, list) else [parent.body]
            is_wanted = any(node is one for one in body)
            holds = truth(parent.test, scope)
            if holds is not UNKNOWN and bool(holds) is not is_wanted:
                return False
        node, parent = parent, parents.get(id(parent))
    return True
