"""Arguments that a program sets to something else, so that what was given has no effect."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import TYPE_CHECKING

from wandb_flyte.analysis.source.kinds import HOLDERS, Kind
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.analysis.source.unknown import UNKNOWN

from .flow import Flow
from .noted import noted_under

if TYPE_CHECKING:
    from wandb_flyte.generate.check.trial.switches import Switches


def is_overwritten(kind: Kind, node: ast.expr, scope: Scope, flow: Flow) -> bool:
    """Whether `args.name = ...` takes away what was given, before anything in sight has read it.

    Args:
        kind: The argument.
        node: The target of the assignment.
        scope: Where it stands.
        flow: The kinds of the program's expressions.
    """
    parents = flow.scopes.parents
    statement = parents.get(id(node))
    if kind.what != "args" or not isinstance(statement, ast.Assign):
        return False
    if any(_holds(part, flow, scope) for part in walk(statement.value)):
        return False  # It may be made of what was given.
    for other in scope.nodes:
        if not isinstance(other, ast.expr) or other.lineno >= node.lineno:
            continue
        kinds = flow.kinds(other, scope)
        is_read = not isinstance(getattr(other, "ctx", None), ast.Store)
        handed = (
            isinstance(parents.get(id(other)), ast.Call | ast.keyword) and Kind("args") in kinds
        )
        if is_read and (kind in kinds or handed) and noted_under(other, flow, scope) is None:
            return False
    return True


def is_always_set(node: ast.expr, scope: Scope, nodes: Collection[int], switches: Switches) -> bool:
    """Whether every run sets one of some targets, where one of them stands or in another branch.

    Args:
        node: One of the targets.
        scope: Where it stands.
        nodes: The ids of them all.
        switches: What is known of the conditions.
    """
    if switches.comes_to(node, scope):
        return True
    parents = switches.parents
    statement = parents.get(id(node))
    while isinstance(around := parents.get(id(statement)), ast.If):
        statement = around
    if not isinstance(statement, ast.If) or not switches.comes_to(statement, scope):
        return False
    return _sets(statement, scope, nodes, switches)


def _sets(statement: ast.stmt, scope: Scope, nodes: Collection[int], switches: Switches) -> bool:
    """Whether a statement sets one of some targets whenever a run comes to it."""
    if isinstance(statement, ast.If):
        truth = switches.known.truth(statement.test, scope)
        ways = {True: statement.body, False: statement.orelse}
        blocks = [block for way, block in ways.items() if truth in (way, UNKNOWN)]
        return all(any(_sets(one, scope, nodes, switches) for one in block) for block in blocks)
    return isinstance(statement, ast.Assign) and any(id(one) in nodes for one in statement.targets)


def _holds(node: ast.AST, flow: Flow, scope: Scope) -> bool:
    return any(kind.what in HOLDERS for kind in flow.kinds(node, scope))
