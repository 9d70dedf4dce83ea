"""The texts that a program writes out, and those that it puts together."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from wandb_flyte.analysis.metrics.log_keys import fits, pattern
from wandb_flyte.analysis.source.kinds import called_name, text
from wandb_flyte.analysis.source.scope import Scope

# What puts texts together.
MADE = (ast.BinOp, ast.Call, ast.JoinedStr)
# Where keys stand that are put together, and what is given some.
_KEY_PLACES = (ast.Assign, ast.Dict, ast.DictComp, ast.Return, ast.Subscript)
# What others are put in place of: `{}`, `{name:.2f}`, `%s`.
_GAPS = re.compile(r"\{\w*(?:[:!][^{}]*)?\}|%(?:\(\w+\))?[ds]")
_TAKES_KEYS = re.compile("add|log|setattr|update")


class Texts:
    """The texts of some code.

    Args:
        scopes: The code.
        parents: The node around each node, by its id.
    """

    def __init__(self, scopes: Sequence[Scope], parents: Mapping[int, ast.AST]) -> None:
        self._scopes = scopes
        self._parents = parents

    @cached_property
    def plain(self) -> frozenset[str]:
        """The texts that are written out, and the names of arguments and fields."""
        nodes = [node for scope in self._scopes for node in scope.nodes]
        found = {
            one
            for node in nodes
            if (one := text(node)) is not None and not self._is_metric_of_sweep(node)
        }
        found |= {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg}
        fields = (node.target for node in nodes if isinstance(node, ast.AnnAssign))
        return frozenset(found | {one.id for one in fields if isinstance(one, ast.Name)})

    @cached_property
    def made(self) -> dict[str, list[ast.AST]]:
        """Those that are put together, as patterns, each with its places."""
        found: dict[str, list[ast.AST]] = {}
        for scope in self._scopes:
            for node in scope.nodes:
                if isinstance(node, MADE):
                    found.setdefault(pattern(node), []).append(node)
        return found

    def may_say(self, name: str) -> bool:
        """Whether a text stands in the code, or may be put together from what does."""
        if name in self.plain or any(fits(one, name) for one in self._templates):
            return True
        if self._joins and any(
            name[:index] in self.plain and name[index:] in self.plain
            for index in range(1, len(name))
        ):
            return True
        return any(
            fits(made, name) and (re.search("[a-zA-Z]", made) or any(map(self._may_be_key, nodes)))
            for made, nodes in self.made.items()
            if made != ".*"
        )

    def _is_metric_of_sweep(self, node: ast.AST) -> bool:
        """Whether a text is what a sweep config calls its metric, and the code does not ask for."""
        parent = self._parents.get(id(node))
        if not isinstance(parent, ast.Dict) or {*map(text, parent.keys)} != {"goal", "name"}:
            return False
        return not self._asks_for_metric

    @cached_property
    def _asks_for_metric(self) -> bool:
        """Whether the code reads a sweep config's metric: `config["metric"]["name"]`."""
        nodes = (node for scope in self._scopes for node in scope.each(ast.Subscript, ast.Call))
        return any(
            text(node.args[0]) == "metric" and called_name(node) == "get" and len(node.args) < 3
            if isinstance(node, ast.Call) and node.args
            else isinstance(node, ast.Subscript)
            and text(node.slice) == "metric"
            and isinstance(node.ctx, ast.Load)
            for node in nodes
        )

    @cached_property
    def _templates(self) -> set[str]:
        """The patterns of texts with gaps: `"{}_loss"`, which stands under another name."""
        found = {_template(one) for one in self.plain if "{" in one or "%" in one}
        return {one for one in found if re.search("[a-zA-Z]", one.replace(".*", ""))}

    @cached_property
    def _joins(self) -> bool:
        """Whether a key may be two texts that stand elsewhere: `row[f"{prefix}{key}"]`."""
        joined = (node for node in self.made.get(".*", []) if isinstance(node, ast.JoinedStr))
        return any(len(node.values) > 1 and self._may_be_key(node) for node in joined)

    def _may_be_key(self, node: ast.AST) -> bool:
        """Whether what is put together may be a key; if not, it is a path or a message."""
        parent = self._parents.get(id(node))
        while isinstance(parent, ast.IfExp):
            parent = self._parents.get(id(parent))
        if isinstance(parent, ast.Call):
            return bool(_TAKES_KEYS.search(called_name(parent)))
        return isinstance(parent, _KEY_PLACES)


def _template(plain: str) -> str:
    """The pattern of a text that others are put into."""
    return ".*".join(map(re.escape, _GAPS.split(plain)))
