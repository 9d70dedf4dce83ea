"""Values that an expression has in every trial: neither command nor sweep changes them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Any

from wandb_flyte.analysis.source.compare import COMPARE, FORMS, same
from wandb_flyte.analysis.source.config_files import find_config, loaded_name
from wandb_flyte.analysis.source.decorators import is_changed
from wandb_flyte.analysis.source.inherited import only_tells
from wandb_flyte.analysis.source.joined import joined_parts
from wandb_flyte.analysis.source.kinds import (
    Kind,
    bindings,
    full_name,
    is_name,
    root_name,
    text,
)
from wandb_flyte.analysis.source.own_attributes import OwnAttributes
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import is_none
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.always import Always
from wandb_flyte.analysis.tracing.class_defaults import ClassDefaults
from wandb_flyte.analysis.tracing.constants import Constants
from wandb_flyte.analysis.tracing.hparams import Hparams, kept_by
from wandb_flyte.analysis.tracing.object_classes import ObjectClasses
from wandb_flyte.analysis.tracing.stored_keys import StoredKeys

from .branches import may_run
from .callers import Place, default_of, given_by
from .case import Case
from .config_keys import ConfigKeys
from .hydra import fixed_values, hydra_config
from .known_options import is_whole, known_options
from .swept import Swept

# What puts something into a name, an object or a mapping, or only asks for it.
_STORES = (ast.Attribute, ast.Call, ast.Global, ast.Name, ast.Nonlocal, ast.Subscript)


class _Config:
    """The trial's config: never None, and never empty, whatever is in it."""


_CONFIG = _Config()


