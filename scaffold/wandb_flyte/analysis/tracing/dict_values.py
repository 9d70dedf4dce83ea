"""Values that can be nothing else than a dict: what is logged of them has names of its own."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.decorators import is_changed
from wandb_flyte.analysis.source.kinds import Kind, called_name, full_name, given, text
from wandb_flyte.analysis.source.scope import Scope

from .flow import Flow

_DEEPEST = 6
# The methods of a config that copy it.
_COPIES = frozenset({"as_dict", "copy"})
# Hugging Face's metrics whose `compute` gives a dict with their own name alone.
_LOADS = frozenset({"datasets.load_metric", "evaluate.load"})
_METRICS = frozenset(
    {
        *("accuracy", "exact_match", "f1", "mae", "mape", "matthews_correlation", "mse"),
        *("precision", "recall", "roc_auc", "smape"),
    }
)


class DictValues:
    """Tells which values are dicts, wherever they come from.

    Args:
        flow: The program.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._scopes = flow.scopes

    def is_config(self, node: ast.expr, scope: Scope, depth: int = 0) -> bool:
        """Whether an expression can be nothing else than the trial's config, or a copy of it."""
        if depth > _DEEPEST or self._flow.kinds(node, scope) != {Kind("config")}:
            return False
        if isinstance(node, ast.Attribute):
            return node.attr == "config"
        if isinstance(node, ast.Name):
            values = self._values(node.id, scope)
            return bool(values) and all(self.is_config(*one, depth + 1) for one in values)
        if not isinstance(node, ast.Call) or len(given(node)) + (called_name(node) in _COPIES) != 1:
            return False
        base = node.func.value if isinstance(node.func, ast.Attribute) else node.args[0]
        return self.is_config(base, scope, depth + 1)

    def is_dict(self, node: ast.expr, scope: Scope, depth: int = 0) -> bool:
        """Whether an expression can be nothing else than a dict, or None."""
        if depth > _DEEPEST:
            return False
        if isinstance(node, ast.Dict):
            return True
        if isinstance(node, ast.Name):
            values = self._values(node.id, scope)
            return bool(values) and all(self.is_dict(*one, depth + 1) for one in values)
        if not isinstance(node, ast.Call):
            return False
        return self.computed(node, scope) is not None or self._gives_dict(node, scope, depth)

    def computed(self, node: ast.Call, scope: Scope) -> str | None:
        """The one key of what a loaded metric's `compute` gives; None for any other call."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr != "compute":
            return None
        held, place = node.func.value, scope
        if isinstance(held, ast.Name):
            values = self._values(held.id, scope)
            if len(values) != 1:
                return None
            held, place = values[0]
        if not isinstance(held, ast.Call) or len(held.args) != 1 or held.keywords:
            return None
        name = text(held.args[0])
        is_loaded = full_name(held.func, place.module.outside) in _LOADS
        return name if is_loaded and name in _METRICS else None

    def _gives_dict(self, node: ast.Call, scope: Scope, depth: int) -> bool:
        """Whether a function of the program is called that returns dicts alone."""
        if not isinstance(node.func, ast.Name):
            return False
        targets = self._scopes.resolve(node.func, scope)
        inner = targets[0] if len(targets) == 1 else None
        if not isinstance(inner, Scope) or not isinstance(inner.node, ast.FunctionDef):
            return called_name(node) == "dict" and not targets
        made = inner.each(ast.Yield, ast.YieldFrom)
        if is_changed(inner.node) or made:
            return False
        given = [one.value for one in inner.each(ast.Return)]
        return bool(given) and all(
            one is not None and self.is_dict(one, inner, depth + 1) for one in given
        )

    def _values(self, name: str, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """All values of a name; none where the source does not show every one."""
        inner: Scope | None = scope
        while inner is not None:
            values = inner.every_value(name)
            is_given = name in inner.takes
            if is_given or values is None:
                return []
            if values:
                return [(value, inner) for value in values]
            inner = self._scopes.around(inner)
        return []
