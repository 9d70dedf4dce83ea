"""Where a value comes to in the end: over names, parameters and attributes of objects."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from wandb_flyte.analysis.source.kinds import HOLDERS, Kind, all_args, called_name, text
from wandb_flyte.analysis.source.new_objects import chooses_by_arguments
from wandb_flyte.analysis.source.same_ways import same_ways
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import Function, annotated
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.getters import got_by
from wandb_flyte.analysis.tracing.hparams import saves
from wandb_flyte.analysis.tracing.uses import Lost, Use, Uses

from .arguments import is_sure, taken_as
from .forms import made_of
from .items import makes_items
from .objects import Calls, Made, Objects
from .reads import Reads
from .unused import is_idle

_DEEPEST = 8
# What gives all layers of a model, whatever they are called.
_WALKS = frozenset({"children", "modules", "named_children", "named_modules"})


class Ends:
    """Follows the values that a program only gives other names.

    Args:
        flow: The program.
        uses: Where it asks for its names.
        holders: What it reads from each kind of config.
        all_calls: Gives every call of a function; none where something unseen may call it.
        closed: Tells whether no run comes to a place.
    """

    def __init__(
        self,
        flow: Flow,
        uses: Uses,
        holders: Mapping[str, Reads],
        all_calls: Calls,
        closed: Callable[[ast.expr, Scope], object],
    ) -> None:
        self._flow = flow
        self._parents = flow.scopes.parents
        self._uses = uses
        self._holders = holders
        self._config = holders["config"]
        self._all_calls = all_calls
        self._closed = closed

    def of(self, node: ast.expr, scope: Scope) -> Iterator[Use]:
        """The places that make something of a value, lose it from sight, or are never come to.

        Args:
            node: An expression that has it.
            scope: The scope around it.
        """
        own = frozenset(kind.path for kind in self._flow.kinds(node, scope))
        objects = Objects(self._flow, self._config, self._uses, self._all_calls, own)
        todo, seen = [(node, scope, 0)], {id(node)}
        while todo:
            one, place, depth = todo.pop()
            if depth and self._closed(one, place):
                yield one, place
                continue
            try:
                onward = self._onward(one, place, objects, depth)
            except Lost:
                yield one, place
                continue
            for use in onward:
                if id(use[0]) not in seen:
                    seen.add(id(use[0]))
                    todo.append((*use, depth + 1))

    def _onward(self, node: ast.expr, scope: Scope, objects: Objects, depth: int) -> list[Use]:
        """Where a value is asked for again under the names that it gets."""
        if depth > _DEEPEST:
            raise Lost
        if objects.is_noted(node, scope, None) or self._is_returned(node, scope):
            return []
        if same_ways(node, self._parents) is not None:
            return []
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.Expr):
            return []
        if isinstance(parent, ast.Return) and not self._flow.kinds(node, scope):
            return self._given_back(scope)
        if isinstance(parent, ast.Assign | ast.AnnAssign):
            if isinstance(self._parents.get(id(parent)), ast.ClassDef):
                raise Lost
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            return [use for one in targets for use in self._named(one, scope, objects)]
        if isinstance(parent, ast.Tuple | ast.List) and _is_unpacked(parent, self._parents):
            return self._named(_unpacked(node, parent, self._parents), scope, objects)
        if isinstance(parent, ast.Dict):
            return objects.of_item(parent, scope, _key_of(node, parent))
        if (made := made_of(node, scope, self._flow)) is not None:
            return [(made, scope)]
        call = self._parents.get(id(parent)) if isinstance(parent, ast.keyword) else parent
        if not isinstance(call, ast.Call) or call.func is node:
            raise Lost
        called = self._flow.scopes.resolve(call.func, scope)
        if (
            not called
            and isinstance(parent, ast.keyword)
            and parent.arg
            and makes_items(call, scope)
        ):
            return objects.of_item(call, scope, parent.arg)
        if not called and is_idle(call, scope):
            return self._of_object(call, scope, objects)
        if not called or not is_sure(call.func, scope, called):
            raise Lost
        return [use for one in called for use in self._taken(one, node, (call, scope), objects)]

    def _given_back(self, inner: Scope) -> list[Use]:
        """The calls of a function, which give what it returns."""
        calls: list[Use] = [*self._all_calls(inner)]
        if not calls:
            raise Lost
        return calls

    def _of_object(self, made: ast.Call, scope: Scope, objects: Objects) -> list[Use]:
        """Where an object of a package is asked for, by the names that it gets."""
        parent = self._parents.get(id(made))
        if not isinstance(parent, ast.Assign):
            raise Lost
        if self._walks_parts and not all(isinstance(one, ast.Name) for one in parent.targets):
            raise Lost
        return [use for one in parent.targets for use in self._named(one, scope, objects)]

    @cached_property
    def _walks_parts(self) -> bool:
        """Whether the program asks models for all layers that they have."""
        calls = (call for scope in self._flow.scopes.everywhere for call in scope.calls)
        return any(called_name(call) in _WALKS for call in calls)

    def _is_returned(self, node: ast.expr, scope: Scope) -> bool:
        """Whether a function of the program gives a value back, which asks for it itself."""
        kinds = self._flow.kinds(node, scope)
        if isinstance(node, ast.Name):
            holder = self._uses.holder(node.id, scope)
            if holder is None or node.id in holder.takes:
                return False
            values = holder.every_value(node.id) or ()
            given = [one for one in values if kinds & self._flow.kinds(one, holder)]
            calls = (isinstance(one, ast.Call) and self._is_returned(one, holder) for one in given)
            return bool(given) and all(calls)
        if not isinstance(node, ast.Call) or not kinds:
            return False
        base = node.func.value if isinstance(node.func, ast.Attribute) else None
        of_config = any(kind.what in HOLDERS for kind in self._flow.kinds(base, scope))
        called = [] if of_config else self._flow.scopes.resolve(node.func, scope)
        # What only looks an item up asks for it where it is called.
        functions = (one for one in called if isinstance(one, Scope))
        return bool(called) and not any(got_by(one, node, scope, self._flow) for one in functions)

    def _named(self, target: ast.expr, scope: Scope, objects: Objects) -> list[Use]:
        if isinstance(target, ast.Attribute | ast.Subscript):
            held = [k for k in self._flow.kinds(target.value, scope) if k.what in HOLDERS]
            if held:
                kinds = [k for k in self._flow.kinds(target, scope) if k.what in HOLDERS]
                if len(kinds) < len(held) or any(self._is_read(kind) for kind in kinds):
                    raise Lost
                return []
        if isinstance(target, ast.Attribute):
            return objects.of_attribute(target, scope)
        if isinstance(target, ast.Subscript):
            return objects.of_subscript(target, scope)
        if not isinstance(target, ast.Name):
            raise Lost
        return self._uses.of(target.id, self._uses.holder(target.id, scope))

    def _taken(
        self, target: Scope | ast.ClassDef, node: ast.expr, made: Made, objects: Objects
    ) -> list[Use]:
        """Where what a call is given is asked for, in the function or the object made of it."""
        if chooses_by_arguments(target, self._flow.scopes):
            raise Lost
        inner = self._flow.scopes.entered_by(target)
        if inner is None and isinstance(target, ast.ClassDef):
            return objects.of_call(*made, _field(target, node, made[0]))
        name, inner = taken_as(node, made[0], inner, self._flow.scopes)
        kept = inner.owner is not None and inner.makes is not None and self._keeps
        found = objects.kept(name) if kept else []
        return [*found, *self._uses.of(name, inner, kept=kept)] if name in inner.takes else found

    def _is_read(self, kind: Kind) -> bool:
        """Whether a part of a config may be read where it was put."""
        return not kind.path or self._holders[kind.what].may_read(kind.path)

    @cached_property
    def _keeps(self) -> bool:
        """Whether a module of the program keeps the parameters that it is given."""
        return any(saves(call) for scope in self._flow.scopes.everywhere for call in scope.calls)


def _key_of(node: ast.expr, held: ast.Dict) -> str:
    """The key under which a dict has a value."""
    keys = (key for key, value in zip(held.keys, held.values, strict=True) if value is node)
    key = text(next(keys, None))
    if key is None:
        raise Lost
    return key


def _is_unpacked(held: ast.Tuple | ast.List, parents: Mapping[int, ast.AST]) -> bool:
    statement = parents.get(id(held))
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return len(targets) == 1 and isinstance(targets[0], ast.Tuple | ast.List)


def is_unpacked_plainly(
    node: ast.expr, held: ast.AST | None, parents: Mapping[int, ast.AST]
) -> bool:
    """Whether one of several values gets a name or an attribute: `a, self.b = 1, 2`."""
    if not isinstance(held, ast.Tuple | ast.List) or not _is_unpacked(held, parents):
        return False
    try:
        return isinstance(_unpacked(node, held, parents), ast.Name | ast.Attribute)
    except Lost:
        return False


def _unpacked(
    node: ast.expr, held: ast.Tuple | ast.List, parents: Mapping[int, ast.AST]
) -> ast.expr:
    """What gets a value of several: `a, b = 1, 2`."""
    statement = parents.get(id(held))
    if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
        raise Lost
    target = statement.targets[0]
    if not isinstance(target, ast.Tuple | ast.List) or len(target.elts) != len(held.elts):
        raise Lost
    if any(isinstance(one, ast.Starred) for one in [*held.elts, *target.elts]):
        raise Lost
    return target.elts[held.elts.index(node)]


def _field(owner: ast.ClassDef, node: ast.expr, call: ast.Call) -> str:
    """The field of a dataclass that an argument becomes."""
    fields = [name for name, _ in annotated(owner)]
    after = [one for one in owner.body if getattr(one, "name", "") == "__post_init__"]
    if any(isinstance(one, Function) and len(all_args(one)) > 1 for one in after):
        raise Lost  # It may be given the field instead.
    for keyword in call.keywords:
        if keyword.value is node and keyword.arg in fields:
            return keyword.arg
    place = next((i for i, one in enumerate(call.args) if one is node), len(fields))
    if any(isinstance(one, ast.Starred) for one in call.args) or place >= len(fields):
        raise Lost
    return fields[place]