class KnownValues:
    """What is known of the values in a program when a sweep starts it.

    Args:
        case: The sweep and its code.
        with_options: Whether what a command line gives its options stays what it is.

    Attributes:
        hydra_config: Every key of the Hydra config that it starts with; None without one, or when
            not all of it can be seen.
        hyperparameters: The values that the sweep gives.
        stored: The keys that the code puts into mappings.
    """

    def __init__(self, case: Case, *, with_options: bool = True) -> None:
        self._flow = case.program.flow
        self._scopes = case.program.flow.scopes
        self._attributes = OwnAttributes(self._scopes)
        self._constants = Constants(self._flow)
        self._style = case.program.interface.style
        self._is_bare = case.bare
        config = case.program.config
        # What the sweep leaves of `wandb.init(config=args)`, and nothing else, are the arguments.
        self._config_is_args = config.supplies_args and not config.supplies_unseen
        self._options = dict(known_options(case)) if with_options else {}
        self.hydra_config = hydra_config(case)
        self._hydra = fixed_values(case, self.hydra_config)
        self._names: dict[tuple[int, str], Any] = {}
        self._wholes: dict[tuple[int, str | int], bool] = {}
        # How often each name stands in the code, and how often as what an object has.
        self._mentions: dict[str, int] = {}
        self._members: dict[str, int] = {}
        self._shared: set[str] = set()
        self.stored = StoredKeys(self._flow, frozenset(case.sweep.names))
        self._keys = ConfigKeys(case, self.stored)
        self.hyperparameters = Swept(case)
        self._hparams = Hparams(self._flow)
        self._always = Always(self._flow, self.all_calls)
        self._classes = ObjectClasses(self._flow, self.all_calls)
        self._defaults = ClassDefaults(self._flow, self._classes.class_of)
        self._fills: bool | None = None
        spec = case.document.path.absolute().parent
        self._folders = (case.program.file.absolute().parent, Path.cwd(), spec)
        parents = self._scopes.parents
        for scope in self._scopes.reached:
            own = scope.takes
            for node in scope.each(*_STORES):
                if isinstance(node, ast.Name) and (node.id in own or only_tells(node, parents)):
                    continue
                if isinstance(node, ast.Name | ast.Attribute):
                    name = node.id if isinstance(node, ast.Name) else node.attr
                    self._mentions[name] = self._mentions.get(name, 0) + 1
                    is_of_module = root_name(node) in scope.module.imports
                    if isinstance(node, ast.Attribute) and not is_of_module:
                        self._members[name] = self._members.get(name, 0) + 1
                    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                        self._shared.update([] if is_name(node.value, "self") else [name])
                elif isinstance(node, ast.Global | ast.Nonlocal):
                    self._shared.update(node.names)
                self.stored.note(node, scope)

    def all_calls(self, scope: Scope) -> list[tuple[ast.Call, Scope]]:
        """Every call of a function; none where something unseen may call it."""
        node = scope.node
        if node is None or is_changed(node) or scope is self._flow.start:
            return []
        called = scope.makes
        if (called or node) in self._scopes.made.definitions:
            return []
        name = node.name if called is None else called.name
        calls = self._flow.callers.get(id(scope if called is None else called), [])
        others = self._members.get(name, 0) if scope.owner is None or called is not None else 0
        # Whoever gets the function itself may call it.
        return calls if self._mentions.get(name, 0) - others <= len(calls) else []

    def named(self, scope: Scope) -> list[tuple[ast.AST, Scope]]:
        """Every place that names a function which none calls; none where something unseen may."""
        node = scope.node
        if node is None or is_changed(node) or scope is self._flow.start or scope.owner:
            return []
        if node in self._scopes.made.definitions or self._flow.callers.get(id(scope)):
            return []
        places = self._scopes.names.get(node.name, [])
        times = self._mentions.get(node.name, 0) - self._members.get(node.name, 0)
        return places if len(places) == times else []

    def assuming(self, path: tuple[str, ...], value: Any) -> KnownValues:
        """The same for those trials that have a value for a hyperparameter."""
        other = copy(self)
        other._names = {}
        other.hyperparameters = self.hyperparameters.assuming(path, value)
        return other

    def value(self, node: ast.expr, scope: Scope) -> Any:
        """The value of an expression in every trial; UNKNOWN when it is not the same in all."""
        if isinstance(node, ast.Constant):
            return node.value
        if (swept := self._swept_values(node, scope)) and len(swept) == 1:
            return swept[0]
        if isinstance(node, ast.Call | ast.Compare):
            asked = self._keys.asked(node, scope)
            if asked is not None:
                return self.value(asked, scope)
        if (default := self._keys.default(node, scope)) is not None:
            return self.value(*default)
        if isinstance(node, ast.Name):
            return self._named(node.id, scope)
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            parts = [self.value(part, scope) for part in node.elts]
            return UNKNOWN if UNKNOWN in parts else parts
        if isinstance(node, ast.Attribute):
            if node.attr == "config" and self._flow.kinds(node, scope) == {Kind("config")}:
                return _CONFIG
            if kept_by(node) is not None:
                given = self._hparams.given(node.attr, scope)
                return same([self.value(value, inner) for value, inner in given])
            if there := self._constants.imported(node, scope):
                return self._named(*there)
            value = self._part(node, node.attr, scope)
            if value is UNKNOWN and (known := self._defaults.of(node, scope)) is not None:
                return known.value
            method = self._classes.method_of(node.value, scope) if value is UNKNOWN else None
            return value if method is None else self._own_attribute(node.attr, method)
        if isinstance(node, ast.Subscript):
            return self._part(node, text(node.slice), scope)
        if isinstance(node, ast.Call):
            return self._called(node, scope)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            truth = self.truth(node.operand, scope)
            return UNKNOWN if truth is UNKNOWN else not truth
        if isinstance(node, ast.IfExp):
            test = self.truth(node.test, scope)
            if test is UNKNOWN:
                return UNKNOWN
            return self.value(node.body if test else node.orelse, scope)
        if isinstance(node, ast.BoolOp):
            return self._first_deciding(node, scope)
        if isinstance(node, ast.JoinedStr | ast.FormattedValue | ast.BinOp):
            return self._joined(node, scope)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._comparison(node, scope)
        return UNKNOWN

    def keys(self, node: ast.expr, scope: Scope) -> tuple[set[str], set[str]] | None:
        """The keys that a mapping surely has, and those that it may have; None where any."""
        held = self.value(node, scope)
        if not isinstance(held, dict) or self._fills_configs():
            return None
        named = {key for key in held if isinstance(key, str)}
        more = self.stored.keys
        return (named - more, named | more) if len(named) == len(held) else None

    def truth(self, node: ast.expr, scope: Scope) -> Any:
        """Whether a condition holds in every trial, or in none; else UNKNOWN."""
        if isinstance(node, ast.BoolOp):
            ends = isinstance(node.op, ast.Or)
            parts = [self.truth(part, scope) for part in node.values]
            return ends if ends in parts else UNKNOWN if UNKNOWN in parts else not ends
        value = self.value(node, scope)
        return UNKNOWN if value is UNKNOWN else bool(value)

    def _joined(self, node: ast.JoinedStr | ast.FormattedValue | ast.BinOp, scope: Scope) -> Any:
        """A text that is put together of known ones."""
        if isinstance(node, ast.FormattedValue):
            plain = node.conversion == -1 and node.format_spec is None
            return self.value(node.value, scope) if plain else UNKNOWN
        return self._texts(joined_parts(node), "", scope)

    def _part(self, node: ast.Attribute | ast.Subscript, key: str | None, scope: Scope) -> Any:
        value = self._argument(node, key, scope)
        return self._item(node.value, key, scope) if value is UNKNOWN else value

    def _item(self, base: ast.expr, key: str | None, scope: Scope) -> Any:
        """What stands under a key of a config file."""
        if written := self._constants.item(base, key, scope):
            return self.value(*written)
        held = self.value(base, scope) if key is not None else UNKNOWN
        if not isinstance(held, dict) or key not in held or self._fills_configs():
            return UNKNOWN
        if key in self.stored.keys:
            return UNKNOWN
        return held[key]

    def _called(self, node: ast.Call, scope: Scope) -> Any:
        """What a call gives: a path, a config that is loaded from a file, an item of it."""
        called = full_name(node.func, scope.module.outside)
        if called == "os.getcwd":
            return "."
        if called == "os.path.join":
            return self._texts(node.args, "/", scope)
        if (file := loaded_name(node, scope)) is not None:
            config = find_config(self.value(file, scope), self._folders)
            return UNKNOWN if config is None else config
        if isinstance(node.func, ast.Attribute) and node.func.attr in FORMS and not node.args:
            word = self.value(node.func.value, scope)
            return FORMS[node.func.attr](word) if isinstance(word, str) else UNKNOWN
        if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and len(node.args) == 1:
            return self._item(node.func.value, text(node.args[0]), scope)
        targets = self._scopes.resolve(node.func, scope)
        inner = targets[0] if len(targets) == 1 else None
        return self._returned(inner) if isinstance(inner, Scope) else UNKNOWN

    def _returned(self, inner: Scope) -> Any:
        """What a function returns, where it returns in one place."""
        if (key := (id(inner), "return")) not in self._names:
            self._names[key] = UNKNOWN  # Also where it calls itself.
            returns = inner.each(ast.Return)
            if len(returns) == 1 and returns[0].value is not None:
                self._names[key] = self.value(returns[0].value, inner)
        return self._names[key]

    def _texts(self, parts: list[ast.expr], between: str, scope: Scope) -> Any:
        """Some texts as one."""
        texts = [self.value(part, scope) for part in parts]
        known = texts and all(isinstance(one, str) for one in texts)
        return between.join(texts) if known else UNKNOWN

    def _fills_configs(self) -> bool:
        """Whether the code puts something into a config file's content under keys that it makes."""
        if self._fills is None:
            self._fills = False
            self._fills = any(self._may_fill(*one) for one in self.stored.filled)
        return self._fills

    def _may_fill(self, base: ast.expr, scope: Scope) -> bool:
        other = self.stored.taken.get(id(base))
        taken = self.value(other, scope) if other is not None else UNKNOWN
        if other is not None and self._flow.kinds(other, scope) == {Kind("config")}:
            taken = dict.fromkeys(self._keys.may_have or ()) or UNKNOWN
        if isinstance(taken, dict):
            self.stored.keys.update(filter(None, map(str, taken)))
            return False
        return isinstance(self.value(base, scope), dict)

    def _named(self, name: str, scope: Scope) -> Any:
        """The value of a name, looked up once."""
        key = (id(scope), name)
        if key not in self._names:
            self._names[key] = UNKNOWN  # Also where it comes back to itself.
            if not self._scopes.runs_text:
                self._names[key] = self._name(name, scope)
        return self._names[key]

    def _name(self, name: str, scope: Scope) -> Any:
        bound = scope.binding(name)
        if name in scope.takes:
            return UNKNOWN if bound else self._parameter(name, scope)
        if there := self._constants.imported(ast.Name(name, ast.Load()), scope):
            return self._named(*there)
        if bound:
            plain = bindings(scope.each(ast.Assign, ast.AnnAssign))
            given = [v for target, v in plain if is_name(target, name)]
            lists = any(isinstance(one, ast.List | ast.Set) for one in given)
            if len(given) != len(bound) or name in self._shared or (lists and name in scope.filled):
                return UNKNOWN
            return self._same([(value, scope) for value in given])
        outer = self._scopes.around(scope)
        return self._named(name, outer) if outer is not None else UNKNOWN

    def _own_attribute(self, name: str, scope: Scope) -> Any:
        """What an object's class itself sets one of its attributes to, in every place."""
        key = (id(scope.owner), f".{name}")
        if key not in self._names:
            self._names[key] = UNKNOWN  # Also where it comes back to itself.
            self._names[key] = self._same(self._attributes.given(name, scope))
        return self._names[key]

    def _same(self, given: Sequence[Place], places: Sequence[Place] = ()) -> Any:
        """The one value of those that are given where trials may come to."""
        values = [self.value(*one) for one in given]
        if same(values) is UNKNOWN and len(values) > 1:
            parents = self._scopes.parents
            ran = [may_run(*place, self.truth, parents) for place in places or given]
            values = [value for value, runs in zip(values, ran, strict=True) if runs]
        return same(values)

    def _parameter(self, name: str, scope: Scope) -> Any:
        """What every caller gives a function for a parameter, or its command line does."""
        node = scope.node
        assert node is not None  # noqa: S101 - the caller looked
        option, value = self._options.get(name, (None, UNKNOWN))
        if (
            option is not None
            and self._style != "argparse"
            and option.stands_on(scope.module.file, node)
        ):
            # What a decorator made of it is called without arguments.
            called = not is_changed(node) and self._flow.callers.get(id(scope))
            return UNKNOWN if called else value
        is_method = scope.owner is not None and node.name != "__init__"
        if node.args.vararg or node.args.kwarg or is_method:
            return UNKNOWN
        if self._is_bare and scope is self._flow.start and name not in self._flow.begins_with:
            return self._same(default_of(name, node, scope))
        given = given_by(self.all_calls(scope), name, node, scope)
        return self._same([value for _, value in given], [call for call, _ in given])

    def _first_deciding(self, node: ast.BoolOp, scope: Scope) -> Any:
        value = UNKNOWN
        for part in node.values:
            value = self.value(part, scope)
            if value is UNKNOWN or bool(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _comparison(self, node: ast.Compare, scope: Scope) -> Any:
        asks = isinstance(node.ops[0], ast.Is | ast.IsNot) and is_none(node.comparators[0])
        asks = asks and self.hyperparameters.is_given(node.left, scope)
        if asks and self._always.holds(node.left, scope):
            return isinstance(node.ops[0], ast.IsNot)
        compare = COMPARE.get(type(node.ops[0]))
        right = self.value(node.comparators[0], scope)
        swept = self._swept_values(node.left, scope)
        if compare is not None and swept and right is not UNKNOWN:
            with suppress(TypeError):
                return same([compare(value, right) for value in swept])
        values = [self.value(node.left, scope), right]
        if compare is None or UNKNOWN in values:
            return UNKNOWN
        with suppress(TypeError):
            return compare(*values)
        return UNKNOWN

    def _swept_values(self, node: ast.expr, scope: Scope) -> list[Any] | None:
        """All values that a hyperparameter gives an expression, where it is nothing else."""
        values = self.hyperparameters.values(node, scope)
        return values if values and self._always.holds(node, scope) else None

    def _argument(self, node: ast.Attribute | ast.Subscript, key: str | None, scope: Scope) -> Any:
        kinds = self._flow.kinds(node, scope)
        if len(kinds) == 1 and (kind := next(iter(kinds))).what == "hydra":
            return self._hydra.get(".".join(kind.path), UNKNOWN)
        if key is None:
            return UNKNOWN
        # `args = wandb.config` after `wandb.init(config=args)` changes only what is swept.
        own = {Kind("args", (key,)), Kind("config", (key,))}
        is_config = self._config_is_args and key not in self.stored.keys
        if not kinds <= own or not (Kind("args", (key,)) in kinds or (kinds and is_config)):
            return UNKNOWN
        if isinstance(node, ast.Subscript) and not self._always.holds(node, scope):
            return UNKNOWN
        base = node.value
        place = (id(scope), base.id if isinstance(base, ast.Name) else id(base))
        if place not in self._wholes:
            self._wholes[place] = is_whole(base, scope, self._flow)
        return self._options.get(key, (None, UNKNOWN))[1] if self._wholes[place] else UNKNOWN
