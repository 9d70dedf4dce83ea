"""Attention whose width its number of heads does not divide: PyTorch makes no such module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product

from wandb_flyte.analysis.source.kinds import HOLDERS, argument, full_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.check.trial.values import listed
from wandb_flyte.generate.names import show

# What the width and the number of heads are called. Source: torch.nn.MultiheadAttention, of which
# the others make theirs: "embed_dim must be divisible by num_heads".
_ATTENTION = {
    "torch.nn.MultiheadAttention": ("embed_dim", "num_heads"),
    "torch.nn.Transformer": ("d_model", "nhead"),
    "torch.nn.TransformerDecoderLayer": ("d_model", "nhead"),
    "torch.nn.TransformerEncoderLayer": ("d_model", "nhead"),
}
_Path = tuple[str, ...]


def check_heads(case: Case, switches: Switches) -> Iterator[Finding]:
    """Values of the sweep that no such module can be made with.

    Args:
        case: The sweep and its code.
        switches: What is known of the values.
    """
    told: set[tuple[_Path | None, _Path | None]] = set()
    for scope in case.program.flow.scopes.reached:
        for call in scope.calls:
            names = _ATTENTION.get(full_name(call.func, scope.module.outside))
            if names is None or switches.closed(call, scope):
                continue
            given = [argument(call, name, place) for place, name in enumerate(names)]
            found = [_values(one, scope, case, switches) for one in given if one is not None]
            paths = tuple(path for path, _ in found)
            if len(found) != len(names) or paths in told or not any(paths):
                continue
            bad = [pair for pair in product(*(values for _, values in found)) if pair[0] % pair[1]]
            if bad:
                told.add((paths[0], paths[1]))
                yield _misfit(case, names, bad, (paths[0], paths[1]))


def _misfit(
    case: Case,
    names: tuple[str, str],
    bad: list[tuple[int, ...]],
    paths: tuple[_Path | None, _Path | None],
) -> Finding:
    width, heads = bad[0]
    more = f", and {len(bad) - 1} more such pairs" if len(bad) > 1 else ""
    message = (
        f"`{names[0]}={width}` is no multiple of `{names[1]}={heads}`{more}: PyTorch stops there."
    )
    hint = "Let each width be a multiple of each number of heads."
    path = paths[1] or paths[0] or ()
    return case.in_sweep(("parameters", *map(show, path)), message, hint, "WF115")


def _values(
    node: ast.expr, scope: Scope, case: Case, switches: Switches
) -> tuple[_Path | None, list[int]]:
    """The whole numbers from 1 that an argument may be, and the hyperparameter that it is."""
    kinds = case.program.flow.kinds(node, scope)
    path = next((kind.path for kind in kinds), ())
    plain = len({kind.path for kind in kinds}) == 1 and all(one.what in HOLDERS for one in kinds)
    if plain and _stays(node, scope, case):
        for parameter in case.sweep.parameters:
            if parameter.path == path:
                return path, _counts(listed(parameter.distribution))
    return None, _counts([switches.known.value(node, scope)])


def _stays(node: ast.expr, scope: Scope, case: Case) -> bool:
    """Whether a name has no value in its scope but what the trial is given."""
    values = scope.named_values.get(node.id, ()) if isinstance(node, ast.Name) else ()
    own = case.program.config.changes | case.program.args.supplies
    kinds = case.program.flow.kinds(node, scope)
    return all(case.program.flow.kinds(one, scope) == kinds for one in values) and not any(
        kind.path[:1] and kind.path[0] in own for kind in kinds
    )


def _counts(values: list[object] | None) -> list[int]:
    return [one for one in values or () if type(one) is int and one > 0]
