"""Hyperparameters that a program drops: it puts into something of its own only what that has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from wandb_flyte.analysis.config.reads import Place
from wandb_flyte.analysis.source.copied import copied
from wandb_flyte.analysis.source.kinds import Kind, called_name, is_name, owner, root_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.set_before import line_that_sets
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.known_values import KnownValues
from wandb_flyte.generate.check.trial.own_names import Named, OwnNames

_CONFIG = frozenset({Kind("config")})
_Loop = ast.For | ast.DictComp
# Calls that only tell somebody of a key.
_TELLS = frozenset({"debug", "error", "exception", "info", "print", "warn", "warning"})
# Calls that only look at a key or its value.
_LOOKS = frozenset({"hasattr", "isinstance", "len", "type"})
# What may copy an item.
_COPIES = (ast.Assign, ast.Call)
# What may pick, or be in a loop that does.
_PICKS = (ast.Assign, ast.Call, ast.DictComp, ast.For)
# What has more to say of a key than that it is left out.
_ENDS = (ast.Assert, ast.Break, ast.Raise, ast.Return)
# The arguments of `hasattr(target, key)`.
_HAS_KEY = 2


class Drop(NamedTuple):
    """What drops a hyperparameter.

    Attributes:
        place: Where the loop stands.
        labels: What has not its name.
        names: The names that those have.
        set_in: The line that sets it before, where the loop only adds what is not there; 0 for
            none.
        is_flat: Whether it puts the hyperparameter where nothing reads it, under its own name.
    """

    place: Place
    labels: tuple[str, ...]
    names: frozenset[str]
    set_in: int = 0
    is_flat: bool = False


class Drops:
    """Tells which hyperparameters no loop over the trial's config takes over.

    Args:
        case: The sweep and its code.
        known: What is known of the values in it.

    Attributes:
        case: The case, as if those loops handed nothing on.
    """

    def __init__(self, case: Case, known: KnownValues) -> None:
        self._program = case.program
        self._loops = list(_picking(case.program.flow)) if case.program.config.used else []
        self.case = case
        if self._loops:
            nodes = [loop for loop, _ in self._loops]
            idle = {node for loop in nodes for node in walk(loop) if isinstance(node, _COPIES)}
            self.case = replace(case, program=case.program.without({*nodes, *idle}))
            self._names = OwnNames(self.case.program, known, nodes)

    def of(self, name: str) -> Drop | None:
        """What drops a hyperparameter; None where any of the loops may take it."""
        config, flow = self.case.program.config, self._program.flow
        # Also under the names that the code puts it into the config by.
        names = {name, *(where[0] for where in config.noted.get((name,), ()) if where)}
        found = [
            _Pass(one, *place, self._names, flow).dropped()
            for one in sorted(names, key=lambda one: one != name)
            for place in self._loops
        ]
        if None in found or (any(one.is_flat for one in found if one) and self._is_read(name)):
            return None
        return next(iter(found), None)

    def _is_read(self, name: str) -> bool:
        """Whether what has a hyperparameter's own name may be read, elsewhere than in a loop."""
        inside = {id(node) for loop, _ in self._loops for node in walk(loop)}
        for reads in (self._program.config, self._program.merged):
            outside = any(id(node) not in inside for node, _ in reads.wholes) or not reads.wholes
            if reads.made or any(keys[:1] == (name,) for keys in (*reads.keys, *reads.handed_on)):
                return True
            if () in reads.handed_on and outside:
                return True
        return False


