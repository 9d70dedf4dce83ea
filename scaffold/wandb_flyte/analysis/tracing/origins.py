"""Whether the program itself makes the keys of a dict that it logs, or another package does."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.kinds import HOLDERS, called_name, is_name
from wandb_flyte.analysis.source.scope import Scope

from .flow import Flow

_DEEPEST = 8
# Calls whose result has the keys, or the items, of what they are given, or of what they belong to.
_SAME = frozenset(
    {
        *("OrderedDict", "chain", "copy", "deepcopy", "defaultdict", "dict", "dir", "enumerate"),
        *("filter", "format", "from_iterable", "get", "items", "iter", "join", "keys", "list"),
        *("lower", "map", "next", "pop", "replace", "reversed", "set", "sorted", "split", "str"),
        *("strip", "tqdm", "tuple", "upper", "values", "vars", "zip"),
    }
)
# Calls that give a number, which has no keys.
_NUMBERS = frozenset(
    {
        *("abs", "argmax", "cpu", "detach", "float", "int", "item", "len", "max", "mean", "median"),
        *("min", "norm", "round", "sqrt", "std", "sum", "tensor", "time"),
    }
)
_CALLED = ("__call__", "forward")
_LOOPS = (ast.For, ast.AsyncFor, ast.comprehension)
_PARTS = (
    *(ast.BinOp, ast.BoolOp, ast.Dict, ast.DictComp, ast.FormattedValue, ast.GeneratorExp),
    *(ast.IfExp, ast.JoinedStr, ast.List, ast.ListComp, ast.NamedExpr, ast.SetComp, ast.Tuple),
    *(ast.Await, ast.Set, ast.Starred),
)


class Origins:
    """Follows values back to where they are made.

    Args:
        flow: The program.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._seen: set[tuple[int, str]] = set()

    def is_own(self, node: ast.expr, scope: Scope, depth: int = 0) -> bool:
        """Whether the program makes a value's keys, wherever it can be followed to.

        Args:
            node: A dict that is logged, or a name under which something is.
            scope: The scope around it.
            depth: How far it has been followed already.
        """
        if depth > _DEEPEST:
            return False
        if any(kind.what in HOLDERS for kind in self._flow.kinds(node, scope)):
            return True
        if isinstance(node, ast.Name):
            return self._is_own_name(node.id, scope, depth)
        if isinstance(node, ast.Call):
            return self._is_own_call(node, scope, depth)
        if isinstance(node, ast.Subscript):
            return self.is_own(node.value, scope, depth + 1)
        if isinstance(node, ast.Attribute):
            return self._is_own_attribute(node.attr, depth)
        if isinstance(node, ast.Dict):
            inner = [value for key, value in zip(node.keys, node.values, strict=True) if not key]
            return all(
                self.is_own(one, scope, depth + 1) for one in [*filter(None, node.keys), *inner]
            )
        if isinstance(node, ast.DictComp):
            parts = [generator.iter for generator in node.generators]
            return all(self.is_own(one, scope, depth + 1) for one in parts)
        if isinstance(node, _PARTS):
            parts = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
            return all(self.is_own(one, scope, depth + 1) for one in parts)
        return isinstance(node, ast.Constant)

    def _is_own_name(self, name: str, scope: Scope, depth: int) -> bool:
        if (id(scope), name) in self._seen:
            return True
        self._seen.add((id(scope), name))
        if name in scope.takes:
            return self._is_own_parameter(name, scope, depth)
        found = list(_given_to(name, scope))
        if not found:
            outer = self._flow.scopes.around(scope)
            return outer is not None and self._is_own_name(name, outer, depth + 1)
        return all(self._is_own_item(value, index, scope, depth) for value, index in found)

    def _is_own_item(self, node: ast.expr, index: int | None, scope: Scope, depth: int) -> bool:
        """Whether one item of a tuple is the program's, or all of a value."""
        if index is None:
            return self.is_own(node, scope, depth + 1)
        if isinstance(node, ast.Tuple | ast.List):
            return index < len(node.elts) and self.is_own(node.elts[index], scope, depth + 1)
        if isinstance(node, ast.Call) and (targets := self._flow.scopes.resolve(node.func, scope)):
            return all(self._returns_own(one, index, depth) for one in targets)
        return self.is_own(node, scope, depth + 1)

    def _is_own_parameter(self, name: str, scope: Scope, depth: int) -> bool:
        found: list[bool] = []
        for call, place in self._flow.calls_of(scope):
            given = scope.arguments(call)
            if name in given:
                found.append(self.is_own(given[name], place, depth + 1))
            elif None in [keyword.arg for keyword in call.keywords]:
                return False
        return bool(found) and all(found)

    def _is_own_call(self, node: ast.Call, scope: Scope, depth: int) -> bool:
        targets = self._flow.scopes.resolve(node.func, scope)
        if targets:
            return all(self._returns_own(one, None, depth) for one in targets)
        if made := self._objects(node.func, scope):
            return all(self._returns_own(one, None, depth) for one in made)
        if called_name(node) in _NUMBERS:
            return True
        if called_name(node) not in _SAME:
            return False
        base = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        return all(self.is_own(one, scope, depth + 1) for one in [*base, *node.args])

    def _objects(self, called: ast.expr, scope: Scope) -> list[Scope]:
        """What runs when an object of one of the program's classes is called."""
        name = getattr(called, "attr", "") or getattr(called, "id", "")
        values = [
            (value, inner)
            for inner in (
                self._flow.scopes.reached if isinstance(called, ast.Attribute) else [scope]
            )
            for target, value in inner.bindings
            if name in (getattr(target, "attr", ""), getattr(target, "id", ""))
        ]
        classes = {
            id(one)
            for value, inner in values
            if isinstance(value, ast.Call)
            for one in self._flow.scopes.resolve(value.func, inner)
            if isinstance(one, ast.ClassDef)
        }
        methods = [one for called in _CALLED for one in self._flow.scopes.methods.get(called, [])]
        return [one for one in methods if id(one.owner) in classes]

    def _returns_own(self, target: Scope | ast.ClassDef, index: int | None, depth: int) -> bool:
        if not isinstance(target, Scope):
            return False
        values = [
            n.value for n in target.nodes if isinstance(n, ast.Return | ast.Yield) and n.value
        ]
        return bool(values) and all(
            self._is_own_item(value, index, target, depth) for value in values
        )

    def _is_own_attribute(self, name: str, depth: int) -> bool:
        if (0, name) in self._seen:
            return True
        self._seen.add((0, name))
        found = [
            self.is_own(value, scope, depth + 1)
            for scope in self._flow.scopes.reached
            for target, value in scope.bindings
            if isinstance(target, ast.Attribute) and target.attr == name
        ]
        methods = self._flow.scopes.methods.get(name, [])
        found += [self._returns_own(one, None, depth) for one in methods]
        return bool(found) and all(found)


def _given_to(name: str, scope: Scope) -> Iterator[tuple[ast.expr, int | None]]:
    """The values that a name gets in a scope, with the place in each; and the keys put into it."""
    loops = [(node.target, node.iter) for node in scope.nodes if isinstance(node, _LOOPS)]
    for target, value in [*scope.bindings, *loops]:
        if is_name(target, name):
            yield value, None
        elif isinstance(target, ast.Tuple | ast.List):
            places = [i for i, one in enumerate(target.elts) if is_name(one, name)]
            yield from ((value, place) for place in places)
        elif isinstance(target, ast.Subscript) and is_name(target.value, name):
            yield target.slice, None
    for call in scope.calls:
        called = call.func
        if isinstance(called, ast.Attribute) and is_name(called.value, name):
            yield from ((one, None) for one in call.args if called.attr in ("update", "append"))
