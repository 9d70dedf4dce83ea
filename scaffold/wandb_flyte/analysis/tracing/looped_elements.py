"""What a loop comes to, one by one, where the source writes it out."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.fields import Fields
from wandb_flyte.analysis.source.kinds import called_name, full_name, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import annotated

from .flow import Flow

_DEEPEST = 6
_SAME = frozenset({"list", "sorted", "tuple"})
# What only looks at a list or a dict, or may change neither.
_LOOKS = frozenset({"copy", "get", "index", "items", "keys", "values"})
# What has its keywords as attributes.
_NAMESPACES = frozenset({"argparse.Namespace", "types.SimpleNamespace"})
# What has the fields of a class under their names.
_TABLES = frozenset({"__annotations__", "__dataclass_fields__"})

Elements = list[ast.expr] | None


class LoopedElements:
    """Lists the elements of lists, dicts and classes' fields, as expressions.

    A field is a call with its `name`, `type` and `default`; an item of a dict is a pair.

    Args:
        flow: The program.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._fields = Fields(flow.scopes)

    def of(self, node: ast.expr, scope: Scope, depth: int = 0) -> Elements:
        """What a loop over something comes to; None where that is not known."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return _joined([self._one(element, scope, depth) for element in node.elts])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _joined([self.of(part, scope, depth + 1) for part in (node.left, node.right)])
        if isinstance(node, ast.Name):
            return self._named(node.id, scope, depth)
        if isinstance(node, ast.Call):
            return self._call(node, scope, depth)
        pairs = self._pairs(node, scope, depth)
        return [pair.elts[0] for pair in pairs] if pairs is not None else None

    def _one(self, element: ast.expr, scope: Scope, depth: int) -> Elements:
        if isinstance(element, ast.Starred):
            return self.of(element.value, scope, depth + 1)
        return [element]

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> Elements:
        name = called_name(node)
        if isinstance(node.func, ast.Attribute) and not node.args and name in ("items", "keys"):
            pairs = self._pairs(node.func.value, scope, depth + 1)
            if pairs is None or name == "items":
                return list(pairs) if pairs is not None else None
            return [pair.elts[0] for pair in pairs]
        if len(node.args) != 1 or node.keywords:
            return None
        if isinstance(node.func, ast.Name) and name in _SAME:
            return self.of(node.args[0], scope, depth + 1)
        if full_name(node.func, scope.module.outside) == "dataclasses.fields":
            return self._of_class(node.args[0], scope)
        return None

    def _of_class(self, node: ast.expr, scope: Scope) -> Elements:
        """The fields of a class, with those of the classes above it."""
        owner = self._fields.named(node, scope)
        family = self._fields.family(owner, or_heirs=False) if owner is not None else None
        if not family:
            return None
        each = [one for owner in family for one in annotated(owner)]
        return [_field(name, item) for name, item in each if not _is_shared(item)]

    def _pairs(self, node: ast.expr, scope: Scope, depth: int) -> list[ast.Tuple] | None:
        """The keys of a dict with their values."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Attribute) and node.attr in _TABLES:
            fields = self._of_class(node.value, scope)
            return [_pair(name, one) for one in fields or () if (name := part(one, "name"))] or None
        if isinstance(node, ast.Call) and is_name(node.func, "vars") and len(node.args) == 1:
            return self._pairs(node.args[0], scope, depth + 1)
        if isinstance(node, ast.Call) and _is_made_of_names(node, scope):
            if None in {one.arg for one in node.keywords}:
                return None
            return [_pair(ast.Constant(one.arg), one.value) for one in node.keywords]
        if isinstance(node, ast.Dict):
            found: list[ast.Tuple] = []
            for key, value in zip(node.keys, node.values, strict=True):
                more = self._pairs(value, scope, depth + 1) if key is None else [_pair(key, value)]
                if more is None:
                    return None
                found += more
            return found
        if not isinstance(node, ast.Name):
            return None
        values = self._values(node.id, scope)
        each = [self._pairs(value, place, depth + 1) for value, place in values or ()]
        known = [one for one in each if one is not None]
        if not known or len(known) < len(each):
            return None
        return [pair for pairs in known for pair in pairs]

    def _named(self, name: str, scope: Scope, depth: int) -> Elements:
        values = self._values(name, scope)
        if not values:
            return None
        return _joined([self.of(value, place, depth + 1) for value, place in values])

    def _values(
        self, name: str, scope: Scope, depth: int = 0
    ) -> list[tuple[ast.expr, Scope]] | None:
        """What a name may stand for, where nothing puts more into that."""
        holder: Scope | None = scope
        while holder is not None:
            given = name in holder.takes
            source, there = holder.module.imports.get(name, (None, ""))
            if source is not None and there and len(holder.binding(name)) == 1:
                top = self._flow.scopes.top_of(source)
                if top is None or depth > _DEEPEST or self._is_changed(name, holder):
                    return None
                return self._values(there, top, depth + 1)
            if given or holder.binding(name):
                break
            holder = self._flow.scopes.around(holder)
        own = holder.every_value(name) if holder is not None else None
        if holder is None or own is None or self._is_changed(name, holder):
            return None
        values = [(value, holder) for value in own if _added(value, name) is None]
        values += [(more, holder) for value in own if (more := _added(value, name)) is not None]
        for value, place in self._flow.given(name, holder) if given else ():
            if value is None:
                return None
            values.append((value, place))
        return values

    def _is_changed(self, name: str, holder: Scope) -> bool:
        """Whether something may be put into what a name stands for, where it is bound."""
        for use in holder.loads.get(name, ()):
            parent = self._flow.scopes.parents.get(id(use))
            if isinstance(parent, ast.Attribute):
                if parent.attr not in _LOOKS and not self._is_only_asked(parent):
                    return True
            elif isinstance(parent, ast.Subscript):
                if not isinstance(parent.ctx, ast.Load):
                    return True
            elif isinstance(parent, ast.AugAssign | ast.Return):
                return True
        return False

    def _is_only_asked(self, node: ast.Attribute) -> bool:
        """Whether an object is asked for a value that it has, and for no method of its own."""
        call = self._flow.scopes.parents.get(id(node))
        is_called = isinstance(call, ast.Call) and call.func is node
        return isinstance(node.ctx, ast.Load) and not is_called


