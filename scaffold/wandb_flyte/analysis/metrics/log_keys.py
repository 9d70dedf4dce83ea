"""What keys a dict of logged values has, as far as the source shows them."""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Sequence
from string import Formatter
from typing import TypeGuard

from wandb_flyte.analysis.source.joined import joined_parts
from wandb_flyte.analysis.source.kinds import (
    called_name,
    full_name,
    given,
    is_name,
    root_name,
    text,
)
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import is_none, walk
from wandb_flyte.analysis.tracing.dict_values import DictValues
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.looped import Looped, joined

from .given_texts import GivenTexts
from .made_dicts import DICTS, MadeDicts

# What W&B shows, and does not compare.
_MEDIA = frozenset(
    {
        *("Audio", "Graph", "Histogram", "Html", "Image", "Molecule", "Object3D", "Plotly"),
        *("Table", "Video"),
    }
)
# What stands for the key of a loop.
_KEY = "\x00"
# How far a dict is followed that functions put something into.
_DEEPEST = 4
# How many texts are listed one by one.
_MOST = 64
# A conversion of `"..." % values`.
_PERCENT = re.compile(r"%(?:\(\w+\))?[-+ #0]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]")


class KeyReader:
    """Reads keys as regular expressions; None stands for what the source does not show.

    Args:
        flow: The program.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._dicts = DictValues(flow)
        self._looped = Looped(flow, self.keys, self.texts)
        self._given = GivenTexts(flow, self.texts)
        self._made = MadeDicts(flow, self.keys, self.texts, self._looped, self._put_keys)
        self._steps = 0
        # The names that are being looked up right now.
        self._asked: set[tuple[int, str]] = set()

    def keys(self, node: ast.expr | None, scope: Scope, depth: int = 0) -> set[str] | None:
        """The keys of a dict-like expression."""
        self._steps += 1
        if node is None or depth > 10 or self._steps > 20_000:
            return None
        if isinstance(node, ast.Dict):
            return self._dict_keys(node, scope, depth)
        if isinstance(node, ast.DictComp):
            return self._comprehension_keys(node, scope, depth)
        if isinstance(node, ast.Call):
            return self._call_keys(node, scope, depth)
        if isinstance(node, ast.Name):
            return self._name_keys(node.id, scope, depth)
        if isinstance(node, ast.Attribute):
            return self._made.kept(node, scope, depth)
        if isinstance(node, ast.IfExp):
            return joined([self.keys(n, scope, depth + 1) for n in (node.body, node.orelse)])
        if isinstance(node, ast.BoolOp):
            return joined([self.keys(n, scope, depth + 1) for n in node.values])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return joined([self.keys(n, scope, depth + 1) for n in (node.left, node.right)])
        return None

    def is_config(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is W&B's config, or a copy of it, and nothing else."""
        return self._dicts.is_config(node, scope)

    def _dict_keys(self, node: ast.Dict, scope: Scope, depth: int) -> set[str] | None:
        found: set[str] = set()
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                more = self.keys(value, scope, depth + 1)
            else:
                more = self.texts(key, scope, depth + 1)
            if key is not None and self._is_media(value, scope):
                continue
            if more is None:
                return None
            found |= more if key is None else self._with_inner(more, value, scope, depth)
        return found

    def _with_inner(self, keys: set[str], value: ast.expr, scope: Scope, depth: int) -> set[str]:
        """The names that W&B's summary has for a value: for a dict those inside it."""
        inner = self.keys(value, scope, depth + 1) if self._dicts.is_dict(value, scope) else None
        if not inner:
            return keys
        # Whoever gets the dict may put more into it.
        return {f"{a}\\.{b}" for a in keys for b in (*inner, ".*")}

    def _is_media(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a value is an image, a table or a chart: no number that a sweep compares."""
        if isinstance(node, ast.List | ast.ListComp):
            node = node.elts[0] if isinstance(node, ast.List) and node.elts else node
            node = node.elt if isinstance(node, ast.ListComp) else node
        if not isinstance(node, ast.Call):
            return False
        name = full_name(node.func, scope.module.outside)
        return name.startswith("wandb.plot.") or name.removeprefix("wandb.") in _MEDIA

    def _comprehension_keys(self, node: ast.DictComp, scope: Scope, depth: int) -> set[str] | None:
        loop = node.generators[0]
        bound = {one.id for one in walk(loop.target) if isinstance(one, ast.Name)}
        uses = [one for one in walk(node.key) if isinstance(one, ast.Name) and one.id in bound]
        below = self._looped.items_of(loop, uses[0].id, scope, depth) if len(uses) == 1 else None
        found: set[str] = set()
        for made in self._put_together(node.key, scope, depth, uses):
            known = below if below is not None and made.count(_KEY) == 1 else {".*"}
            found |= {_shortened(made.replace(_KEY, one)) for one in known}
        return found

    def _call_keys(self, node: ast.Call, scope: Scope, depth: int) -> set[str] | None:
        name = called_name(node)
        targets = self._flow.scopes.resolve(node.func, scope)
        if name in DICTS and not targets:
            parts = [self._made.given(argument, scope, depth) for argument in node.args]
            for keyword in node.keywords:
                own = {re.escape(keyword.arg)} if keyword.arg else None
                parts.append(own or self.keys(keyword.value, scope, depth + 1))
            return joined(parts)
        if name in ("copy", "deepcopy") and isinstance(node.func, ast.Attribute) and not node.args:
            return self.keys(node.func.value, scope, depth + 1)
        if (key := self._dicts.computed(node, scope)) is not None:
            return {re.escape(key)}
        found: list[set[str] | None] = []
        for target in targets:
            if not isinstance(target, Scope):
                return None
            found += [
                self.keys(inner.value, target, depth + 1)
                for inner in target.each(ast.Return)
                if inner.value is not None and not is_none(inner.value)
            ]
        return joined(found) if found else None

    def _name_keys(self, name: str, scope: Scope, depth: int) -> set[str] | None:
        place = (id(scope), name)
        if place in self._asked:
            # `row = row | more`: what else it is has been looked up already; a parameter's is not.
            is_given = name in scope.takes
            return None if is_given else set()
        self._asked.add(place)
        found = self._all_keys(name, scope, depth)
        self._asked.discard(place)
        return found

    def _all_keys(self, name: str, scope: Scope, depth: int) -> set[str] | None:
        parts: list[set[str] | None] = []
        for target, value in scope.bindings:
            if isinstance(target, ast.Name) and target.id == name:
                if not is_none(value):
                    parts.append(self.keys(value, scope, depth + 1))
            elif isinstance(target, ast.Tuple) and any(is_name(e, name) for e in target.elts):
                parts.append(self._unpacked_keys(name, target, value, scope, depth))
        parts += self._put_keys(name, scope, depth)
        if scope.node is not None and name in {a.arg for a in scope.parameters}:
            parts += self._given_keys(name, scope, depth)
        kwarg = scope.node.args.kwarg if scope.node is not None else None
        if kwarg is not None and kwarg.arg == name:
            parts.append(self._keyword_keys(scope))
        if parts and self._looped.binds(name, scope):
            parts.append(None)
        if not parts and scope.node is None and name in scope.module.imports:
            return None
        if not parts and scope.outer is not None:
            return self._name_keys(name, scope.outer, depth + 1)
        return joined(parts) if parts else None

    def _put_keys(self, name: str, scope: Scope, depth: int) -> list[set[str] | None]:
        """The keys that are put into a dict of a name, in its scope or where that gives it."""
        parts: list[set[str] | None] = []
        for target, value in scope.bindings:
            if isinstance(target, ast.Subscript) and is_name(target.value, name):
                keys = self.texts(target.slice, scope, depth + 1)
                parts.append(keys and self._with_inner(keys, value, scope, depth))
            elif _keeps(target, value, name):
                parts.append(None)  # An object may put more into it.
        for node in scope.calls:
            if _is_update(node, name):
                parts += [self._made.given(a, scope, depth) for a in node.args]
                parts += [{re.escape(k.arg)} if k.arg else None for k in node.keywords]
            elif depth <= _DEEPEST and any(is_name(one, name) for one in given(node)):
                for called in self._flow.scopes.resolve(node.func, scope):
                    inner = self._flow.scopes.entered_by(called)
                    parts += self._given_on(name, node, inner, depth) if inner else [None]
        return parts

    def _given_on(
        self, name: str, call: ast.Call, inner: Scope, depth: int
    ) -> list[set[str] | None]:
        """What a function puts into a dict that it is given."""
        given = inner.arguments(call).items()
        own = [parameter for parameter, one in given if is_name(one, name)]
        return [keys for one in own for keys in self._put_keys(one, inner, depth + 1)]

    def _unpacked_keys(
        self, name: str, target: ast.Tuple, value: ast.expr, scope: Scope, depth: int
    ) -> set[str] | None:
        index = next(i for i, e in enumerate(target.elts) if is_name(e, name))
        if not isinstance(value, ast.Call):
            return None
        found: list[set[str] | None] = []
        for inner in self._flow.scopes.resolve(value.func, scope):
            if not isinstance(inner, Scope):
                return None
            for node in inner.each(ast.Return):
                if isinstance(node.value, ast.Tuple):
                    elements = node.value.elts
                    item = elements[index] if index < len(elements) else None
                    found.append(self.keys(item, inner, depth + 1))
        return joined(found) if found else None

    def _given_keys(self, name: str, scope: Scope, depth: int) -> list[set[str] | None]:
        """What the callers of a function give for one of its parameters."""
        assert scope.node is not None  # noqa: S101 - the caller looked
        given = ((scope.arguments(call).get(name), place) for call, place in self._callers(scope))
        found = [self.keys(value, place, depth + 1) for value, place in given if value is not None]
        return found or [None]

    def _callers(self, scope: Scope) -> list[tuple[ast.Call, Scope]]:
        """The calls of a function; of a method such as `log`, those that no other object takes."""
        known = self._flow.callers.get(id(scope), [])
        if known or scope.owner is None or scope.node is None:
            return known
        name = scope.node.name
        return [
            (call, place)
            for place in self._flow.scopes.reached
            for call in place.calls
            if isinstance(call.func, ast.Attribute)
            and call.func.attr == name
            and root_name(call.func) not in place.module.outside
            and not self._flow.kinds(call.func.value, place)
        ]

    def _keyword_keys(self, scope: Scope) -> set[str] | None:
        """The names that the callers of a function give for its `**kwargs`."""
        own = scope.takes
        given = [keyword.arg for call, _ in self._callers(scope) for keyword in call.keywords]
        names = {re.escape(name) for name in given if name is not None and name not in own}
        return names if names and None not in given else None

    def texts(self, node: ast.expr | None, scope: Scope, depth: int = 0) -> set[str] | None:
        """The texts that an expression may be, as regular expressions."""
        if node is None:
            return None
        if (plain := text(node)) is not None:
            return {re.escape(plain)}
        if isinstance(node, ast.IfExp):
            return joined([self.texts(n, scope, depth + 1) for n in (node.body, node.orelse)])
        if isinstance(node, ast.Name):
            return self._name_texts(node, scope, depth)
        made = {_shortened(one) for one in self._put_together(node, scope, depth)}
        return made if ".*" not in made else None

    def _put_together(
        self, node: ast.expr, scope: Scope, depth: int, keys: Sequence[ast.AST] = ()
    ) -> set[str]:
        """The texts that others are put together to, with a mark of its own for some nodes."""
        if (plain := text(node)) is not None:
            return {re.escape(plain)}
        if isinstance(node, ast.FormattedValue) and _is_as_it_is(node):
            node = node.value
        if any(node is key for key in keys):
            return {_KEY}
        if isinstance(node, ast.Name):
            return self._name_texts(node, scope, depth) or {".*"}
        parts = joined_parts(node) if isinstance(node, ast.JoinedStr | ast.BinOp) else []
        if not parts:
            return {_pattern(node, keys)}
        each = [self._put_together(one, scope, depth + 1, keys) for one in parts]
        if math.prod(map(len, each)) > _MOST:
            return {_pattern(node, keys)}
        return {"".join(one) for one in itertools.product(*each)}

    def _name_texts(self, node: ast.Name, scope: Scope, depth: int) -> set[str] | None:
        """The texts of a name: written out, those that it goes over, or what every call gives."""
        inner: Scope | None = scope
        while inner is not None:
            if node.id in inner.takes:
                return self._given.of(node.id, inner, depth)
            if inner.binding(node.id):
                break
            inner = self._flow.scopes.around(inner)
        values = inner.every_value(node.id) if inner is not None else None
        if inner is None or not values:
            return self._looped.name(node, inner, depth) if inner is not None else None
        plain = [text(value) for value in values]
        return None if None in plain else {re.escape(one) for one in plain if one is not None}


def _keeps(target: ast.expr, value: ast.expr, name: str) -> bool:
    """Whether an object gets what a name stands for as an attribute."""
    targets, values = getattr(target, "elts", [target]), getattr(value, "elts", [value])
    kept = any(isinstance(one, ast.Attribute) for one in targets)
    return kept and any(is_name(one, name) for one in values)


def pattern(node: ast.expr) -> str:
    """A text that is put together, as a regular expression with `.*` for what is not known."""
    return _shortened(_pattern(node))


def _shortened(made: str) -> str:
    return re.sub(r"(?:\.\*){2,}", ".*", made)


def fits(made: str, name: str) -> bool:
    """Whether a text may be what a pattern stands for: in linear time, as `re` may not.

    Args:
        made: Literal text, escaped, with `.*` between its parts.
        name: The text.
    """
    first, *rest = [re.sub(r"\\(.)", r"\1", one, flags=re.DOTALL) for one in made.split(".*")]
    if not rest:
        return name == first
    *inner, last = rest
    position, end = len(first), len(name) - len(last)
    if position > end or not (name.startswith(first) and name.endswith(last)):
        return False
    for part in inner:
        found = name.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def _pattern(node: ast.expr, keys: Sequence[ast.AST] = ()) -> str:
    """The same, with a mark of its own for some of the nodes in it."""
    if any(node is key for key in keys):
        return _KEY
    if (plain := text(node)) is not None:
        return re.escape(plain)
    if isinstance(node, ast.FormattedValue) and _is_as_it_is(node):
        return _pattern(node.value, keys) if keys else ".*"
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(one, keys) for one in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _pattern(node.left, keys) + _pattern(node.right, keys)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _percent_pattern(text(node.left))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "format":
            return _format_pattern(text(node.func.value))
        parts = node.args[0] if node.func.attr == "join" and len(node.args) == 1 else None
        if isinstance(parts, ast.List | ast.Tuple):
            return _pattern(node.func.value).join(map(_pattern, parts.elts))
    return ".*"


def _is_as_it_is(node: ast.FormattedValue) -> bool:
    """Whether a text gets into another without being formatted."""
    return node.format_spec is None and node.conversion < 0


def _percent_pattern(template: str | None) -> str:
    return ".*".join(map(re.escape, _PERCENT.split(template))) if template else ".*"


def _format_pattern(template: str | None) -> str:
    try:
        fields = list(Formatter().parse(template or "{}"))
    except ValueError:
        return ".*"
    return "".join(
        re.escape(before) + (".*" if name is not None else "") for before, name, *_ in fields
    )


def _is_update(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    called = node.func if isinstance(node, ast.Call) else None
    is_method = isinstance(called, ast.Attribute) and called.attr == "update"
    return isinstance(called, ast.Attribute) and is_method and is_name(called.value, name)
