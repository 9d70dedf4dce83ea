"""Code that no trial comes to: an option decides, and neither command nor sweep sets it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from wandb_flyte.generate.names import show

from .case import Case
from .ends import Ends
from .interface import UNKNOWN
from .known_options import changes
from .known_values import KnownValues
from .scopes import Scope
from .statements import ifs_before, leaves, leaves_out, place_in, skips

_DEEPEST = 4


class Switches:
    """What is known of the conditions in a program when a sweep starts it.

    Args:
        case: The sweep and its code.

    Attributes:
        known: What is known of the values in it.
    """

    def __init__(self, case: Case) -> None:
        self._scopes = case.program.flow.scopes
        self._certain = case.program.certain
        self.known = KnownValues(case)
        # Where every change is itself behind what the options say, none of them comes to pass.
        if not all(self.closed(*one) for one in changes(case)):
            self.known = KnownValues(case, with_options=False)
        self._ends = Ends(case.program.flow, case.program.config, self.known.all_calls)

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
                return self._never_called(scope, depth)
            current, parent = parent, self._scopes.parents.get(id(parent))

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
                value, ends = self.known.truth(part, scope), isinstance(block.op, ast.Or)
                if value is ends:
                    return _in_words(part, not ends)
        for other in ifs_before(node, block):
            if leaves(other) and self.known.truth(other.test, scope) is True:
                return _in_words(other.test, False)
        return ""

    def comes_to(self, node: ast.AST, scope: Scope) -> bool:
        """Whether every run comes to a place, as every condition around it is known to hold."""
        while not self._certain.is_certain(node, scope):
            block = self._scopes.parents.get(id(node))
            if block is None or (leaves_out(block) and not isinstance(block, ast.If)):
                return False
            if isinstance(block, ast.If) and node is not block.test:
                wanted = any(part is node for part in block.body)
                if self.known.truth(block.test, scope) is not wanted:
                    return False
            node = block
        return True

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
            skipping = filter(skips, self._before(current, scope))
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

    def _before(self, node: ast.AST, scope: Scope) -> Iterator[ast.If]:
        """The statements `if` before a place, in the blocks around it."""
        top = scope.node or scope.module.tree
        while node is not top:
            block = self._scopes.parents.get(id(node), top)
            yield from ifs_before(node, block)
            node = block

    def _deciding(self, test: ast.expr, scope: Scope) -> ast.expr:
        """The part of a condition that decides it alone."""
        if isinstance(test, ast.BoolOp):
            value = self.known.truth(test, scope)
            parts = [part for part in test.values if self.known.truth(part, scope) is value]
            return parts[0] if parts else test
        return test

    def _never_called(self, scope: Scope, depth: int) -> str:
        """The same for a function, when it holds for every call of it."""
        return self.all_closed(self.known.all_calls(scope), depth + 1)


def _in_words(test: ast.expr, holds: bool) -> str:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _in_words(test.operand, not holds)
    return f"`{show(ast.unparse(test))}` {'holds' if holds else 'does not hold'}"