def part(node: ast.expr, name: str, order: list[str] | None = None) -> ast.expr | None:
    """What a call that makes an object gives one of its attributes.

    Args:
        node: The call.
        name: The attribute.
        order: The attributes that arguments without a name are for.
    """
    if not isinstance(node, ast.Call):
        return None
    by_place = dict(zip(order or [], node.args, strict=False))
    named = {one.arg: one.value for one in node.keywords}
    return named.get(name, by_place.get(name))


def _is_made_of_names(node: ast.Call, scope: Scope) -> bool:
    """Whether a call makes a dict or a plain object of what it is given by name, and no more."""
    made = is_name(node.func, "dict") or full_name(node.func, scope.module.outside) in _NAMESPACES
    return made and not node.args


def _field(name: str, item: ast.AnnAssign) -> ast.Call:
    """A field of a class, as a call that makes it."""
    given = {"name": ast.Constant(name), "type": item.annotation, "default": item.value}
    keywords = [ast.keyword(key, value) for key, value in given.items() if value is not None]
    return ast.Call(ast.Name("field", ast.Load()), [], keywords)


def _is_shared(item: ast.AnnAssign) -> bool:
    """Whether a class has an attribute itself: dataclasses make no field of it."""
    return ast.unparse(item.annotation).removeprefix("typing.").startswith("ClassVar")


def _pair(key: ast.expr, value: ast.expr) -> ast.Tuple:
    return ast.Tuple([key, value], ast.Load())


def _added(value: ast.expr, name: str) -> ast.expr | None:
    """What a value has beside what its name stood for before; None where it is another one."""
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
        return None
    return value.right if is_name(value.left, name) else None


def _joined(each: list[Elements]) -> Elements:
    known = [one for one in each if one is not None]
    return [element for one in known for element in one] if len(known) == len(each) else None
