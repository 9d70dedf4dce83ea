"""Which names a program's own objects have: what their classes, options or files give them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from wandb_flyte.analysis.command_line.options import read_interface
from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.decorators import is_changed
from wandb_flyte.analysis.source.fields import Fields, are_frozen
from wandb_flyte.analysis.source.kinds import (
    HOLDERS,
    Kind,
    all_args,
    called_name,
    full_name,
    is_name,
    literal,
    owner,
)
from wandb_flyte.analysis.source.own_attributes import OwnAttributes
from wandb_flyte.analysis.source.put_names import PutNames
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import parameters, walk
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.source.written_dicts import items_under, written_items

from .config_keys import known_arguments
from .known_values import KnownValues

_DEEPEST = 8
# What makes the same object again, or one with the same names.
_SAME = frozenset({"copy.copy", "copy.deepcopy", "dataclasses.replace", "tyro.cli"})
# What makes an object of a dict, with its keys as attributes.
_WRAPPERS = frozenset(
    {
        *("argparse.Namespace", "dict", "easydict.EasyDict", "munch.Munch", "munch.munchify"),
        *("omegaconf.OmegaConf.create", "types.SimpleNamespace"),
    }
)
# What gives the names of an object's attributes, or of a class's fields.
_LISTS = frozenset({"dataclasses.asdict", "dataclasses.fields", "dir", "list", "set", "vars"})
_COPIES = frozenset({"copy", "items", "keys"})
_TABLES = frozenset({"__annotations__", "__dataclass_fields__", "__dict__"})


class Named(NamedTuple):
    """What is known of an object.

    Attributes:
        names: Every name that it may have.
        labels: What it is called, as `Config`.
    """

    names: frozenset[str]
    labels: tuple[str, ...] = ()


_Found = Named | None
_Find = Callable[[ast.expr, Scope], _Found]


class OwnNames:
    """Tells which names objects of a program have; nothing where others may be there too.

    Args:
        program: The program.
        known: What is known of the values in it.
        loops: What puts nothing under new names into anything.

    Attributes:
        parents: What each node of it stands in.
    """

    def __init__(self, program: Program, known: KnownValues, loops: Iterable[ast.AST]) -> None:
        self._program = program
        self._flow = program.flow
        self._scopes = program.flow.scopes
        self.parents = program.flow.scopes.parents
        self._known = known
        self._fields = Fields(self._scopes)
        self._own = OwnAttributes(self._scopes)
        # The names that are being looked up: they add nothing to themselves.
        self._open: set[tuple[int, str]] = set()
        self._put = PutNames(self._scopes, {id(node) for loop in loops for node in walk(loop)})

    def attributes(self, node: ast.expr, scope: Scope, depth: int = 0) -> _Found:
        """Every attribute that an object may have."""
        if depth > _DEEPEST or self._scopes.runs_text:
            return None
        if self._is_arguments(node, scope):
            return self._arguments()
        if any(kind.what in HOLDERS for kind in self._flow.kinds(node, scope)):
            return None
        if (keys := self._keys_of(node, scope)) is not None:
            return self._of_dict(keys)
        if isinstance(node, ast.Name) and node.id in ("cls", "self") and scope.owner is not None:
            return self._of_class(scope.owner, or_heirs=True)
        if isinstance(node, ast.Call):
            return self._made(node, scope, depth + 1)
        if (named := self._fields.named(node, scope)) is not None:
            return self._of_class(named)
        return self._each(
            node, scope, lambda one, place: self.attributes(one, place, depth + 1), depth
        )

    def is_config(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is the trial's config."""
        return self._flow.kinds(node, scope) == {Kind("config")}

    def keys(self, node: ast.expr, scope: Scope, depth: int = 0) -> _Found:
        """Everything that may be `in` an object."""
        if depth > _DEEPEST or self._scopes.runs_text:
            return None
        listed = literal(node)
        if isinstance(listed, list | tuple | set | frozenset):
            return Named(_texts(listed))
        if isinstance(node, ast.Attribute) and node.attr in _TABLES:
            return self.attributes(node.value, scope, depth + 1)
        if self._is_arguments(node, scope):
            return self.attributes(node, scope, depth)
        if (written := self._keys_of(node, scope)) is not None:
            return self._of_dict(written, with_attributes=items_under(node, UNKNOWN) is None)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in _COPIES:
                return self.keys(node.func.value, scope, depth + 1)
            called = full_name(node.func, scope.module.outside)
            if called in _WRAPPERS:
                return self._made(node, scope, depth + 1)
            if called in _LISTS and len(node.args) == 1:
                inner = self.attributes(node.args[0], scope, depth + 1)
                return inner or self.keys(node.args[0], scope, depth + 1)
        if isinstance(node, ast.SetComp | ast.ListComp):
            return self._field_names(node, scope, depth)
        return self._each(node, scope, lambda one, place: self.keys(one, place, depth + 1), depth)

    # -- where objects come from ------------------------------------------------------------------

    def _made(self, node: ast.Call, scope: Scope, depth: int) -> _Found:
        """The attributes of what a call gives."""
        called = full_name(node.func, scope.module.outside)
        if called in _SAME and node.args:
            return self.attributes(node.args[0], scope, depth)
        whole = [*node.args, *(k.value for k in node.keywords if k.arg is None)]
        if called in _WRAPPERS and len(whole) == 1 and len(node.args) + len(node.keywords) == 1:
            return self.attributes(owner(whole[0]), scope, depth)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "copy" and not whole:
            return self.attributes(node.func.value, scope, depth)
        targets = self._scopes.resolve(node.func, scope)
        if len(targets) != 1:
            return None
        if isinstance(targets[0], ast.ClassDef):
            return self._of_class(targets[0])
        return self._returned(targets[0], depth)

    def _returned(self, function: Scope, depth: int) -> _Found:
        """The attributes of what a function returns."""
        if not isinstance(function.node, ast.FunctionDef) or is_changed(function.node):
            return None
        if annotated := self._annotated(function.node.returns, function):
            return annotated
        values = [node.value for node in function.each(ast.Return)]
        return _union(self.attributes(one, function, depth) if one else None for one in values)

    def _each(self, node: ast.expr, scope: Scope, find: _Find, depth: int) -> _Found:
        """The names of whatever a name, an attribute or an item may stand for."""
        if isinstance(node, ast.Name):
            return self._each_value(node.id, scope, find, depth)
        if isinstance(node, ast.Subscript):
            return self._each_item(node, scope, find, depth)
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            return None
        if node.value.id == "self":
            return _union(find(*one) for one in self._own.given(node.attr, scope))
        source, there = scope.module.imports.get(node.value.id, (None, ""))
        top = self._scopes.top_of(source) if source is not None and not there else None
        return self._each_value(node.attr, top, find, depth + 1) if top is not None else None

    def _each_item(self, node: ast.Subscript, scope: Scope, find: _Find, depth: int) -> _Found:
        """The names of whatever an item of a written dict may be."""
        key = self._known.value(node.slice, scope)

        def of(base: ast.expr, place: Scope) -> _Found:
            items = items_under(base, key)
            if items is None:
                return self._each(base, place, of, depth + 1) if depth <= _DEEPEST else None
            return _union(find(item, place) for item in items)

        return of(node.value, scope)

    def _each_value(self, name: str, scope: Scope, find: _Find, depth: int) -> _Found:
        inner: Scope | None = scope if depth <= _DEEPEST else None
        while inner is not None:
            if name in inner.takes:
                return self._parameter(name, inner, find)
            if annotated := self._annotated(_annotation(name, inner), inner):
                return annotated
            if (unpacked := _unpacked(name, inner)) is not None:
                return self._part(*unpacked, inner, find)
            values = inner.every_value(name)
            if values and name not in self._put.shared:
                return self._values(name, values, inner, find)
            source, there = inner.module.imports.get(name, (None, ""))
            top = self._scopes.top_of(source) if source is not None and there else None
            if top is not None and top is not inner and values != []:
                return self._each_value(there, top, find, depth + 1)
            inner = self._scopes.around(inner) if values == [] else None
        return None

    def _values(self, name: str, values: list[ast.expr], scope: Scope, find: _Find) -> _Found:
        if (key := (id(scope), name)) in self._open:
            return Named(frozenset())
        self._open.add(key)
        found = _union(find(one, scope) for one in values)
        self._open.discard(key)
        return found

    def _part(self, value: ast.expr, index: int, scope: Scope, find: _Find) -> _Found:
        """One of the values that a function returns together."""
        targets = self._scopes.resolve(value.func, scope) if isinstance(value, ast.Call) else []
        inner = targets[0] if len(targets) == 1 else None
        if not isinstance(inner, Scope):
            return None
        returned = [node.value for node in inner.each(ast.Return)]
        parts = [
            one.elts[index] if isinstance(one, ast.Tuple) and index < len(one.elts) else None
            for one in returned
        ]
        return _union(find(one, inner) if one else None for one in parts)

    def _parameter(self, name: str, scope: Scope, find: _Find) -> _Found:
        """The names of what every caller gives a function."""
        assert scope.node is not None  # noqa: S101 - a module has no parameters
        if scope.every_value(name) != []:
            return None
        arg = next(one for one in all_args(scope.node) if one.arg == name)
        if annotated := self._annotated(arg.annotation, scope):
            return annotated
        defaults = {arg.arg: default for arg, default in parameters(scope.node)}
        found: list[_Found] = []
        for call, place in self._known.all_calls(scope):
            spread = None in {keyword.arg for keyword in call.keywords}
            if spread or any(isinstance(one, ast.Starred) for one in call.args):
                return None
            given = scope.arguments(call).get(name)
            value, where = (given, place) if given is not None else (defaults.get(name), scope)
            found.append(find(value, where) if value is not None else None)
        return _union(found)

    def _annotated(self, annotation: ast.expr | None, scope: Scope) -> _Found:
        """The attributes of what has an annotation; None when it names no class of the program."""
        found = self._fields.annotated(annotation, scope)
        return self._of_class(found, or_heirs=True) if found is not None else None

    # -- what they have ---------------------------------------------------------------------------

    def _is_arguments(self, node: ast.expr, scope: Scope) -> bool:
        return self._flow.kinds(node, scope) == {Kind("args")}

    def _arguments(self) -> _Found:
        """The names that the parsed arguments have."""
        program = self._program
        if program.function is not None:
            program = replace(program, interface=read_interface(self._flow))
        names = None if self._sets_defaults() else known_arguments(program)
        if names is None or None in self._put.into_objects:
            return None
        return Named(self._put.written | names)

    def _sets_defaults(self) -> bool:
        """Whether the command line gives more than its options."""
        calls = (call for scope in self._scopes.everywhere for call in scope.calls)
        return any(called_name(call) == "set_defaults" for call in calls)

    def _of_dict(self, keys: frozenset[str], *, with_attributes: bool = True) -> _Found:
        """The names of a dict, or of what is made of it, which code may add to."""
        filled = any(self._is_known_dict(*one) for one in self._put.into_dicts)
        if filled or None in self._put.into_objects:
            return None
        if not with_attributes:
            return Named(keys | self._put.items)
        return Named(keys | self._put.written | frozenset(dir(dict)))

    def _of_class(self, node: ast.ClassDef, *, or_heirs: bool = False) -> _Found:
        """The attributes of a class and its objects, or also of those of the classes below it."""
        classes = self._fields.family(node, or_heirs=or_heirs)
        names = self._fields.names(classes) if classes is not None else None
        if classes is None or names is None:
            return None
        into = self._put.into_objects
        if any(one in into for one in classes) or (None in into and not are_frozen(classes)):
            return None
        return Named(names | self._put.written | frozenset(dir(object)), (node.name,))

    def _keys_of(self, node: ast.expr, scope: Scope) -> frozenset[str] | None:
        """The keys of a dict that the source writes out, or a file of a name that it does."""
        if (items := written_items(node)) is not None:
            keys = [key for key, _ in items]
            return _texts(keys) if None not in keys else None
        if not isinstance(node, ast.Call | ast.Name | ast.Subscript):
            return None
        value = self._known.value(node, scope)
        return _texts(value) if isinstance(value, dict) else None

    def _is_known_dict(self, node: ast.expr, scope: Scope, depth: int = 0) -> bool:
        """Whether an expression may be a dict whose keys are known."""

        def find(one: ast.expr, place: Scope) -> _Found:
            is_known = depth < _DEEPEST and self._is_known_dict(one, place, depth + 1)
            return Named(frozenset()) if is_known else None

        known = self._keys_of(node, scope) is not None
        return known or self._each(node, scope, find, depth) is not None

    def _field_names(self, node: ast.SetComp | ast.ListComp, scope: Scope, depth: int) -> _Found:
        """The names in `{field.name for field in fields(Config)}`."""
        loop, element = node.generators[0], node.elt
        is_named = isinstance(element, ast.Attribute) and element.attr == "name"
        if not is_named or len(node.generators) != 1 or not isinstance(loop.iter, ast.Call):
            return None
        fields = called_name(loop.iter) == "fields"
        return self.keys(loop.iter, scope, depth + 1) if fields else None


def _union(found: Iterable[_Found]) -> _Found:
    """All names together; None where some are not known, or there are none."""
    each = list(found)
    known = [one for one in each if one is not None]
    if not known or len(known) != len(each):
        return None
    labels = tuple(dict.fromkeys(label for one in known for label in one.labels))
    return Named(frozenset().union(*(one.names for one in known)), labels)


def _texts(values: Iterable[object]) -> frozenset[str]:
    return frozenset(value for value in values if isinstance(value, str))


def _annotation(name: str, scope: Scope) -> ast.expr | None:
    """The annotation that a scope has for a name of its own."""
    for node in scope.each(ast.AnnAssign):
        if is_name(node.target, name):
            return node.annotation
    return None


def _unpacked(name: str, scope: Scope) -> tuple[ast.expr, int] | None:
    """What a name is a part of, and which, where one assignment of many names binds it."""
    if len(scope.binding(name)) != 1:
        return None
    for target, value in scope.bindings:
        parts = target.elts if isinstance(target, ast.Tuple) else []
        for index, one in enumerate(parts):
            if is_name(one, name) and ast.Starred not in map(type, parts):
                return value, index
    return None
