"""Options that a program adds in a loop: over a list, a dict, or the fields of a class."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace

from wandb_flyte.analysis.source.kinds import called_name, is_name, literal, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import annotated
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.looped_elements import LoopedElements, part

from .argparse_options import read_argument
from .interface import Option

_MOST = 400
# The arguments of `name.replace("_", "-")`.
_REPLACES = 2


def read_looped(
    node: ast.Call, command: tuple[str, ...], scope: Scope, flow: Flow
) -> list[Option] | None:
    """The options that an `add_argument` in a loop makes; None where not all of them are known.

    Args:
        node: The call.
        command: The subcommand whose parser it is.
        scope: Where it stands.
        flow: The program.
    """
    loops = [one for one in flow.scopes.outwards(node) if isinstance(one, ast.For | ast.While)]
    loop = loops[0] if len(loops) == 1 else None
    if not isinstance(loop, ast.For):
        return None
    elements = LoopedElements(flow).of(loop.iter, scope)
    if elements is None or len(elements) > _MOST:
        return None
    plain = any(statement is flow.scopes.parents.get(id(node)) for statement in loop.body)
    found: list[Option] = []
    for element in elements:
        known = _taken_apart(loop.target, element)
        made = _Made(known, scope, flow).visit(deepcopy(node)) if known is not None else None
        option = _option(made, command, scope, plain=plain) if made is not None else None
        if option is None:
            return None
        found.append(option)
    return found


def _option(
    made: ast.Call, command: tuple[str, ...], scope: Scope, *, plain: bool
) -> Option | None:
    """One of them; of its type nothing is said where a condition or a dict decides."""
    given = [one for one in made.keywords if one.arg is not None]
    whole = ast.Call(made.func, made.args, given, lineno=made.lineno)
    option = read_argument(whole, command, scope)
    if option is None or (plain and len(given) == len(made.keywords)):
        return option
    return replace(
        option, type="", choices=None, has_default=True, default=None, left_out=UNKNOWN, count=0
    )


def _taken_apart(target: ast.expr, element: ast.expr) -> dict[str, ast.expr] | None:
    """What each name of a loop is for one of the elements."""
    if isinstance(target, ast.Name):
        return {target.id: element}
    if not isinstance(target, ast.Tuple) or not isinstance(element, ast.Tuple | ast.List):
        return None
    if len(target.elts) != len(element.elts):
        return None
    parts = [_taken_apart(*pair) for pair in zip(target.elts, element.elts, strict=True)]
    known = [one for one in parts if one is not None]
    if len(known) < len(parts):
        return None
    return {name: value for one in known for name, value in one.items()}


class _Made(ast.NodeTransformer):
    """Writes a call out for one round of a loop.

    Args:
        known: What the loop's names are in it.
        scope: Where the loop stands.
        flow: The program.
    """

    def __init__(self, known: Mapping[str, ast.expr], scope: Scope, flow: Flow) -> None:
        self._known = known
        self._scope = scope
        self._flow = flow
        self._open: set[str] = set()

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._known:
            return self._known[node.id]
        values = self._scope.every_value(node.id) or []
        if len(values) != 1 or node.id in self._open:
            return node
        self._open.add(node.id)
        made = self.visit(deepcopy(values[0]))
        self._open.discard(node.id)
        return made if isinstance(made, ast.Constant) else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        value = self.visit(node.value)
        found = part(value, node.attr, self._order(value))
        return found if found is not None else ast.Attribute(value, node.attr, node.ctx)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        value, key = self.visit(node.value), literal(node.slice)
        if isinstance(value, ast.Dict):
            found = [v for k, v in zip(value.keys, value.values, strict=True) if literal(k) == key]
            return found[-1] if found else node
        if isinstance(value, ast.Tuple | ast.List) and isinstance(key, int):
            return value.elts[key] if -len(value.elts) <= key < len(value.elts) else node
        return ast.Subscript(value, node.slice, node.ctx)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        parts: list[str] = []
        for one in node.values:
            is_plain = isinstance(one, ast.FormattedValue) and one.format_spec is None
            made = self.visit(one.value) if isinstance(one, ast.FormattedValue) else one
            written = text(made) if is_plain or isinstance(one, ast.Constant) else None
            if written is None:
                return node
            parts.append(written)
        return ast.Constant("".join(parts))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = text(self.visit(node.left)), text(self.visit(node.right))
        is_sum = isinstance(node.op, ast.Add) and left is not None and right is not None
        return ast.Constant(f"{left}{right}") if is_sum else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        base = text(node.func.value) if isinstance(node.func, ast.Attribute) else None
        words = [text(one) for one in node.args]
        if base is not None and called_name(node) == "replace" and len(words) == _REPLACES:
            old, new = words
            return ast.Constant(base.replace(old, new)) if old and new is not None else node
        if is_name(node.func, "type") and len(node.args) == 1:
            value = literal(node.args[0])
            return ast.Name(type(value).__name__, ast.Load()) if value is not None else node
        return node

    def _order(self, node: ast.expr) -> list[str]:
        """The fields of the class that a call makes an object of."""
        targets = (
            self._flow.scopes.resolve(node.func, self._scope) if isinstance(node, ast.Call) else []
        )
        owner = targets[0] if len(targets) == 1 else None
        return [name for name, _ in annotated(owner)] if isinstance(owner, ast.ClassDef) else []
