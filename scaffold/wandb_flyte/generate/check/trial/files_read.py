"""The files that a program's calls read, by what names them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.config_files import loaded_name
from wandb_flyte.analysis.source.kinds import argument, full_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import ifs_above, leaves

_OPENS = frozenset({"open", "io.open"})
_READS = frozenset(
    {
        *("numpy.load", "numpy.loadtxt", "pandas.read_csv", "pandas.read_excel"),
        *("pandas.read_json", "pandas.read_parquet", "pandas.read_pickle", "torch.load"),
    }
)
_DEEPEST = 3


class FilesRead:
    """Tells what names the files that calls read.

    Args:
        program: The program.
    """

    def __init__(self, program: Program) -> None:
        self._scopes, self._callees = program.flow.scopes, program.callees
        self._parameters: dict[int, set[str]] = {}

    def named_by(self, call: ast.Call, scope: Scope, depth: int = 0) -> Iterator[ast.expr]:
        """What names the files that a call surely reads, there or in a function that it calls."""
        if (source := loaded_name(call, scope) or _opened(call, scope)) is not None:
            yield source
        target = self._callees.of(call.func, scope) if depth < _DEEPEST else None
        inner = self._scopes.entered_by(target) if target is not None else None
        if inner is None or any(isinstance(one, ast.Starred) for one in call.args):
            return
        given = inner.arguments(call)
        yield from (given[name] for name in sorted(self._read_in(inner, depth) & given.keys()))

    def _read_in(self, inner: Scope, depth: int) -> set[str]:
        """The parameters of a function that name files which each call of it reads."""
        if id(inner) not in self._parameters:
            self._parameters[id(inner)] = set()  # Also where it calls itself.
            self._parameters[id(inner)] = {
                name.id
                for call in inner.calls
                if id(call) in inner.certain and not self._may_be_left_out(call, inner)
                for name in self.named_by(call, inner, depth + 1)
                if isinstance(name, ast.Name)
                and name.id in inner.takes
                and not inner.binding(name.id)
            }
        return self._parameters[id(inner)]

    def _may_be_left_out(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a call of a function may come back before it has come to a call in it."""
        top = scope.node or scope.module.tree
        return any(map(leaves, ifs_above(call, top, self._scopes.parents)))


def _opened(call: ast.Call, scope: Scope) -> ast.expr | None:
    """What names the file that a call opens to read it."""
    name = full_name(call.func, scope.module.outside)
    if name in _OPENS:
        mode = argument(call, "mode", 1)
        is_read = mode is None or (text(mode) or "w").strip("bt") == "r"
        return argument(call, "file") if is_read else None
    return call.args[0] if name in _READS and call.args else None
