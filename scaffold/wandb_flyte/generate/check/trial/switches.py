"""Code that no trial comes to: an option decides, and neither command nor sweep sets it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from copy import copy
from functools import cached_property

from wandb_flyte.analysis.config.ends import Ends
from wandb_flyte.analysis.source.best_so_far import holds_at_first
from wandb_flyte.analysis.source.cases import Value, chosen, refuses
from wandb_flyte.analysis.source.decorators import is_changed
from wandb_flyte.analysis.source.kinds import HOLDERS
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import (
    SKIPS,
    before,
    ifs_above,
    leaves,
    leaves_out,
    place_in,
    skips,
)
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.uses import Uses
from wandb_flyte.generate.names import show

from .callbacks import Callbacks
from .case import Case
from .dispatch import Dispatch
from .known_options import changes
from .known_values import KnownValues
from .unused_objects import UnusedObjects

EVERY = "every trial"
_DEEPEST = 4


class Switches:
    """What is known of the conditions in a program when a sweep starts it.

    Args:
        case: The sweep and its code.

    Attributes:
        known: What is known of the values in it.
        parents: What each of its nodes stands in.
    """

    def __init__(self, case: Case) -> None:
        self._scopes = case.program.flow.scopes
        self.parents = self._scopes.parents
        self._certain = case.program.certain
        self._program = case.program
        self._assumed: dict[tuple[tuple[str, ...], int], Switches] = {}
        self._is_assumed = False
        uses = Uses(case.program.flow)
        self._callbacks = Callbacks(case.program)
        self._dispatch = Dispatch(self._scopes, uses)
        self._unused = UnusedObjects(self._scopes, uses)
        self.known = KnownValues(case)
        # Where every change is itself behind what the options say, none of them comes to pass.
        if not all(self.closed(*one) for one in changes(case)):
            self.known = KnownValues(case, with_options=False)
        holders = {what: getattr(case.program, what) for what in HOLDERS}
        all_calls = self.known.all_calls
        self._ends = Ends(case.program.flow, uses, holders, all_calls, self.closed)

    def closed(self, node: ast.AST, scope: Scope, depth: int = 0) -> str:
        """What would have to hold for a place to be reached, and never does, in words.

        Empty where nothing is known to keep trials from it.
        """
        if depth > _DEEPEST:
            return ""
        current, parent = node, self._scopes.parents.get(id(node))
        while True:
            block = parent if parent is not None else scope.node or scope.module.tree
            if found := self._closed_in(current, block, scope):
                return found
            if parent is None:
                found = self._never_called(scope, depth)
                return found or (self._closed_to_each(node, scope) if depth == 0 else "")
            current, parent = parent, self._scopes.parents.get(id(parent))

    def _closed_to_each(self, node: ast.AST, scope: Scope) -> str:
        """The same where each value of a hyperparameter keeps the trials that have it from it."""
        if self._is_assumed:
            return ""
        for path, values in list(self.known.hyperparameters.asked.items()):
            if all(self._assuming(path, index).closed(node, scope) for index in range(len(values))):
                return f"`{show('.'.join(path))}` is none of its values"
        return ""

    def _assuming(self, path: tuple[str, ...], index: int) -> Switches:
        """What is known for those trials that have one of the values of a hyperparameter."""
        if (path, index) not in self._assumed:
            other = self._assumed[path, index] = copy(self)
            value = self.known.hyperparameters.asked[path][index]
            other.known, other._is_assumed = self.known.assuming(path, value), True
        return self._assumed[path, index]

    def all_closed(self, places: Sequence[tuple[ast.AST, Scope]], depth: int = 0) -> str:
        """The same for the first of some places, when it holds for each of them."""
        first = ""
        for place in places:
            condition = self.closed(*place, depth)
            if not condition:
                return ""
            first = first or condition
        return first

    def ends(self, places: Sequence[tuple[ast.expr, Scope]]) -> list[tuple[ast.expr, Scope]]:
        """Where some values come to in the end, up to the first place that trials may come to."""
        found: list[tuple[ast.expr, Scope]] = []
        for place in places:
            for end in [place] if self.closed(*place) else self._ends.of(*place):
                found.append(end)
                if not self.closed(*end):
                    return found
        return found

    def _closed_in(self, node: ast.AST, block: ast.AST, scope: Scope) -> str:
        """The same, as far as one statement or expression decides about one of its parts."""
        if isinstance(block, ast.If | ast.IfExp | ast.While) and node is not block.test:
            value = self.known.truth(block.test, scope)
            parts = block.body if isinstance(block.body, list) else [block.body]
            wanted = any(part is node for part in parts)
            if value is not UNKNOWN and value is not wanted:
                return _in_words(self._deciding(block.test, scope), wanted)
        if isinstance(block, ast.BoolOp):
            for part in block.values[: place_in(block.values, node)]:
                value, is_or = self.known.truth(part, scope), isinstance(block.op, ast.Or)
                if value is is_or:
                    return _in_words(part, not is_or)
        if isinstance(block, ast.match_case) and any(node is part for part in block.body):
            match = self._scopes.parents.get(id(block))
            if isinstance(match, ast.Match) and refuses(block, match, self._value_in(scope)):
                subject, pattern = ast.unparse(match.subject), ast.unparse(block.pattern)
                return f"`{show(subject)}` matches `{show(pattern)}`"
        for one in before(node, block):
            if isinstance(one, ast.If | ast.Match) and (found := self._left_by(one, scope)):
                return found
        return ""

    def _left_by(self, statement: ast.stmt, scope: Scope) -> str:
        """What would have to hold for a run to go on after a statement, and never does."""
        if isinstance(statement, ast.Match):
            case = chosen(statement, self._value_in(scope))
            subject, pattern = statement.subject, case.pattern if case is not None else None
            if case is None or pattern is None or not self._is_left(case.body, scope):
                return ""
            return f"`{show(ast.unparse(subject))}` does not match `{show(ast.unparse(pattern))}`"
        if not isinstance(statement, ast.If):
            return ""
        value = self.known.truth(statement.test, scope)
        if value is UNKNOWN:
            return ""
        raises = leaves(statement) and not self._is_assumed
        if value and (raises or self._is_left(statement.body, scope)):
            return _in_words(statement.test, False)
        left = not value and self._is_left(statement.orelse, scope)
        return _in_words(statement.test, True) if left else ""

    def _is_left(self, block: list[ast.stmt], scope: Scope) -> bool:
        """Whether no run goes on behind some statements that it comes to, and none stops there."""
        return any(isinstance(one, SKIPS) or bool(self._left_by(one, scope)) for one in block)

    def _value_in(self, scope: Scope) -> Value:
        return lambda node: self.known.value(node, scope)

    def reached(self, node: ast.AST, scope: Scope, depth: int = 0) -> bool:
        """Whether every trial comes to a place: no condition, there or at a call, may keep it."""
        is_loaded = self._program.names.is_loaded(scope.module)
        if not is_loaded or depth > _DEEPEST or not self.sure(node, scope):
            return False
        if self.comes_to(node, scope):
            return True
        is_run = scope.node is not None and self._is_run(node, scope)
        calls = self._sure_calls.get(id(scope), ()) if is_run else ()
        return any(self.reached(*one, depth + 1) for one in calls)

    def stopped(self, node: ast.AST, scope: Scope) -> str:
        """The trials that surely come to a place, in words; empty where none need to."""
        if self.reached(node, scope):
            return EVERY
        for path, values in list(self.known.hyperparameters.asked.items()):
            for index, value in enumerate(values):
                if self._assuming(path, index).reached(node, scope):
                    return f"each trial with `{show('.'.join(path))}` of `{show(str(value))}`"
        return self._called_back(node, scope)

    def _called_back(self, node: ast.AST, scope: Scope) -> str:
        """The calls that come to a place of a function that is given to another package."""
        found = self._callbacks.around(node, scope)
        if found is None:
            return ""
        name, function, call, place = found
        current: ast.AST | None = node
        while isinstance(function, ast.Lambda) and current is not function:
            block = self.parents.get(id(current))
            if block is None or (leaves_out(block) and block is not function):
                return ""
            current = block
        is_inside = isinstance(function, ast.Lambda) or self._is_run(node, scope)
        is_given = is_inside and self.sure(node, scope) and self.reached(call, place)
        return f"each call of {name}" if is_given else ""

    def comes_to(self, node: ast.AST, scope: Scope) -> bool:
        """Whether every run comes to a place, as every condition around it is known to hold."""
        if self._certain.is_certain(node, scope):
            return True
        return id(scope) in self._certain.entered_by and self._is_run(node, scope)

    def _is_run(self, node: ast.AST, scope: Scope) -> bool:
        """The same whenever what is around a place in its file or function is run."""
        while id(node) not in scope.certain:
            block = self._scopes.parents.get(id(node))
            if block is None or (leaves_out(block) and not isinstance(block, ast.If | ast.IfExp)):
                return False
            if isinstance(block, ast.If | ast.IfExp) and node is not block.test:
                body = block.body if isinstance(block, ast.If) else [block.body]
                wanted = any(part is node for part in body)
                holds = self.known.truth(block.test, scope)
                is_first = isinstance(block, ast.If) and holds_at_first(block, scope)
                if holds is not wanted and not (wanted and is_first):
                    return False
            node = block
        return True

    @cached_property
    def _sure_calls(self) -> dict[int, list[tuple[ast.Call, Scope]]]:
        """The calls that surely come to each function, by its scope's id."""
        found: dict[int, list[tuple[ast.Call, Scope]]] = {}
        for scope in self._scopes.reached:
            for call in scope.calls:
                for inner in self._program.callees.entered_by(call, scope):
                    found.setdefault(id(inner), []).append((call, scope))
        return found

    def sure(self, node: ast.AST, scope: Scope) -> bool:
        """Whether no `if` that leaves before a place, there or where it is called, may hold.

        Args:
            node: What every run comes to as far as the conditions around it say.
            scope: Where it stands.
        """
        entered: tuple[ast.AST, Scope] | None = (node, scope)
        while entered is not None:
            current, scope = self._called(*entered)
            entered = self._certain.entered_by.get(id(scope))
            top = scope.node or scope.module.tree
            skipping = filter(skips, ifs_above(current, top, self.parents))
            if any(self.known.truth(other.test, scope) is not False for other in skipping):
                return False
        return True

    def _called(self, node: ast.AST, scope: Scope) -> tuple[ast.AST, Scope]:
        """A place, or the call of the `lambda` that it stands in."""
        around: ast.AST | None = node
        while around is not None:
            if call := self._certain.called.get(id(around)):
                return self._called(*call)
            around = self._scopes.parents.get(id(around))
        return node, scope

    def _deciding(self, test: ast.expr, scope: Scope) -> ast.expr:
        """The part of a condition that decides it alone."""
        if isinstance(test, ast.BoolOp):
            value = self.known.truth(test, scope)
            parts = [part for part in test.values if self.known.truth(part, scope) is value]
            return parts[0] if parts else test
        return test

    def _never_called(self, scope: Scope, depth: int) -> str:
        """The same for a function, when it holds for every call of it."""
        if scope.owner is not None and scope.makes is None:
            return self._never_made(scope, depth)
        calls = self.known.all_calls(scope)
        found = self._never_picked(scope.makes or scope, calls, depth)
        return found or self.all_closed(self.known.named(scope), depth + 1)

    def _never_made(self, method: Scope, depth: int) -> str:
        """The same for a method, when it holds for every object that has it."""
        if name := self._unused.variable(method, self.known):
            return f"something uses `{show(name)}`"
        calls = self.known.all_calls(method)
        found = self._never_picked(method, calls, depth)
        init = self._scopes.init_of(method.owner) if method.owner is not None else None
        if found or init is None or (method.node is not None and is_changed(method.node)):
            return found
        return self._never_picked(init.makes or init, self.known.all_calls(init), depth)

    def _never_picked(
        self, target: Scope | ast.ClassDef, calls: list[tuple[ast.Call, Scope]], depth: int
    ) -> str:
        """The same for a function or class, when no call comes to it, or picks it."""
        first = ""
        for call, place in calls:
            condition = self._dispatch.passes_by(target, call, place, self.known)
            condition = condition or self.closed(call, place, depth + 1)
            if not condition:
                return ""
            first = first or condition
        return first


def _in_words(test: ast.expr, holds: bool) -> str:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _in_words(test.operand, not holds)
    return f"`{show(ast.unparse(test))}` {'holds' if holds else 'does not hold'}"
