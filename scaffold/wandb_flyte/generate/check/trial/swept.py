"""The values that an expression has over a sweep's trials."""

from __future__ import annotations

import ast
import re
from copy import copy
from typing import Any

from wandb_flyte.analysis.command_line.interface import option_for
from wandb_flyte.analysis.source.inherited import is_self
from wandb_flyte.analysis.source.kinds import given
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.spec import Distribution

from .case import Case
from .values import listed

# Types of options that make None of no word.
_PLAIN = frozenset({"float", "int", "str"})
# A word that something writes a value over before the sweep is started.
FILLED_IN = re.compile(r"PLACEHOLDER|^__\w+__$|^<\w+>$|\{\{")
# What Hydra takes for None.
_NONES = frozenset({"None", "null", "~"})


class Swept:
    """Tells which values the hyperparameters have in a program.

    Args:
        case: The sweep and its code.

    Attributes:
        asked: The values of those that have several, and have been asked for, by their paths.
    """

    def __init__(self, case: Case) -> None:
        program = case.program
        self._flow = program.flow
        self._interface = program.interface
        self._passes = case.command is not None and bool(case.command.passes)
        self.asked: dict[tuple[str, ...], list[Any]] = {}
        # Those that the code sets itself may be anything.
        own = program.config.changes | program.args.supplies | program.hydra.supplies
        self._given = {
            parameter.path
            for parameter in case.sweep.parameters
            if parameter.path[0] not in own and _NONES.isdisjoint(_texts(parameter.distribution))
        }
        self._listed = {
            parameter.path: values
            for parameter in case.sweep.parameters
            if (values := listed(parameter.distribution)) and parameter.path[0] not in own
            if not any(FILLED_IN.search(one) for one in _texts(parameter.distribution))
        }

    def values(self, node: ast.expr, scope: Scope) -> list[Any] | None:
        """All values that an expression may have; None for a range, or no hyperparameter."""
        kinds = self._flow.kinds(node, scope)
        paths, whats = {kind.path for kind in kinds}, {kind.what for kind in kinds}
        values = self._listed.get(next(iter(paths))) if len(paths) == 1 else None
        if values is None or not whats <= {"args", "config", "hydra"}:
            return None
        # On a command line everything is text at first.
        if whats != {"config"} and not all(isinstance(value, str) for value in values):
            return None
        if not self._is_text(node, scope):
            return None
        if len(values) > 1:
            self.asked[next(iter(paths))] = values
        return values

    def is_given(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is a hyperparameter that has a value, not None, in every trial."""
        kinds = self._flow.kinds(node, scope)
        paths, whats = {kind.path for kind in kinds}, {kind.what for kind in kinds}
        if len(paths) != 1 or not whats <= {"args", "config", "hydra"}:
            return False
        if (path := next(iter(paths))) not in self._given:
            return False
        option = option_for(self._interface, path[0]) if "args" in whats else None
        is_plain = "args" not in whats or (option is not None and option.type in _PLAIN)
        is_passed = whats == {"config"} or self._passes
        return is_plain and is_passed

    def assuming(self, path: tuple[str, ...], value: Any) -> Swept:
        """The same for those trials that have a value for a hyperparameter."""
        other = copy(self)
        other._listed = {**self._listed, path: [value]}
        other.asked = {}
        return other

    def is_plain(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is a hyperparameter as the sweep gives it, wherever it comes from.

        Args:
            node: An expression that is one, or a text of the command line.
            scope: Where it stands.
        """
        if not self._is_text(node, scope):
            return False
        if not isinstance(node, ast.Name):
            return self._is_of_own_class(node, scope)
        if any(not self._flow.kinds(one, scope) for one in scope.named_values.get(node.id, ())):
            return False
        if scope.node is None or node.id not in scope.takes:
            return True
        given = self._flow.given(node.id, scope)
        return all(value is None or self._flow.kinds(value, place) for value, place in given)

    def _is_of_own_class(
        self, node: ast.expr, scope: Scope, seen: frozenset[int] = frozenset()
    ) -> bool:
        """Whether `self.name` is the hyperparameter in a class's own objects, not in its kin's.

        What a class above sets is, where an object of this class is given it.
        """
        owner, scopes = scope.within, self._flow.scopes
        if owner is None or not isinstance(node, ast.Attribute) or not is_self(node.value):
            return True
        if id(owner) in seen:
            return False
        line = [owner, *scopes.heirs_of(owner)]
        own = [one for one in scopes.reached if one.within in line]
        if any(_sets(target, node.attr) for one in own for target, _ in one.bindings):
            return True
        wanted = self._flow.kinds(node, scope)
        calls = [found for one in line for found in self._flow.callers.get(id(one), ())]
        return any(
            not wanted.isdisjoint(self._flow.kinds(value, place))
            and self._is_of_own_class(value, place, seen | {id(owner)})
            for call, place in calls
            for value in given(call)
        )

    def _is_text(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an option leaves its words as they are."""
        for kind in self._flow.kinds(node, scope):
            option = option_for(self._interface, kind.path[0]) if kind.what == "args" else None
            if kind.what == "args" and (option is None or option.type != "str" or option.many):
                return False
        return True


def _sets(target: ast.expr, name: str) -> bool:
    """Whether something is put into `self.name`."""
    return isinstance(target, ast.Attribute) and target.attr == name and is_self(target.value)


def _texts(distribution: Distribution) -> set[str]:
    return {str(value) for value in listed(distribution) or ()}
