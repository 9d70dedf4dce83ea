"""Where a program asks for its config before it has opened its run."""

from __future__ import annotations

import ast
from typing import NamedTuple

from wandb_flyte.analysis.source.kinds import Kind
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.analysis.tracing.certain import Certain
from wandb_flyte.analysis.tracing.flow import Flow

from .reads import Place

_KEYS = (ast.Attribute, ast.Subscript)


class EarlyRead(NamedTuple):
    """A read of `wandb.config` that comes before `wandb.init()` in every run.

    Attributes:
        place: Where it stands.
        opened: The line, in the same file, where the run is opened.
    """

    place: Place
    opened: int


def find_early_read(flow: Flow, certain: Certain) -> EarlyRead | None:
    """The first one; None where the order is not plain to see, as in other functions' calls."""
    opens, others = flow.openings
    if not opens or others:
        return None
    first, scope = min(opens, key=lambda one: one[0].lineno)
    opened = first.lineno
    # Of what the call itself is given, keys: `config=wandb.config` asks for none.
    given = {id(getattr(node, "value", None)) for node in walk(first) if isinstance(node, _KEYS)}
    if any(other is not scope for _, other in opens) or (scope.node and scope.node.decorator_list):
        return None
    configs = [node for node in scope.nodes if _is_config(node, flow, scope)]
    if any(isinstance(getattr(node, "ctx", None), ast.Store) for node in configs):
        return None  # From there on it is the program's own.
    lines = [
        node.lineno
        for node in configs
        if isinstance(node, ast.expr)
        and (node.lineno < opened or id(node) in given)
        and certain.is_in_order(node, scope)
    ]
    return EarlyRead((scope.module.file, min(lines)), opened) if lines else None


def _is_config(node: ast.AST, flow: Flow, scope: Scope) -> bool:
    """Whether an expression is `wandb.config`, and not a run's."""
    if isinstance(node, ast.Name):
        return scope.module.outside.get(node.id) == "wandb.config"
    if not isinstance(node, ast.Attribute) or node.attr != "config":
        return False
    return flow.kinds(node.value, scope) == {Kind("wandb")}
