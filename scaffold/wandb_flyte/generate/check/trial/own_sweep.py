"""What a program puts into the sweep config that it starts its own sweep with."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.config.starts import agent_calls
from wandb_flyte.analysis.source.kinds import bindings, text
from wandb_flyte.analysis.source.syntax import walk


def added_parameters(tree: ast.Module) -> frozenset[str]:
    """The parameters that code with an agent adds: `config["parameters"]["seed"] = {...}`.

    Args:
        tree: The file's source, parsed.
    """
    if not agent_calls(tree):
        return frozenset()
    items = (target for target, _ in bindings(walk(tree)) if isinstance(target, ast.Subscript))
    return frozenset(
        name
        for item in items
        if isinstance(item.value, ast.Subscript) and text(item.value.slice) == "parameters"
        if (name := text(item.slice)) is not None
    )
