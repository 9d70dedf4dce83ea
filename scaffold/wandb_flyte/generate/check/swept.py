"""The values that an expression has over a sweep's trials."""

from __future__ import annotations

import ast
from typing import Any

from .case import Case
from .scopes import Scope
from .values import listed


class Swept:
    """Tells which values the hyperparameters have in a program.

    Args:
        case: The sweep and its code.
    """

    def __init__(self, case: Case) -> None:
        program = case.program
        self._flow = program.flow
        # Those that the code sets itself may be anything.
        own = program.config.supplies | program.args.supplies | program.hydra.supplies
        self._listed = {
            parameter.path: values
            for parameter in case.sweep.parameters
            if (values := listed(parameter.distribution)) and parameter.path[0] not in own
        }

    def values(self, node: ast.expr, scope: Scope) -> list[Any] | None:
        """All values that an expression may have; None for a range, or no hyperparameter."""
        kinds = self._flow.kinds(node, scope)
        paths, whats = {kind.path for kind in kinds}, {kind.what for kind in kinds}
        values = self._listed.get(next(iter(paths))) if len(paths) == 1 else None
        if values is None or not whats <= {"args", "config", "hydra"}:
            return None
        # On a command line everything is text at first.
        return values if whats == {"config"} or all(isinstance(v, str) for v in values) else None
