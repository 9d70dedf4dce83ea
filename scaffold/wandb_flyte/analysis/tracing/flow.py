"""Which expressions of a program are the run, the trial's config or the command line's arguments.

Names are followed through assignments, calls of the program's own functions, and attributes; in
what order things happen is not looked at, so an expression may be several things at once.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cached_property
from typing import TypeVar

from wandb_flyte.analysis.source.copied import copied
from wandb_flyte.analysis.source.kinds import (
    CONVERTS,
    HOLDERS,
    IMPORTED,
    NONE,
    PARSES,
    REPLACE,
    Kind,
    Kinds,
    called_name,
    full_name,
    given,
    loop_targets,
    member,
    merged,
    method_result,
    name_is_mapping,
    owner,
    text,
)
from wandb_flyte.analysis.source.mains import by_tyro, given_by_libraries
from wandb_flyte.analysis.source.new_objects import takes_up_all
from wandb_flyte.analysis.source.openings import find_openings
from wandb_flyte.analysis.source.package_kinds import package_kinds
from wandb_flyte.analysis.source.rebound import find_rebound
from wandb_flyte.analysis.source.same_object import part_name, same_objects
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes
from wandb_flyte.analysis.source.sources import Sources
from wandb_flyte.analysis.source.syntax import Function, result_of

from .attributes import Attributes
from .getters import got_by

_PASSES = 8
Key = TypeVar("Key")
# The expressions that can be any of it.
FOLLOWED: frozenset[type[ast.AST]] = frozenset(
    {
        *(ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BoolOp, ast.IfExp, ast.BinOp),
        *(ast.NamedExpr, ast.Await, ast.Starred, ast.Dict, ast.DictComp),
    }
)


class Flow:
    """The kinds of a program's expressions.

    Args:
        sources: The program.
        scopes: Its code that can run.
        given: The kinds of the start function's parameters, by name.
        start: The function that is started, None for a script.
        idle: Loops and comprehensions that are taken to hand nothing on.
        lost: Values that are taken to go nowhere, and parameters that are taken to get none.
    """

    def __init__(
        self,
        sources: Sources,
        scopes: Scopes,
        start: Function | None,
        given: Mapping[str, Kind],
        idle: frozenset[ast.AST] = frozenset(),
        lost: frozenset[ast.AST] = frozenset(),
    ) -> None:
        self.sources, self.scopes, self.begins_with = sources, scopes, given
        self.idle, self.lost = idle, lost
        self._env: dict[tuple[int, str], Kinds] = {}
        self._dead = {(id(s), a.arg) for s in scopes.reached for a in s.parameters if a in lost}
        self._attributes = Attributes(scopes)
        self._returns: dict[int, Kinds] = {}
        # What the parts of something are, by their names, that the config is put into.
        self._filled: dict[str, Kinds] = {}
        # What the parts of a returned tuple are, by function and place.
        self._parts: dict[tuple[int, int], Kinds] = {}
        self.rebound = find_rebound(scopes)
        self._changed = False
        self._known: dict[int, Kinds] = {}
        first = self.start = scopes.by_node.get(id(start)) if start else None
        for name, kind in given.items() if first is not None else ():
            self._add((id(first), name), frozenset({kind}))
        for place, kind in given_by_libraries(scopes):
            self._add(place, frozenset({kind}))
        for _ in range(_PASSES):
            self._changed = False
            for scope in scopes.reached:
                self._pass(scope)
            self._known.clear()
            if not self._changed:
                break

    # -- what an expression is --------------------------------------------------------------------

    def kinds(self, node: ast.AST | None, scope: Scope) -> Kinds:
        """The kinds of an expression."""
        known = self._known.get(id(node))
        if known is None:
            if node is None or type(node) not in FOLLOWED:
                return NONE
            known = self._known[id(node)] = self._kinds(node, scope)
        return known

    def _kinds(self, node: ast.AST, scope: Scope) -> Kinds:
        if isinstance(node, ast.Name):
            return self.named(node.id, scope)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, scope)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, scope)
        if isinstance(node, ast.Call):
            return self._call(node, scope)
        if isinstance(node, ast.BoolOp):
            return self._union(node.values, scope)
        if isinstance(node, ast.IfExp):
            return self._union([node.body, node.orelse], scope)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return merged(self._union([node.left, node.right], scope))
        if isinstance(node, ast.NamedExpr | ast.Await | ast.Starred):
            return self.kinds(node.value, scope)
        if isinstance(node, ast.Dict):
            inner = [v for k, v in zip(node.keys, node.values, strict=True) if k is None]
            return merged(self._union(inner, scope))
        if isinstance(node, ast.DictComp):
            looped = [one.iter for one in node.generators]
            looped += [found.source] if (found := copied(node)) is not None else []
            return merged(self.holders(looped if node not in self.idle else [], scope))
        return NONE

    def _union(self, nodes: list[ast.expr], scope: Scope) -> Kinds:
        return frozenset().union(*(self.kinds(node, scope) for node in nodes))

    def named(self, name: str, scope: Scope) -> Kinds:
        """What a name may be in a scope."""
        found = NONE
        inner: Scope | None = scope
        while inner is not None:
            found = self._env.get((id(inner), name), NONE)
            # Who calls a parameter `wandb` gets the module.
            if found or (name in inner.own and name != "wandb"):
                return found
            inner = inner.outer
        module = scope.module
        found = self._env.get((id(module), name), NONE)
        if (what := IMPORTED.get(module.outside.get(name, ""))) is not None:
            return found | {Kind(what)}  # Both, as in `wandb = wandb.init()`.
        other, there = module.imports.get(name, (None, ""))
        found |= self._env.get((id(other), there), NONE)
        if found:
            return found
        for star in module.stars:
            if found := self._env.get((id(star), name), NONE):
                return found
        # Also where its import is missing.
        return frozenset({Kind("wandb")}) if name == "wandb" and not module.has(name) else NONE

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Kinds:
        base = self.kinds(node.value, scope)
        found = set(self._filled.get(node.attr, NONE)).union(*(member(k, node.attr) for k in base))
        if Kind("wandb") in base and self._is_rebound(node, scope):
            found.discard(Kind("config"))
        if not base and isinstance(node.value, ast.Name):
            imported = scope.module.imports.get(node.value.id)
            if imported and not imported[1]:
                return self._env.get((id(imported[0]), node.attr), NONE) | found
        if node.attr == "FLAGS":
            return package_kinds(node, scope.module.outside)
        if not base and node.attr == "experiment":
            return frozenset({Kind("run")})
        if any(kind.what in HOLDERS for kind in base):
            return frozenset(found)
        return frozenset(found) | self._attributes.of(node, scope)

    def _is_rebound(self, node: ast.Attribute, scope: Scope) -> bool:
        if self.rebound is None:
            return False
        where, line = self.rebound
        return scope is not where or node.lineno >= line

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Kinds:
        base = self.kinds(node.value, scope)
        key = text(node.slice)
        found = set(self._filled.get(key, NONE)) if key is not None else set()
        for kind in base:
            if kind.what in HOLDERS and key is not None:
                found |= member(kind, key)
            elif isinstance(node.slice, ast.Constant) and kind.what == "args":
                found.add(kind)  # parse_known_args()[0]
        return frozenset(found)

    def _call(self, node: ast.Call, scope: Scope) -> Kinds:
        called = node.func
        name = called_name(node)
        base = self.kinds(called.value, scope) if isinstance(called, ast.Attribute) else NONE
        if found := method_result(base, name, node) | self._filled.get(part_name(node) or "", NONE):
            return found
        if made := package_kinds(node, scope.module.outside) or by_tyro(node, scope, self.scopes):
            return made
        if name == "getattr" and len(node.args) > 1 and (key := text(node.args[1])) is not None:
            base = self.kinds(node.args[0], scope)
            return frozenset(set().union(*(member(kind, key) for kind in base)))
        targets = self.scopes.resolve(called, scope)
        if targets:
            return frozenset().union(*(self._result(t, node, scope) for t in targets))
        if name in CONVERTS or full_name(called, scope.module.outside) in REPLACE:
            named = (k for one in node.keywords if one.arg for k in self.kinds(one.value, scope))
            # `dict(lr=config.lr)` is no hyperparameter: one is an item of it.
            found = self.holders(given(node), scope) - {kind for kind in named if kind.path}
            return found if len(given(node)) == 1 else merged(found)
        return NONE

    def _result(self, target: Scope | ast.ClassDef, node: ast.Call, scope: Scope) -> Kinds:
        if isinstance(target, Scope):
            return self._returns.get(id(target), NONE) | got_by(target, node, scope, self)
        keywords = node.keywords if takes_up_all(self.scopes.init_of(target)) else ()
        whole = [k.value for k in keywords if k.arg is None]
        whole += node.args[:1] if name_is_mapping(target) else []
        # A dataclass made of the config is read like it.
        return merged(self.holders(whole, scope))

    def holders(self, nodes: list[ast.expr], scope: Scope) -> Kinds:
        """Those kinds of some expressions that hold hyperparameters."""
        return frozenset(k for k in self._union(nodes, scope) if k.what in HOLDERS)

    @cached_property
    def callers(self) -> dict[int, list[tuple[ast.Call, Scope]]]:
        """The calls of each of the program's functions and classes, by the id of what is called."""
        found: dict[int, list[tuple[ast.Call, Scope]]] = {}
        for scope in self.scopes.reached:
            for call in scope.calls:
                for target in self.scopes.resolve(call.func, scope):
                    found.setdefault(id(target), []).append((call, scope))
        return found

    def calls_of(self, scope: Scope) -> list[tuple[ast.Call, Scope]]:
        """The calls of a function; of an `__init__` those of its class too."""
        return self.callers.get(id(scope), []) + self.callers.get(id(scope.makes), [])

    def given(self, name: str, scope: Scope) -> list[tuple[ast.expr | None, Scope]]:
        """What each call of a function gives for a parameter, None where it gives nothing."""
        return [(scope.arguments(c).get(name), place) for c, place in self.calls_of(scope)]

    @cached_property
    def openings(self) -> tuple[list[tuple[ast.Call, Scope]], bool]:
        """The calls that open a run; and whether something else may open a run, unseen."""
        return find_openings(self)

    def is_of_wandb(self, call: ast.Call, name: str, scope: Scope) -> bool:
        """Whether a function of wandb's is called, however it was imported."""
        if called_name(call) == name and isinstance(call.func, ast.Attribute):
            return any(kind.what == "wandb" for kind in self.kinds(call.func.value, scope))
        return scope.module.outside.get(called_name(call)) == f"wandb.{name}"

    # -- where it flows ---------------------------------------------------------------------------

    def _add(self, place: tuple[int, str], kinds: Kinds) -> None:
        if place not in self._dead:
            self._grow(self._env, place, kinds)

    def _grow(self, table: dict[Key, Kinds], key: Key, kinds: Kinds) -> None:
        if not kinds <= (known := table.get(key, NONE)):
            table[key] = known | kinds
            self._changed = True

    def _place(self, name: str, scope: Scope) -> tuple[int, str]:
        return (id(scope.module if scope.node is None else scope), name)

    def _pass(self, scope: Scope) -> None:
        global_names = {n for g in scope.each(ast.Global) for n in g.names}
        for target, value in scope.bindings:
            if value not in self.lost:
                self._bind(target, value, scope, global_names)
        for call in scope.calls:
            self._pass_arguments(call, scope)
            self._pass_update(call, scope)
            self._pass_copy(call, scope)
            if called_name(call) == "save_hyperparameters":
                kept = self.holders(call.args, scope)
                self._changed |= self._attributes.add("hparams", kept, None, scope)
        for node in scope.each(ast.Assign, ast.For, ast.Return, ast.Yield):
            if (result := result_of(node, scope.node)) is not None:
                self._pass_result(result, scope)
            elif isinstance(node, ast.For):
                self._pass_loop(node, scope)
            elif isinstance(node, ast.Assign):
                self._pass_copy(node, scope)

    def _pass_result(self, value: ast.expr, scope: Scope) -> None:
        parts = value.elts if isinstance(value, ast.Tuple) else []
        for index, part in enumerate(parts):
            self._grow(self._parts, (id(scope), index), self.kinds(part, scope))
        if len(parts) <= 1:
            self._grow(self._returns, id(scope), self.kinds(parts[0] if parts else value, scope))

    def _bind(
        self, target: ast.expr, value: ast.expr, scope: Scope, global_names: set[str]
    ) -> None:
        kinds = self.kinds(value, scope)
        if isinstance(self.scopes.parents.get(id(value)), ast.AugAssign):
            self._put(target, [value], scope)
            return
        if isinstance(target, ast.Tuple | ast.List):
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
                for one, other in zip(target.elts, value.elts, strict=True):
                    self._bind(one, other, scope, global_names)
            elif kinds and isinstance(value, ast.Call) and called_name(value) in PARSES:
                self._bind(target.elts[0], value, scope, global_names)
            elif isinstance(value, ast.Call) and ast.Starred not in map(type, target.elts):
                for function in self.scopes.resolve(value.func, scope):
                    for index, one in enumerate(target.elts):
                        kinds = self._parts.get((id(function), index), NONE)
                        self._store(one, kinds, scope, global_names)
            return
        self._store(target, kinds, scope, global_names)

    def _store(self, target: ast.expr, kinds: Kinds, scope: Scope, global_names: set[str]) -> None:
        if not kinds:
            return
        if isinstance(target, ast.Name):
            if target.id in global_names:
                self._add((id(scope.module), target.id), kinds)
            else:
                self._add(self._place(target.id, scope), kinds)
        elif isinstance(target, ast.Attribute):
            base = self.kinds(target.value, scope)
            if not any(kind.what in HOLDERS for kind in base):
                self._changed |= self._attributes.add(target.attr, kinds, target.value, scope)

    def _fill(self, target: ast.expr, kinds: Kinds, scope: Scope) -> None:
        """The config is put into something: it is there by every name that this has."""
        for one, place in same_objects(target, scope, self) if kinds else ():
            if isinstance(one, ast.Name):
                self._add(self._place(one.id, place), kinds)
            elif (name := part_name(one)) is not None:
                self._grow(self._filled, name, kinds)

    def _pass_arguments(self, node: ast.Call, scope: Scope) -> None:
        if called_name(node) == "partial" and node.args:
            targets = self.scopes.resolve(node.args[0], scope)
            args = node.args[1:]
        else:
            targets, args = self.scopes.resolve(node.func, scope), node.args
        for target in targets:
            inner = self.scopes.entered_by(target) or self.scopes.inherited_init(target)
            if inner is not None:
                self._bind_call(inner, args, node.keywords, scope)
            elif isinstance(target, ast.ClassDef) and (kinds := self._result(target, node, scope)):
                # What a dataclass's methods ask their object for, they ask the config for.
                for method in self.scopes.members(target):
                    self._add((id(method), "self"), kinds)

    def _bind_call(
        self, inner: Scope, args: list[ast.expr], keywords: list[ast.keyword], scope: Scope
    ) -> None:
        assert inner.node is not None  # noqa: S101 - a module is never called
        for name, value in zip(inner.given_names, args, strict=False):
            self._add((id(inner), name), self.kinds(value, scope))
        every = [*inner.given_names, *(arg.arg for arg in inner.node.args.kwonlyargs)]
        for keyword in keywords:
            kinds = self.kinds(keyword.value, scope)
            if keyword.arg is not None:
                self._add((id(inner), keyword.arg), kinds)
                continue
            for name in every:
                parts = (m for k in kinds if k.what in HOLDERS for m in member(k, name))
                self._add((id(inner), name), frozenset(parts))
            if inner.node.args.kwarg:
                self._add((id(inner), inner.node.args.kwarg.arg), kinds)

    def _pass_update(self, node: ast.Call, scope: Scope) -> None:
        """`cfg.update(wandb.config)`: from here on `cfg` is the config too."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("update", "merge_with"):
            self._put(owner(node.func.value), given(node), scope)

    def _pass_copy(self, node: ast.Assign | ast.Call, scope: Scope) -> None:
        """`cfg[key] = wandb.config[key]`, and the like with `setattr`."""
        found = copied(node) if node not in self.idle else None
        if found is not None and found.target is not None:
            self._put(found.target, [found.source], scope)

    def _put(self, target: ast.expr, values: list[ast.expr], scope: Scope) -> None:
        if not any(kind.what == "config" for kind in self.kinds(target, scope)):
            self._fill(target, merged(self.holders(values, scope)), scope)

    def _pass_loop(self, node: ast.For, scope: Scope) -> None:
        """`for key, value in config.items(): target[key] = value`."""
        found = NONE if node in self.idle else self.holders([node.iter], scope)
        for target in loop_targets(node) if found else ():
            self._fill(target, merged(found), scope)
