"""The keys of dicts that calls make, and of those that an object keeps."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial

from wandb_flyte.analysis.source.kinds import called_name, given, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import is_none
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.looped import Looped, Read, joined

Keys = set[str] | None
# What makes a dict of a dict, of pairs, or of keywords.
DICTS = frozenset({"OrderedDict", "dict"})
_FILLS = frozenset({"setdefault", "update"})
_KEEPS = (ast.AnnAssign, ast.Assign, ast.List, ast.NamedExpr, ast.Tuple)
_PAIR = 2


Has = Callable[[ast.expr], bool]


class MadeDicts:
    """Reads keys as regular expressions; None stands for what the source does not show.

    Args:
        flow: The program.
        keys: Reads the keys of a dict.
        texts: Reads the texts of an expression.
        looped: Reads what loops go over.
        put: Reads what a function puts into one of its parameters.
    """

    def __init__(
        self,
        flow: Flow,
        keys: Read,
        texts: Read,
        looped: Looped,
        put: Callable[[str, Scope, int], list[Keys]],
    ) -> None:
        self._flow = flow
        self._keys, self._texts, self._looped, self._put = keys, texts, looped, put
        self._asked: set[tuple[int, str]] = set()

    def given(self, node: ast.expr, scope: Scope, depth: int) -> Keys:
        """The keys of what a dict is made of, or updated with: a dict, or pairs."""
        if isinstance(node, ast.ListComp | ast.GeneratorExp):
            pair = node.elt
            if not isinstance(pair, ast.Tuple | ast.List) or len(pair.elts) != _PAIR:
                return None
            made = ast.DictComp(pair.elts[0], pair.elts[1], node.generators)
            return self._keys(made, scope, depth + 1)
        if isinstance(node, ast.List | ast.Tuple):
            firsts = [_first(one) for one in node.elts]
            return joined([self._texts(one, scope, depth + 1) for one in firsts])
        if isinstance(node, ast.Call) and called_name(node) == "zip" and node.args:
            key = ast.Name("key", ast.Store())
            return self._looped.items_of(
                ast.comprehension(key, node.args[0], [], 0), "key", scope, depth + 1
            )
        return self._keys(node, scope, depth + 1)

    def kept(self, node: ast.Attribute, scope: Scope, depth: int) -> Keys:
        """The keys of a dict that an object keeps: `self.history`."""
        owner, name = scope.within, node.attr
        if owner is None or not is_name(node.value, "self"):
            return None
        place = (id(owner), name)
        if place in self._asked:
            return set()
        self._asked.add(place)
        related = self._flow.scopes.related_to(owner)
        parts = [part for one in self._flow.scopes.line_of(owner) for part in self._of(one, name)]
        parts += [
            self._keys(value, one, depth + 1)
            for one in self._flow.scopes.reached
            for target, value in one.bindings
            if _has(name, one, related, target) and not is_none(value)
        ]
        if parts:  # Else a class of another package makes it.
            for one in self._flow.scopes.reached:
                parts += self._put_in(partial(_has, name, one, related), one, depth)
        self._asked.discard(place)
        return joined(parts) if parts else None

    def _of(self, owner: ast.ClassDef, name: str) -> Iterator[Keys]:
        """What a class's own body binds a name to."""
        for child in owner.body:
            targets = getattr(child, "targets", [getattr(child, "target", None)])
            value = getattr(child, "value", None)
            if any(is_name(one, name) for one in targets) and value is not None:
                yield set() if ast.unparse(value) == "field(default_factory=dict)" else None

    def _put_in(self, is_it: Has, scope: Scope, depth: int) -> list[Keys]:
        """What one function puts into an object's dict; None where it may get another name."""
        found: list[Keys] = []
        parents = self._flow.scopes.parents
        for target, _ in scope.bindings:
            if isinstance(target, ast.Subscript) and is_it(target.value):
                found.append(self._texts(target.slice, scope, depth + 1))
            elif isinstance(target, ast.Tuple) and any(map(is_it, target.elts)):
                found.append(None)
        for one in scope.each(ast.Attribute):
            parent = parents.get(id(one))
            is_kept = isinstance(parent, _KEEPS) and isinstance(one.ctx, ast.Load)
            if (is_kept or isinstance(parent, ast.AugAssign)) and is_it(one):
                found.append(None)
        for call in scope.calls:
            called = call.func
            if isinstance(called, ast.Attribute) and is_it(called.value):
                found += self._filled(call, scope, depth) if called.attr in _FILLS else ()
            elif any(map(is_it, given(call))):
                found += self._put_by(call, is_it, scope, depth)
        return found

    def _put_by(self, call: ast.Call, is_it: Has, scope: Scope, depth: int) -> Iterator[Keys]:
        """What a function that is given an object's dict puts into it."""
        for target in self._flow.scopes.resolve(call.func, scope):
            inner = self._flow.scopes.entered_by(target)
            if inner is None:
                yield None
                continue
            for name in (name for name, one in inner.arguments(call).items() if is_it(one)):
                yield from self._put(name, inner, depth + 1)

    def _filled(self, call: ast.Call, scope: Scope, depth: int) -> Iterator[Keys]:
        if call.func.attr == "setdefault":  # type: ignore[attr-defined]
            yield self._texts(call.args[0] if call.args else None, scope, depth + 1)
            return
        yield from (self.given(one, scope, depth) for one in call.args)
        yield from ({one.arg} if one.arg else None for one in call.keywords)


def _first(pair: ast.expr) -> ast.expr | None:
    is_pair = isinstance(pair, ast.Tuple | ast.List) and len(pair.elts) == _PAIR
    return pair.elts[0] if is_pair else None  # type: ignore[attr-defined]


def _has(name: str, scope: Scope, related: set[int], node: ast.expr) -> bool:
    """Whether an expression may be an attribute of an object of some classes."""
    if not isinstance(node, ast.Attribute) or node.attr != name:
        return False
    is_other = scope.within is not None and id(scope.within) not in related
    return not (is_other and is_name(node.value, "self"))
