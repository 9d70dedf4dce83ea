"""What a program puts into mappings and objects, or takes out, and under which keys."""

from __future__ import annotations

import ast
import re

from wandb_flyte.analysis.source.kinds import called_name, is_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import walk

from .flow import Flow

# What classes are called whose objects may be mappings.
_MAPPING = re.compile("arg|box|cfg|conf|dict|map|munch|namespace|param|setting", re.IGNORECASE)


class StoredKeys:
    """Takes up what the nodes of a program put somewhere, or take out.

    Args:
        flow: The kinds of its expressions.
        swept: The names of the hyperparameters.

    Attributes:
        keys: The keys that it writes out.
        filled: What changes under keys that it makes, each with its scope.
        taken: What those that take over all of another mapping get it from, by their ids.
    """

    def __init__(self, flow: Flow, swept: frozenset[str]) -> None:
        self._flow = flow
        self._swept = swept
        self.keys: set[str] = set()
        self.filled: list[tuple[ast.expr, Scope]] = []
        self.taken: dict[int, ast.expr] = {}

    def note(self, node: ast.AST, scope: Scope) -> None:
        """Takes up what one node puts somewhere."""
        changed = (ast.Store, ast.Del)
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, changed):
            owner = scope.owner if is_name(node.value, "self") else None
            bases = map(ast.unparse, owner.bases) if owner is not None else ()
            is_plain = owner is not None and not any(map(_MAPPING.search, bases))
            if isinstance(node, ast.Attribute) and is_plain:
                return  # It is an attribute of an object that is no mapping.
            key = node.attr if isinstance(node, ast.Attribute) else text(node.slice)
            if key is not None:
                self.keys.add(key)
            elif not self._is_swept(getattr(node, "slice", None), node, scope):
                self.filled.append((node.value, scope))
        elif isinstance(node, ast.Call) and called_name(node) == "pop" and node.args:
            if (key := text(node.args[0])) is not None:
                self.keys.add(key)
            elif not isinstance(node.args[0], ast.Constant | ast.UnaryOp):
                self.filled.append((getattr(node.func, "value", node.func), scope))
        elif isinstance(node, ast.Call) and called_name(node) in ("update", "merge", "setattr"):
            base = node.func.value if isinstance(node.func, ast.Attribute) else None
            if len(node.args) == 1 and isinstance(node.args[0], ast.Dict):
                keys = [text(key) for key in node.args[0].keys]
                if None not in keys:
                    self.keys.update(key for key in keys if key)
                    return
            self.filled += [(one, scope) for one in (base, *node.args) if one is not None]
            if base is not None and called_name(node) == "update" and len(node.args) == 1:
                self.taken[id(base)] = self.taken[id(node.args[0])] = node.args[0]

    def _is_swept(self, key: ast.expr | None, node: ast.AST, scope: Scope) -> bool:
        """Whether a key comes from a loop over the trial's config: it is a hyperparameter's."""
        current: ast.AST | None = node
        while current is not None:
            if isinstance(current, ast.For) and isinstance(key, ast.Name):
                names = {part.id for part in walk(current.target) if isinstance(part, ast.Name)}
                kinds = self._flow.kinds(current.iter, scope)
                if key.id in names and kinds and all(kind.what == "config" for kind in kinds):
                    self.keys.update(self._swept)
                    return True
            current = self._flow.scopes.parents.get(id(current))
        return False
