"""The words of a program's source: what none of them says is not read, wherever a config goes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from wandb_flyte.analysis.metrics.log_keys import fits
from wandb_flyte.analysis.source.kinds import (
    HOLDERS,
    all_args,
    called_name,
    is_name,
    loop_targets,
    root_name,
    text,
)
from wandb_flyte.analysis.source.plain_classes import makers_of
from wandb_flyte.analysis.source.same_object import is_followed
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import annotated
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.noted import noted_under
from wandb_flyte.analysis.tracing.origins import Origins
from wandb_flyte.spec import dotted

from .key_texts import computes_with_values, only_shows_keys, puts_keys_into_texts
from .looking import only_looks, only_shows, trains
from .texts import MADE, Texts

# Calls that give back what they get in another form, or pick from it.
_SAME = frozenset(
    {
        *("AttrDict", "Box", "DotDict", "EasyDict", "Munch", "Namespace", "OrderedDict"),
        *("SimpleNamespace", "asdict", "cast", "create", "copy", "deepcopy", "dict", "edict"),
        *("enumerate", "filter", "is_dataclass", "iter", "list", "map", "merge"),
        *("missing_keys", "namedtuple", "replace", "reversed", "select", "sorted", "structured"),
        *("to_container", "tuple", "vars", "zip"),
    }
)
# Calls whose texts are for people, or declare what is asked for here.
_FOR_PEOPLE = frozenset(
    {
        *("add_argument", "add_option", "debug", "error", "info", "print", "warn", "warning"),
        *("DEFINE_bool", "DEFINE_enum", "DEFINE_float", "DEFINE_integer", "DEFINE_string"),
    }
)
_PROSE = frozenset({"description", "epilog", "help", "label", "title", "xlabel", "ylabel"})
# What dicts are called that may hold hyperparameters.
_SETTINGS = re.compile("arg|conf|cfg|hp|option|param|setting")
_CONTAINERS = (
    *(ast.Attribute, ast.Await, ast.BoolOp, ast.Call, ast.Dict, ast.DictComp, ast.GeneratorExp),
    *(ast.IfExp, ast.List, ast.ListComp, ast.NamedExpr, ast.Set, ast.SetComp, ast.Starred),
    *(ast.Tuple, ast.comprehension, ast.keyword),
)
_BEGINS = frozenset({"lstrip", "removeprefix", "startswith"})
_SPLITS = frozenset({"partition", "rpartition", "rsplit", "split"})
_PLAIN = re.compile(r"[\w.\-]+(?:[\s,;|]+[\w.\-]+)*")


class Mentions:
    """Tells which keys a program's source names, in whatever way it comes to read them.

    Args:
        flow: The kinds of its expressions.

    Attributes:
        texts: The texts in it.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._parents = flow.scopes.parents
        self._scopes = flow.scopes.everywhere
        self.texts = Texts(self._scopes, self._parents)

    def stays_inside(self, wholes: Iterable[tuple[ast.AST, Scope]], *, lost: bool) -> bool:
        """Whether the program alone reads some configs: no other package gets one.

        Args:
            wholes: Where a whole config goes on unseen.
            lost: Whether it may come to other places too.
        """
        found = list(wholes)
        if self._makes_others or any(self._leaves(*one) for one in found):
            return False
        lost = lost or not all(self._is_only_seen(*one) for one in found)
        return not (lost and self._is_open)

    def names(self, name: str) -> bool:
        """Whether the source has a word for a key, or makes one."""
        word = _flat(name.rpartition(".")[2])
        if word in self._words or any(name.startswith(one) for one in self._beginnings):
            return True
        if any(_flat(name.split(one, 1)[-1]) in self._words for one in self._splits):
            return True
        return any(self._makes(one, name) for one in self._patterns)

    def _makes(self, made: str, name: str) -> bool:
        """Whether a pattern of made words has a key, or makes a word that is there of it."""
        made_of_it = _flat(made.replace(".*", name).replace("\\", ""))
        return fits(made, name) or (".*" in made and made_of_it in self._words)

    def longer(self, name: str) -> set[str]:
        """The words that begin with a name, which may abbreviate them."""
        return {word for word in self._words if word.startswith(_flat(name))}

    @cached_property
    def _calls(self) -> list[tuple[ast.Call, Scope]]:
        return [(call, scope) for scope in self._scopes for call in scope.calls]

    @cached_property
    def _is_open(self) -> bool:
        """Whether names are bound or given by what only a running program knows."""
        return any(
            self._binds_any(call)
            or self._sets_on_others(call, scope)
            or any(self._goes_out(value, call, scope) for value in _spread(call))
            for call, scope in self._calls
        )

    @cached_property
    def _makes_others(self) -> bool:
        """Whether a whole config goes to a class that other packages make the objects of."""
        return any(
            not kind.path and kind.what in HOLDERS and not self._stays_in(call, scope)
            for call, scope in self._calls
            for value in _spread(call)
            if self._targets(call, scope)
            for kind in self._flow.kinds(value, scope)
        )

    def _binds_any(self, call: ast.Call) -> bool:
        """Whether after a call any name may be bound, or was read: by a text that was made."""
        name, parent = getattr(call.func, "id", ""), self._parents.get(id(call))
        if name in ("globals", "locals"):
            return not (isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Load))
        made = name == "eval" and isinstance(call.args[0] if call.args else None, MADE)
        return made or name == "exec"

    def _sets_on_others(self, call: ast.Call, scope: Scope) -> bool:
        """Whether attributes of another package's object are set by names that are made."""
        if called_name(call) != "setattr" or len(call.args) != 3 or text(call.args[1]) is not None:
            return False
        target, _, value = call.args
        if isinstance(value, ast.Call) and called_name(value) != "getattr":
            return False
        if root_name(target) in scope.module.outside:
            return True
        kinds = self._flow.kinds(target, scope)
        return not is_name(target, "self") and not any(kind.what in HOLDERS for kind in kinds)

    def _goes_out(self, value: ast.expr, call: ast.Call, scope: Scope) -> bool:
        """Whether another package gets the items of a dict that may hold hyperparameters."""
        if self._stays_in(call, scope) or called_name(call) in _SAME or only_looks(call):
            return False
        is_setting = bool(_SETTINGS.search(ast.unparse(value).lower().replace("kwargs", "")))
        return is_setting and not self._is_closed(value, scope)

    def _targets(self, call: ast.Call, scope: Scope) -> list[Scope | ast.ClassDef]:
        is_partial = called_name(call) == "partial" and bool(call.args)
        called = call.args[0] if is_partial else call.func
        return self._flow.scopes.resolve(called, scope) or self._given(called, scope)

    def _stays_in(self, call: ast.Call, scope: Scope) -> bool:
        """Whether the program's own functions and classes get what a call gives."""
        targets = self._targets(call, scope)
        return bool(targets) and not any(
            isinstance(one, ast.ClassDef) and makers_of(one, self._flow.scopes) for one in targets
        )

    def _given(self, called: ast.expr, scope: Scope) -> list[Scope | ast.ClassDef]:
        """What the callers of a function give it to call; none unless all is the program's own."""
        if not isinstance(called, ast.Name) or called.id not in scope.given_names:
            return []
        given = [
            self._flow.scopes.resolve(value, place) if value is not None else []
            for value, place in self._flow.given(called.id, scope)
        ]
        return [target for targets in given for target in targets] if all(given) else []

    def _is_closed(self, value: ast.expr, scope: Scope) -> bool:
        """Whether the keys of a dict that a call is given stand in the source."""
        if isinstance(value, ast.Dict):
            return None not in value.keys
        if not isinstance(value, ast.Name):
            return False
        kwarg = scope.node.args.kwarg if scope.node is not None else None
        if kwarg is not None and kwarg.arg == value.id:
            return True  # Its callers are looked at themselves.
        bound = scope.named_values.get(value.id, [])
        return bool(bound) and all(
            isinstance(one, ast.Dict) and None not in one.keys for one in bound
        )

    def _is_only_seen(self, node: ast.AST, scope: Scope) -> bool:
        """Whether a whole config is written down, or looked into, where it stands."""
        parent = self._parents.get(id(node))
        while isinstance(parent, (*_CONTAINERS, ast.FormattedValue, ast.JoinedStr, ast.Subscript)):
            if _key(parent, node) is not None:
                return True
            if isinstance(parent, ast.Call) and parent.func is not node:
                return only_shows(parent) and not self._targets(parent, scope)
            node, parent = parent, self._parents.get(id(parent))
        return parent is not None and only_shows_keys(parent, node, self._parents)

    def _leaves(self, node: ast.AST, scope: Scope) -> bool:
        """Whether another package gets a whole config, or says which of its keys is read."""
        parent = self._parents.get(id(node))
        while parent is not None:
            if puts_keys_into_texts(parent, node, self._parents):
                return True
            if computes_with_values(parent, node, self._parents):
                return True
            if isinstance(parent, ast.For) and not self._is_filled_in_sight(parent, scope):
                return True
            if (key := _key(parent, node)) is not None:
                return not self._is_own(key, scope)
            if isinstance(parent, ast.Call) and parent.func is not node:
                if only_looks(parent) or self._stays_in(parent, scope) or trains(parent, scope):
                    return False
                if called_name(parent) not in _SAME:
                    return True
            elif not isinstance(parent, _CONTAINERS):
                # Whoever calls an objective gets what it returns.
                return isinstance(parent, ast.Return) and scope is self._flow.start
            node, parent = parent, self._parents.get(id(parent))
        return False

    def _is_filled_in_sight(self, loop: ast.For, scope: Scope) -> bool:
        """Whether a loop fills only what is found again where the program reads it."""
        return all(is_followed(one, scope, self._flow) for one in loop_targets(loop))

    def _is_own(self, key: ast.expr, scope: Scope) -> bool:
        """Whether the program's own words are the keys that an expression may be."""
        return text(key) is not None or Origins(self._flow).is_own(key, scope)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(
            _flat(word)
            for scope in self._scopes
            for node in scope.nodes
            for word in self._words_of(node, scope)
        ) | frozenset(map(_flat, (*self._given_parameters(), *self._read_by_place())))

    def _words_of(self, node: ast.AST, scope: Scope) -> Iterator[str]:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if not self._is_noted(node, scope) and not self._is_set(node, scope):
                yield node.attr
            return
        if isinstance(node, ast.MatchClass):
            yield from node.kwd_attrs
            return
        found = text(node)
        if found and len(found) < 300 and _PLAIN.fullmatch(found) and self._is_key(node, scope):
            for word in re.split(r"[\s,;|]+", found):
                yield word.rpartition(".")[2]

    def _is_key(self, node: ast.AST, scope: Scope) -> bool:
        """Whether a text may be used as a key."""
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.Expr | ast.JoinedStr):
            return False
        if isinstance(parent, ast.Subscript):
            return isinstance(parent.ctx, ast.Load) and not self._is_noted(parent, scope)
        if isinstance(parent, ast.Dict):
            values = [v for k, v in zip(parent.keys, parent.values, strict=True) if k is node]
            return not values or not isinstance(values[0], ast.Constant) or bool(text(values[0]))
        if isinstance(parent, ast.keyword):
            return parent.arg not in _PROSE
        if isinstance(parent, ast.Call):
            return called_name(parent) not in _FOR_PEOPLE and not self._is_noted(parent, scope)
        return True

    def _is_noted(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is a part of a config that is only written down."""
        parts = [kind for kind in self._flow.kinds(node, scope) if kind.what in HOLDERS]
        return bool(parts) and noted_under(node, self._flow, scope) is not None

    def _is_set(self, node: ast.Attribute, scope: Scope) -> bool:
        """Whether an object's attribute is one that its class sets itself, whatever is given."""
        owner = scope.owner
        if owner is None or not is_name(node.value, "self") or self._sets_attributes:
            return False
        return node.attr in self._set_by.get(id(owner), ())

    @cached_property
    def _sets_attributes(self) -> bool:
        """Whether attributes are set by names that the program makes."""
        nodes = (node for scope in self._scopes for node in scope.nodes)
        return any(
            (isinstance(node, ast.Name) and node.id == "setattr")
            or (isinstance(node, ast.Attribute) and node.attr == "__dict__")
            for node in nodes
        )

    @cached_property
    def _set_by(self) -> dict[int, set[str]]:
        """The attributes that the methods of each class set."""
        found: dict[int, set[str]] = {}
        for scope in self._scopes:
            for target, value in scope.bindings if scope.owner is not None else ():
                is_own = isinstance(target, ast.Attribute) and is_name(target.value, "self")
                if is_own and not self._flow.kinds(value, scope):
                    found.setdefault(id(scope.owner), set()).add(target.attr)  # type: ignore[attr-defined]
        return found

    def _given_parameters(self) -> Iterator[str]:
        """The parameters of what is called with a dict's items as arguments."""
        spreads = [self._targets(call, scope) for call, scope in self._calls if _spread(call)]
        known = {id(target) for targets in spreads for target in targets}
        for scope in self._scopes:
            if not all(spreads) or id(scope) in known or id(scope.makes) in known:
                yield from (arg.arg for arg in all_args(scope.node)) if scope.node else ()

    def _read_by_place(self) -> Iterator[str]:
        """The fields of classes whose objects are read by their places: tuples, and in a `case`."""
        nodes = [node for scope in self._scopes for node in scope.each(ast.MatchClass)]
        matched = {dotted(node.cls).rpartition(".")[2] for node in nodes if node.patterns}
        for name, found in self._flow.scopes.classes.items():
            for one in found:
                bases = {dotted(base).rpartition(".")[2] for base in one.bases}
                if name in matched or "NamedTuple" in bases:
                    yield from (field for field, _ in annotated(one))

    @cached_property
    def _splits(self) -> frozenset[str]:
        """What the program splits texts at that it has no words for: keys, for example."""
        return frozenset(
            sign
            for call, _ in self._calls
            if called_name(call) in _SPLITS
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            for sign in map(text, call.args[:1])
            if sign
        )

    @cached_property
    def _patterns(self) -> frozenset[str]:
        return frozenset(one for one in self.texts.made if _is_word(one))

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        """What the program takes off keys, or looks for at their beginning."""
        asked = [
            call.args[0] for call, _ in self._calls if called_name(call) in _BEGINS and call.args
        ]
        if any(text(one) is None for one in asked):
            return tuple(one for one in self.texts.plain if one.endswith(("_", "-", ".", "/")))
        return tuple(word for one in asked if (word := (text(one) or "").lstrip("-")))


def _spread(call: ast.Call) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords if keyword.arg is None]


def _key(parent: ast.AST, node: ast.AST) -> ast.expr | None:
    """The key that is read from something, None when nothing is read here."""
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return parent.slice
    is_getattr = isinstance(parent, ast.Call) and called_name(parent) == "getattr"
    return parent.args[1] if is_getattr and parent.args[:1] == [node] else None  # type: ignore[attr-defined]


def _is_word(made: str) -> bool:
    """Whether a pattern stands for words with some letters of their own."""
    parts = "".join(made.split(".*"))
    return bool(re.fullmatch(r"(?:\w|\\?[.\-])+", parts)) and bool(re.search("[a-zA-Z]", parts))


def _flat(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")
