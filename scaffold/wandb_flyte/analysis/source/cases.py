"""Which case of a `match` a value comes to."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from .unknown import UNKNOWN

Value = Callable[[ast.expr], Any]


def chosen(node: ast.Match, value: Value) -> ast.match_case | None:
    """The case that a `match` surely comes to; None where that is not known.

    Args:
        node: The statement.
        value: Gives the value of an expression; UNKNOWN when that is not the same in all trials.
    """
    subject = value(node.subject)
    if subject is UNKNOWN:
        return None
    for case in node.cases:
        taken = _takes(case.pattern, subject, value)
        if taken and case.guard is None:
            return case
        if taken is not False:
            return None
    return None


def refuses(node: ast.match_case, match: ast.Match, value: Value) -> bool:
    """Whether a `match` never comes to one of its cases."""
    subject = value(match.subject)
    if subject is UNKNOWN:
        return False
    surely = chosen(match, value)
    behind = surely is not None and match.cases.index(surely) < match.cases.index(node)
    return behind or _takes(node.pattern, subject, value) is False


def _takes(pattern: ast.pattern, subject: Any, value: Value) -> bool | None:
    """Whether a pattern fits a value; None where that is not known."""
    if isinstance(pattern, ast.MatchSingleton):
        return subject is pattern.value
    if isinstance(pattern, ast.MatchValue):
        wanted = value(pattern.value)
        return None if wanted is UNKNOWN else bool(wanted == subject)
    if isinstance(pattern, ast.MatchOr):
        parts = [_takes(one, subject, value) for one in pattern.patterns]
        return True if True in parts else None if None in parts else False
    if isinstance(pattern, ast.MatchAs):
        return pattern.pattern is None or _takes(pattern.pattern, subject, value)
    return None