class _Pass:
    """One pass of a loop: what it does with a hyperparameter.

    Args:
        name: The hyperparameter's.
        loop: The loop.
        scope: Where it stands.
        own: The names of the program's objects.
        flow: The kinds of the program's expressions.
    """

    def __init__(self, name: str, loop: _Loop, scope: Scope, own: OwnNames, flow: Flow) -> None:
        self._name = name
        self._loop = loop
        self._scope = scope
        self._own = own
        self._flow = flow
        self._key = _key_of(loop)
        self._is_own = not own.is_config(_source(loop), scope)
        self._given = {node.id for node in walk(_target(loop)) if isinstance(node, ast.Name)}
        self._lacking: list[tuple[Named, tuple[str, ...]]] = []
        self._set_in = 0
        self._is_flat = False

    def dropped(self) -> Drop | None:
        """Where the key stops; None where something may be made of it."""
        if self._is_own:
            source = _source(self._loop)
            takes = self._has(self._own.keys(source, self._scope), source) is not False
        elif isinstance(self._loop, ast.For):
            takes = self._takes(self._loop.body) is True
        else:
            takes = all(self._truth(one) is not False for one in self._loop.generators[0].ifs)
        if takes:
            return None
        labels = (one for named, other in self._lacking for one in named.labels or other)
        names = frozenset(name for named, _ in self._lacking for name in named.names)
        place = self._scope.place(self._loop)
        labelled = tuple(dict.fromkeys(labels))
        return Drop(place, labelled, names, self._set_in, self._is_flat)

    def _takes(self, body: list[ast.stmt]) -> bool | None:
        """Whether statements may make something of the key; None when the loop goes on before."""
        for node in body:
            if isinstance(node, ast.If):
                truth = self._truth(node.test)
                if truth is UNKNOWN and self._hands_on(node.test):
                    return True
                ways = [way for way in (True, False) if truth in (way, UNKNOWN)]
                found = [self._takes(node.body if way else node.orelse) for way in ways]
                if True in found:
                    return True
                if found == [None] * len(found):
                    return None
            elif isinstance(node, ast.Continue):
                return None
            elif isinstance(node, ast.Expr) and self._tells(node.value):
                continue
            elif isinstance(node, ast.Assign) and self._lacking and self._keeps_name(node):
                self._is_flat = True
            elif isinstance(node, _ENDS) or self._mentions(node):
                return True
        return False

    def _truth(self, test: ast.expr) -> object:
        """Whether a condition holds for the key; UNKNOWN where that depends on something else."""
        if isinstance(test, ast.BoolOp):
            ends = isinstance(test.op, ast.Or)
            found = [self._truth(part) for part in test.values]
            return ends if ends in found else UNKNOWN if UNKNOWN in found else not ends
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            truth = self._truth(test.operand)
            return UNKNOWN if truth is UNKNOWN else not truth
        if isinstance(test, ast.Call) and is_name(test.func, "hasattr"):
            is_key = len(test.args) == _HAS_KEY and is_name(test.args[1], self._key)
            target = test.args[0] if is_key else None
            if target is None or self._is_set(target):
                return UNKNOWN if target is None else True
            return self._has(self._own.attributes(target, self._scope), target)
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return UNKNOWN
        other, compare = test.comparators[0], test.ops[0]
        if (part := text(test.left)) is not None and is_name(other, self._key):
            known = isinstance(compare, ast.In | ast.NotIn)
            return (part in self._name) is isinstance(compare, ast.In) if known else UNKNOWN
        if not is_name(test.left, self._key):
            return UNKNOWN
        if isinstance(compare, ast.Eq | ast.NotEq) and (word := text(other)) is not None:
            return (word == self._name) is isinstance(compare, ast.Eq)
        if not isinstance(compare, ast.In | ast.NotIn):
            return UNKNOWN
        has: object = True
        if not self._is_set(other):
            has = self._has(self._own.keys(other, self._scope), other)
        return has if has is UNKNOWN or isinstance(compare, ast.In) else not has

    def _is_set(self, target: ast.expr) -> bool:
        """Whether something surely has the hyperparameter's name before the loop."""
        parents = self._own.parents
        line = line_that_sets(self._name, target, self._loop, self._scope, parents)
        self._set_in = line or self._set_in
        return line is not None

    def _keeps_name(self, node: ast.Assign) -> bool:
        """Whether a statement puts the key into all that the config is put into, as it is."""
        target = node.targets[0]
        if not isinstance(target, ast.Subscript) or not is_name(target.slice, self._key):
            return False
        is_alone = len(node.targets) == 1 and isinstance(node.value, ast.Name)
        return is_alone and self._flow.kinds(target.value, self._scope) == {Kind("merged")}

    def _has(self, named: Named | None, target: ast.expr) -> object:
        """Whether something has the hyperparameter's name."""
        if named is None:
            return UNKNOWN
        if self._name in named.names:
            return UNKNOWN  # It may, and it may not.
        held = owner(target)
        is_short = isinstance(held, ast.Name | ast.Attribute)
        self._lacking.append((named, (ast.unparse(held),) if is_short else ()))
        return False

    def _hands_on(self, test: ast.expr) -> bool:
        """Whether a condition gives the key or its value to something unseen."""
        calls = (node for node in walk(test) if isinstance(node, ast.Call))
        return any(self._mentions(call) and called_name(call) not in _LOOKS for call in calls)

    def _tells(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and called_name(node) in _TELLS

    def _mentions(self, node: ast.AST) -> bool:
        return any(isinstance(one, ast.Name) and one.id in self._given for one in walk(node))


def _picking(flow: Flow) -> Iterator[tuple[_Loop, Scope]]:
    """The loops that pick from the whole config: by its keys, or by those of something else."""
    for scope in flow.scopes.reached:
        loops = (_picks(node, flow, scope) for node in scope.each(*_PICKS))
        found = {id(loop): loop for loop in loops if loop is not None}
        yield from ((loop, scope) for loop in found.values())


def _picks(node: ast.AST, flow: Flow, scope: Scope) -> _Loop | None:
    """The loop that a node is or stands in, if it picks from the whole config."""
    found = copied(node)
    copies = found is not None and flow.kinds(found.source, scope) == _CONFIG
    if isinstance(node, ast.For | ast.DictComp) and _key_of(node):
        picks = flow.kinds(_source(node), scope) == _CONFIG
        if (copies or picks) and _asks(node):
            return node if picks else None
    if found is None or not copies:
        return None
    key = root_name(found.key)
    for loop in (node, *flow.scopes.outwards(node)):
        if isinstance(loop, ast.For | ast.DictComp) and _first_name(loop) == key:
            return None if Kind("config") in flow.kinds(_source(loop), scope) else loop
    return None


def _asks(loop: _Loop) -> bool:
    """Whether a loop asks whether something has a key."""
    key = _key_of(loop)
    for node in walk(loop):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Call) and is_name(node.func, "hasattr"):
            asked = node.args
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            asked = [node.left]
        if any(is_name(one, key) for one in asked):
            return True
    return False


def _target(loop: _Loop) -> ast.expr:
    return loop.target if isinstance(loop, ast.For) else loop.generators[0].target


def _source(loop: _Loop) -> ast.expr:
    return loop.iter if isinstance(loop, ast.For) else loop.generators[0].iter


def _key_of(loop: _Loop) -> str:
    """The name of the key in a loop over a config; empty where it has none."""
    source = _source(loop)
    if isinstance(loop, ast.DictComp) and len(loop.generators) != 1:
        return ""
    if isinstance(source, ast.Call) and called_name(source) == "values":
        return ""
    return _first_name(loop)


def _first_name(loop: _Loop) -> str:
    """The name that a loop gives each item, or the first part of one."""
    target = _target(loop)
    first = target.elts[0] if isinstance(target, ast.Tuple) else target
    return first.id if isinstance(first, ast.Name) else ""
