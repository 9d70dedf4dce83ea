"""Takes up what a program puts into its run's config, and into what else holds hyperparameters."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from wandb_flyte.analysis.source.kinds import (
    HOLDERS,
    Kind,
    asks_by_text,
    called_name,
    given,
    text,
)
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.supplied import is_alone, put_in, spread_config, supplied_keys

from .looking import HARMLESS
from .reads import Reads

# Methods that put something into a config.
WRITES = frozenset({"update", "setdefaults", "setdefault", "load_state_dict"})


class Supplies:
    """Notes what is put into each kind of holder beside what is read from it.

    Args:
        flow: The kinds of the program's expressions.
        found: What is read from each kind of holder; it gets what is put there.
    """

    def __init__(self, flow: Flow, found: Mapping[str, Reads]) -> None:
        self._flow, self._found = flow, found

    def take_up(self, node: ast.AST, scope: Scope) -> None:
        """Takes up what one node puts somewhere."""
        if put := put_in(node, self._flow, scope):
            self.add(put, scope)
        if isinstance(node, ast.Call):
            self._call(node, scope)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        """What `wandb.init(config=...)` and `config.update(...)` put into the config."""
        called = node.func
        handed = {k.what for value in given(node) for k in self._flow.kinds(value, scope)}
        names = {called_name(value) for value in given(node) if isinstance(value, ast.Call)}
        names |= {"globals"} if isinstance(called, ast.Name) and called.id == "exec" else set()
        whole = handed & {"run", "wandb"} or names & {"globals", "locals"}
        looks = called_name(node) in HARMLESS | {"WandbLogger", "cast"} or asks_by_text(node)
        if whole and not looks and not self._flow.scopes.resolve(called, scope):
            # Whoever gets the run may read its config, or put it into what it is given.
            config = self._found["config"]
            config.handed_on.setdefault((), (scope.module.file, node.lineno))
            config.wholes += [(value, scope) for value in given(node)]
        opens = called_name(node) == "WandbLogger"
        if opens or any(kind.what == "run" for kind in self._flow.kinds(node, scope)):
            for keyword in node.keywords:
                if keyword.arg == "config" and text(keyword.value) is not None:
                    self._found["config"].supplies_unseen = True  # A file.
                elif keyword.arg == "config":
                    self.add(keyword.value, scope, opens=True)
                elif keyword.arg is None:
                    given_config = spread_config(keyword.value, self._flow, scope)
                    self._found["config"].supplies_unseen |= given_config is None
                    for value in given_config or ():
                        self.add(value, scope, opens=True)
        elif isinstance(called, ast.Attribute) and called.attr in WRITES:
            base = self._flow.kinds(called.value, scope)
            for kind in base:
                if kind.what in HOLDERS and not kind.path:
                    for value in given(node)[: 1 if called.attr == "setdefault" else None]:
                        self.add(value, scope, kind.what)

    def add(
        self, node: ast.expr, scope: Scope, what: str = "config", *, opens: bool = False
    ) -> None:
        """Takes up the keys of what is put into a holder.

        Args:
            node: What is put there.
            scope: The scope around it.
            what: The kind of the holder.
            opens: Whether it is put there by opening the run.
        """
        reads = self._found[what]
        if isinstance(node, ast.Constant):
            reads.store({node.value} if isinstance(node.value, str) else set(), opens=opens)
            return
        kinds = self._flow.kinds(node, scope)
        is_args = Kind("args") in kinds and kinds <= {Kind("args"), Kind(what)}
        if is_args:
            reads.supplies_args = True
        if is_args or (kinds == {Kind(what)} and is_alone(node, scope, self._flow)):
            return  # Its own keys, which it has already.
        keys = supplied_keys(node, self._flow, scope)
        if keys is None:
            reads.supplies_unseen = True
        else:
            reads.store(keys, opens=opens)
