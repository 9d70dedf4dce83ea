"""Where an attribute of an object that the program makes is asked for, wherever the object goes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cached_property

from wandb_flyte.analysis.source.kinds import called_name, full_name, is_name, text
from wandb_flyte.analysis.source.plain_classes import looking_bases
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import named_by, walk
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.lightning import LIGHTNING, LOOKED_AT, TUNED, may_tune
from wandb_flyte.analysis.tracing.noted import noted_under
from wandb_flyte.analysis.tracing.uses import Lost, Use, Uses
from wandb_flyte.spec import dotted

from .arguments import spread_uses, taken_as
from .items import NAMESPACES, is_copied, makes_items
from .modules import bound_in, of_module, own_module
from .reads import Keys, Reads

Made = tuple[ast.Call, Scope]
Calls = Callable[[Scope], list[Made]]

# Decorators that look at no attributes of their own accord.
_DECORATES = frozenset({"dataclass", "dataclasses.dataclass"})

_COPIES = frozenset({"copy.copy", "copy.deepcopy"})
_DICTS = frozenset({"asdict", "dict", "vars"})
_LOOKS = frozenset({"bool", "id", "isinstance", "type"})
_ASKS = frozenset({"delattr", "getattr", "hasattr"})
_ASKS_ANY = frozenset({"__dict__", "asdict", "attrgetter", "vars"})
# Methods of dicts, and of objects that are like them: for one of their items, or all.
_DICT_LIKE = frozenset({"copy", "get", "items", "pop", "setdefault", "to_dict", "update", "values"})
_TESTS = (ast.Assert, ast.Expr, ast.If, ast.UnaryOp, ast.While)


class Objects:
    """Follows the objects of a program, to find who asks for one of their attributes.

    Args:
        flow: The program.
        config: What it reads from its run's config.
        uses: Where it asks for its names.
        all_calls: Gives every call of a function; none where something unseen may call it.
        own: The keys under which it reads the value itself that it is about.
    """

    def __init__(
        self, flow: Flow, config: Reads, uses: Uses, all_calls: Calls, own: frozenset[Keys]
    ) -> None:
        self._flow = flow
        self._config = config
        self._own = own
        self._parents = flow.scopes.parents
        self._uses = uses
        self._all_calls = all_calls

    def of_attribute(self, target: ast.Attribute, scope: Scope) -> list[Use]:
        """Where an attribute is asked for that is set somewhere.

        Raises:
            Lost: That may be anywhere.
        """
        return list(self._kept(target, scope, set()))

    def _kept(self, target: ast.Attribute, scope: Scope, seen: set[int]) -> Iterator[Use]:
        name = target.attr
        if is_name(target.value, "self") and scope.owner is not None:
            yield from self._of_own(scope.owner, name, seen)
            return
        if (module := own_module(target.value, scope)) is not None:
            yield from of_module(module, name, self._uses, self._flow.scopes)
            return
        for made, place in self._origins(target.value, scope, 0):
            yield from self._of_made(made, place, name, seen)
        for one, place in self._variables(target.value, scope, seen):
            yield from self._spread(one, place, name, seen)

    def of_call(self, call: ast.Call, scope: Scope, name: str) -> list[Use]:
        """The same for an object's attribute, from where it is made.

        Raises:
            Lost: That may be anywhere.
        """
        seen: set[int] = set()
        return [*self._of_made(call, scope, name, seen), *self._spread(call, scope, name, seen)]

    def of_item(self, made: ast.expr, scope: Scope, name: str) -> list[Use]:
        """The same for an item of a dict, from where it is written.

        Raises:
            Lost: That may be anywhere.
        """
        return list(self._spread(made, scope, name, set()))

    def of_subscript(self, target: ast.Subscript, scope: Scope) -> list[Use]:
        """The same for an item that is put into a dict.

        Raises:
            Lost: That may be anywhere.
        """
        name = text(target.slice)
        if name is None or not self._is_dict(target.value, scope, 0):
            raise Lost
        seen: set[int] = set()
        found = list(self._variables(target.value, scope, seen))
        return [use for one, place in found for use in self._spread(one, place, name, set())]

    def _is_dict(self, node: ast.expr, scope: Scope, depth: int) -> bool:
        """Whether a name is that of dicts which have no other, but parameters."""
        if not isinstance(node, ast.Name) or depth > 4:
            return makes_items(node, scope)
        holder = self._holder(node, scope)
        values = holder.every_value(node.id)
        if node.id in holder.takes:
            given = self._given(node.id, holder) if values == [] else []
            return bool(given) and all(self._is_dict(*one, depth + 1) for one in given)
        statements = (self._parents.get(id(one)) for one in values or ())
        alone = all(len(getattr(one, "targets", "1")) == 1 for one in statements)
        return bool(values) and alone and all(makes_items(one, holder) for one in values or ())

    def kept(self, name: str) -> list[Use]:
        """The same for what Lightning keeps of a module's parameters.

        Raises:
            Lost: That may be anywhere.
        """
        if name in TUNED and self._may_tune:
            raise Lost
        seen: set[int] = set()
        found = (self._spread(*use, name, seen) for use in self._uses.attributes("hparams"))
        return [use for uses in found for use in uses]

    def is_noted(self, node: ast.expr, scope: Scope, name: str | None) -> bool:
        """Whether a value is only written down, and not read from there.

        Args:
            node: The value.
            scope: The scope around it.
            name: Of an object: its attribute that this is about.
        """
        keys = noted_under(node, self._flow, scope)
        if keys is None:
            return False
        path = (*keys, name) if name is not None else keys
        return not path or path in self._own or not self._config.may_read(path)

    # -- where an object comes from ---------------------------------------------------------------

    def _variables(self, node: ast.expr, scope: Scope, seen: set[int]) -> Iterator[Use]:
        """Every place that asks for a variable, or for those that a parameter is given."""
        if id(node) in seen:
            return
        seen.add(id(node))
        name, holder = self._bound(node, scope)
        yield from self._uses.of(name, holder)
        if name in holder.takes:
            for one, place in self._given(name, holder):
                if isinstance(one, ast.Name):
                    yield from self._variables(one, place, seen)

    def _origins(
        self, node: ast.expr, scope: Scope, depth: int
    ) -> Iterator[tuple[ast.Call, Scope]]:
        """The calls that make what a name stands for."""
        if depth > 4:
            raise Lost
        if isinstance(node, ast.Call):
            yield from self._makers(node, scope, depth)
            return
        name, holder = self._bound(node, scope)
        values = holder.every_value(name)
        if name in holder.takes:
            given = self._given(name, holder) if values == [] else []
        else:
            given = [(value, holder) for value in values or ()]
        if not given:
            raise Lost
        for value, place in given:
            yield from self._origins(value, place, depth + 1)

    def _makers(self, call: ast.Call, scope: Scope, depth: int) -> Iterator[Made]:
        targets = self._flow.scopes.resolve(call.func, scope)
        if not targets and full_name(call.func, scope.module.outside) in NAMESPACES:
            yield call, scope
        elif len(targets) != 1:
            raise Lost
        elif isinstance(inner := targets[0], ast.ClassDef):
            yield call, scope
        else:
            returns = inner.each(ast.Return)
            for one in returns:
                if not isinstance(one.value, ast.Call):
                    raise Lost
                yield from self._makers(one.value, inner, depth + 1)
            if not returns or depth > 4:
                raise Lost

    def _bound(self, node: ast.expr, scope: Scope) -> tuple[str, Scope]:
        if not isinstance(node, ast.Name):
            raise Lost
        return bound_in(node.id, scope, self._uses, self._flow.scopes)

    def _holder(self, node: ast.expr, scope: Scope) -> Scope:
        if (holder := self._uses.holder(getattr(node, "id", ""), scope)) is None:
            raise Lost
        return holder

    def _given(self, name: str, holder: Scope) -> list[Use]:
        """What every caller gives for a parameter."""
        calls = self._all_calls(holder)
        found = [(holder.arguments(call).get(name), place) for call, place in calls]
        if not found:
            raise Lost
        return [(_known(value), place) for value, place in found]

    def _of_made(self, call: ast.Call, scope: Scope, name: str, seen: set[int]) -> Iterator[Use]:
        """Where the methods of an object ask for an attribute of it."""
        for target in self._flow.scopes.resolve(call.func, scope):
            if not isinstance(target, ast.ClassDef) or not self._is_plain(target, name):
                raise Lost
            for inner in self._flow.scopes.everywhere:
                for one, place in self._uses.of("self", inner) if inner.owner is target else ():
                    yield from self._spread(one, place, name, seen)

    def _of_own(self, owner: ast.ClassDef, name: str, seen: set[int]) -> Iterator[Use]:
        """Where an attribute is asked for that a class sets on its own objects."""
        if not self._is_plain(owner, name):
            raise Lost
        if not owner.bases:
            init = self._flow.scopes.init_of(owner)
            calls = self._all_calls(init) if init is not None else []
            if not calls:
                raise Lost
            for call, place in calls:
                yield from self._of_made(call, place, name, seen)
                yield from self._spread(call, place, name, seen)
            return
        # Other packages are given models, and ask for no attributes but those of all models.
        for module in self._flow.sources.modules:
            for node in walk(module.tree):
                if (getattr(node, "attr", None) or getattr(node, "id", None)) in _ASKS_ANY:
                    raise Lost
                if not isinstance(node, ast.Call) or called_name(node) not in _ASKS:
                    continue
                if _asked_by(node) in (None, name):
                    raise Lost
        related = self._flow.scopes.related_to(owner)
        for use in self._uses.attributes(name):
            within = use[1].within
            if not is_name(use[0].value, "self") or within is None or id(within) in related:
                yield use

    def _is_plain(self, owner: ast.ClassDef, name: str) -> bool:
        """Whether nothing but a class's own methods looks at an attribute of its objects."""
        bases = looking_bases(owner, self._flow.scopes)
        modules = {base for base in bases if base.rpartition(".")[2] in LIGHTNING}
        if modules and (name in LOOKED_AT or (name in TUNED and self._may_tune)):
            return False
        decorators = (dotted(named_by(one)) for one in owner.decorator_list)
        return (
            bases == modules and not owner.keywords and all(one in _DECORATES for one in decorators)
        )

    @cached_property
    def _may_tune(self) -> bool:
        return may_tune(self._flow.scopes)

    # -- where it goes ----------------------------------------------------------------------------

    def _spread(self, node: ast.expr, scope: Scope, name: str, seen: set[int]) -> Iterator[Use]:
        """Where an attribute of an object is asked for, or of what it goes on to be."""
        if id(node) in seen or self.is_noted(node, scope, name):
            return
        seen.add(id(node))
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.Attribute):
            call = self._parents.get(id(parent))
            if parent.attr == "__dict__":
                yield from self._copy(parent, scope, name, seen)
            elif isinstance(call, ast.Call) and call.func is parent and parent.attr in _DICT_LIKE:
                yield from self._item(call.args[0] if call.args else None, call, scope, name)
            elif parent.attr == name and isinstance(parent.ctx, ast.Load):
                yield parent, scope
        elif isinstance(parent, ast.Subscript) and parent.value is node:
            yield from self._item(parent.slice, parent, scope, name)
        elif isinstance(parent, ast.Assign | ast.AnnAssign):
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            for target in targets:
                for one, place in self._named(target, scope, seen):
                    yield from self._spread(one, place, name, seen)
        elif isinstance(parent, ast.Call | ast.keyword):
            yield from self._argument(node, parent, scope, name, seen)
        elif isinstance(parent, ast.Return):
            calls = self._all_calls(scope)
            if not calls:
                raise Lost
            for call, place in calls:
                yield from self._spread(call, place, name, seen)
        elif isinstance(parent, ast.BoolOp | ast.IfExp) and not _is_test(node, parent):
            yield from self._spread(parent, scope, name, seen)
        elif not isinstance(parent, _TESTS) and not _is_test(node, parent):
            raise Lost

    def _named(self, target: ast.expr, scope: Scope, seen: set[int]) -> list[Use]:
        """Where something is asked for by the name or the attribute that it gets."""
        if isinstance(target, ast.Name):
            return self._uses.of(target.id, self._holder(target, scope))
        if not isinstance(target, ast.Attribute):
            raise Lost
        return list(self._kept(target, scope, seen))

    def _argument(
        self, node: ast.expr, parent: ast.AST, scope: Scope, name: str, seen: set[int]
    ) -> Iterator[Use]:
        """The same for an object that a call is given."""
        call = self._parents.get(id(parent)) if isinstance(parent, ast.keyword) else parent
        if not isinstance(call, ast.Call) or call.func is node:
            raise Lost
        if isinstance(parent, ast.keyword) and parent.arg is None:
            yield from spread_uses(name, call, scope, self._uses, self._flow.scopes)
            return
        if targets := self._flow.scopes.resolve(call.func, scope):
            for inner in map(self._flow.scopes.entered_by, targets):
                taken, function = taken_as(node, call, inner, self._flow.scopes)
                for one, place in self._uses.of(taken, function) if taken in function.takes else ():
                    yield from self._spread(one, place, name, seen)
            return
        called = called_name(call)
        if called in _DICTS and len(call.args) == 1 and not call.keywords:
            yield from self._copy(call, scope, name, seen)
        elif full_name(call.func, scope.module.outside) in _COPIES:
            yield from self._spread(call, scope, name, seen)
        elif called in _ASKS:
            asked = _asked_by(call)
            if asked is None:
                raise Lost
            if asked == name:
                yield call, scope
        elif called not in _LOOKS:
            raise Lost

    def _item(self, key: ast.expr | None, node: ast.expr, scope: Scope, name: str) -> Iterator[Use]:
        """An item that is taken out of an object, or of a dict of its attributes."""
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            return
        asked = text(key)
        if asked is None:
            raise Lost
        if asked == name:
            yield node, scope

    def _copy(self, node: ast.expr, scope: Scope, name: str, seen: set[int]) -> Iterator[Use]:
        """The same for a dict of all of an object's attributes."""
        if id(node) in seen:
            return
        seen.add(id(node))
        if self.is_noted(node, scope, name):
            return
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.Subscript) and parent.value is node:
            yield from self._item(parent.slice, parent, scope, name)
        elif isinstance(parent, ast.Dict | ast.Call) and is_copied(node, parent):
            yield from self._copy(parent, scope, name, seen)
        elif isinstance(parent, ast.Assign) and len(parent.targets) == 1:
            target = parent.targets[0]
            if not isinstance(target, ast.Name):
                raise Lost
            for one, place in self._uses.of(target.id, self._holder(target, scope)):
                yield from self._copy(one, place, name, seen)
        else:
            raise Lost


def _known(value: ast.expr | None) -> ast.expr:
    if value is None:
        raise Lost
    return value


def _asked_by(call: ast.Call) -> str | None:
    """The attribute that `getattr` and its kin ask for; None when they may ask for any."""
    return text(call.args[1]) if len(call.args) > 1 else None


def _is_test(node: ast.expr, parent: ast.AST | None) -> bool:
    """Whether nothing is asked of an object but whether it is there."""
    if isinstance(parent, ast.Compare):
        return all(isinstance(one, ast.Is | ast.IsNot) for one in parent.ops)
    return getattr(parent, "test", None) is node
