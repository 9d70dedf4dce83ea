"""Values that are dicts, lists, texts and numbers of Python's own, whatever is in them."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.decorators import is_changed
from wandb_flyte.analysis.source.kinds import argument, full_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.known_values import KnownValues
from wandb_flyte.spec import dotted

_DEEPEST = 4
# What reads files or texts into them.
_READERS = frozenset(
    {
        *("json.load", "json.loads", "toml.load", "toml.loads", "tomli.load", "tomli.loads"),
        *("tomllib.load", "tomllib.loads", "yaml.full_load", "yaml.safe_load"),
    }
)
# Those of YAML's that make no objects of other classes.
_PLAIN_LOADERS = frozenset({"BaseLoader", "CFullLoader", "CSafeLoader", "FullLoader", "SafeLoader"})
# What makes something else of what they read.
_HOOKS = frozenset({"_dict", "cls", "object_hook", "object_pairs_hook", None})
_OF_DICTS = frozenset(dir(dict))
_OF_ANY = _OF_DICTS.union(*map(dir, (list, str, int, float, None)))


class PlainValues:
    """Tells which attributes values of Python's own have.

    Args:
        case: The sweep and its code.
        known: What is known of its values.
    """

    def __init__(self, case: Case, known: KnownValues) -> None:
        self._names, self._callees = case.program.names, case.program.callees
        self._known = known

    def attributes(self, node: ast.expr, scope: Scope, depth: int = 0) -> frozenset[str] | None:
        """What such a value has; None where an expression may be anything else."""
        if isinstance(node, ast.Dict | ast.DictComp):
            return _OF_DICTS
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Name):
            return self._of_name(node.id, scope, depth)
        return self._of_call(node, scope, depth) if isinstance(node, ast.Call) else None

    def _of_call(self, node: ast.Call, scope: Scope, depth: int) -> frozenset[str] | None:
        keywords = {one.arg for one in node.keywords}
        called = full_name(node.func, scope.module.outside)
        if called == "yaml.load":
            loader = dotted(argument(node, "Loader", 1) or node).rpartition(".")[2]
            return _OF_ANY if loader in _PLAIN_LOADERS else None
        if called in _READERS:
            return _OF_ANY if _HOOKS.isdisjoint(keywords) else None
        target = self._callees.of(node.func, scope)
        if target is None:
            is_own = self._names.bound_once("dict", scope) is not None
            return _OF_DICTS if called == "dict" and not is_own else None
        if not isinstance(target, Scope) or target.node is None or is_changed(target.node):
            return None
        if target.each(ast.Yield, ast.YieldFrom) or isinstance(target.node, ast.AsyncFunctionDef):
            return None
        values: list[tuple[ast.expr | None, Scope]] = []
        for given in (one.value for one in target.each(ast.Return)):
            is_parameter = isinstance(given, ast.Name) and _is_parameter(given.id, target)
            if isinstance(given, ast.Name) and is_parameter:
                values.append((target.arguments(node).get(given.id), scope))
            else:
                values.append((given, target))
        return self._of_all(values, depth)

    def _of_name(self, name: str, scope: Scope, depth: int) -> frozenset[str] | None:
        if _is_parameter(name, scope):
            calls = self._known.all_calls(scope)
            return self._of_all(
                [(scope.arguments(c).get(name), place) for c, place in calls], depth
            )
        holder = self._names.bound_once(name, scope)
        values = holder.every_value(name) if holder is not None else None
        if holder is None or not values or len(values) != 1:
            return None
        return self.attributes(values[0], holder, depth + 1)

    def _of_all(
        self, values: list[tuple[ast.expr | None, Scope]], depth: int
    ) -> frozenset[str] | None:
        found: frozenset[str] = frozenset()
        for value, scope in values:
            has = self.attributes(value, scope, depth + 1) if value is not None else None
            if has is None:
                return None
            found |= has
        return found if values else None


def _is_parameter(name: str, scope: Scope) -> bool:
    """Whether a name is a function's parameter, and stays what it was given."""
    return name in scope.takes and not scope.binding(name)
