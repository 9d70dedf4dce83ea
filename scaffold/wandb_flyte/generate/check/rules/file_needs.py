"""Keys of a file's content, with the trial's config put over it, that neither of them has."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.source.kinds import Kind, argument, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.check.trial.case import Case, all_names, near
from wandb_flyte.generate.check.trial.config_keys import is_beside
from wandb_flyte.generate.check.trial.switches import EVERY, Switches
from wandb_flyte.generate.names import show

_MERGED = frozenset({Kind("merged")})
_WHOLES = frozenset({Kind("config"), Kind("merged")})
# `wandb.init` takes nothing by position that is a config, in any version.
_FAR = 99


def check_file_needs(case: Case, switches: Switches) -> Iterator[Finding]:
    """`settings["heads"]`, of what a file holds and the config is put into.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    program, told = case.program, set[str]()
    given = set(all_names(case.document) or ())
    if not program.merged.used or not program.complete or not given:
        return
    for scope in program.flow.scopes.reached:
        for node in scope.each(ast.Subscript):
            key = text(node.slice)
            if key is None or key in told | given or not isinstance(node.ctx, ast.Load):
                continue
            if program.flow.kinds(node.value, scope) != _MERGED:
                continue
            found = _keys(node.value, scope, case, switches)
            if found is None or key in found or (key,) in program.merged.stored:
                continue
            if not (who := switches.stopped(node, scope)):
                continue
            told.add(key)
            message = f"Neither the sweep nor the file has `{show(key)}`: {who} stops here."
            other = near(key, given | found)
            hint = f"Did you mean `{show(other)}`?" if other else "Add it to one of them."
            severity: Severity = "error" if who == EVERY else "warning"
            yield case.in_code(scope.place(node), message, hint, "WF102", severity)


def _keys(node: ast.expr, scope: Scope, case: Case, switches: Switches) -> set[str] | None:
    """The keys that a file's content may have beside the sweep's; None for any."""
    flow, known = case.program.flow, switches.known
    held = known.value(node, scope)
    if not isinstance(held, dict) or is_beside(case):
        return None
    for one, place in known.stored.filled:
        kinds = flow.kinds(one, place)
        if not (kinds and kinds <= _WHOLES) and isinstance(known.value(one, place), dict):
            return None
    found = {str(key) for key in held} | known.stored.keys | case.program.config.supplies
    opens, others = flow.openings
    for call, place in opens:
        value = argument(call, "config", _FAR)
        more = known.value(value, place) if value is not None else {}
        if not isinstance(more, dict) or any(one.arg is None for one in call.keywords):
            return None
        found |= {str(key) for key in more}
    return None if others else found
