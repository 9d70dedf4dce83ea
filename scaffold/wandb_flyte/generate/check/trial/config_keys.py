"""Which keys a trial's config has, and which it surely has not."""

from __future__ import annotations

import ast
from functools import cached_property
from pathlib import Path

from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import Kind, called_name, full_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.config_defaults import Defaults, find_defaults
from wandb_flyte.analysis.tracing.stored_keys import StoredKeys
from wandb_flyte.spec import python_name

from .case import Case, all_names
from .run_order import RunOrder

# W&B reads it into the config of every run that is opened beside it.
DEFAULTS_FILE = "config-defaults.yaml"
_DERIVES = frozenset({"as_dict", "copy", "deepcopy", "dict"})
_CONFIG = frozenset({Kind("config")})
_DEEPEST = 4
# What every trial's environment has.
_SWEEP = "WANDB_SWEEP_ID"
_ENVIRONMENT = frozenset({"os.environ.get", "os.getenv"})
# The arguments of `getattr(config, "key")`.
_WITH_KEY = 2


class _Present:
    """What each trial has, whatever it is: the sweep's id."""


_ID = ast.Constant(_Present())  # type: ignore[arg-type]


class ConfigKeys:
    """Tells which keys no trial's config has.

    Args:
        case: The sweep and its code.
        stored: What the code puts into mappings.
    """

    def __init__(self, case: Case, stored: StoredKeys) -> None:
        self._case = case
        self._flow = case.program.flow
        self._stored = stored
        self._order = RunOrder(case)

    def default(self, node: ast.expr, scope: Scope) -> tuple[ast.expr, Scope] | None:
        """What the code itself gives the config under the key that is asked for.

        Returns:
            That value, with its scope; None where a trial may have another, or none is asked for.
        """
        if isinstance(node, ast.Attribute):
            base, key = node.value, node.attr
            if key == "sweep_id" and self._flow.kinds(base, scope) == {Kind("run")}:
                return _ID, scope
        elif isinstance(node, ast.Subscript):
            base, key = node.value, text(node.slice) or ""
        elif isinstance(node, ast.Call) and called_name(node) == "get" and len(node.args) > 0:
            base, key = getattr(node.func, "value", node), text(node.args[0]) or ""
        else:
            return None
        if key in self._stored.keys or self._flow.kinds(base, scope) != _CONFIG:
            return None
        if key not in self._defaults or not self._is_config(base, scope):
            return None
        return self._defaults[key]

    @cached_property
    def _defaults(self) -> Defaults:
        """The values of the keys that the code alone puts there."""
        if self._known is None or self._case.program.config.supplies_args:
            return {}
        names = set(all_names(self._case.document) or ())
        swept = {*names, *map(python_name, names)}
        found = find_defaults(self._flow)
        return {key: value for key, value in found.items() if key not in swept}

    @cached_property
    def may_have(self) -> set[str] | None:
        """The keys that a trial's config may have; None for any."""
        names, supplied = all_names(self._case.document), _put_into_configs(self._case)
        return None if names is None or supplied is None else {*names, *supplied}

    def asked(self, node: ast.Call | ast.Compare, scope: Scope) -> ast.expr | None:
        """What comes of asking the config for a key that no trial's has, or if it has one of all's.

        Returns:
            That; None for anything else.
        """
        if isinstance(node, ast.Compare):
            if (compared := self._order.compared(node, scope)) is not None:
                return compared
            if self._counts(node, scope):
                return ast.Constant(True)
            if len(node.ops) != 1 or not isinstance(node.ops[0], ast.In | ast.NotIn):
                return None
            key, is_not = text(node.left), isinstance(node.ops[0], ast.NotIn)
            if key == _SWEEP and self._is_environment(node.comparators[0], scope):
                return ast.Constant(not is_not)
            if self._has(node.comparators[0], key, scope):
                return ast.Constant(not is_not)
            lacks = self._lacks(node.comparators[0], key, scope)
            return ast.Constant(is_not) if lacks else None
        name, args = called_name(node), node.args
        if args and text(args[0]) == _SWEEP:
            return _ID if full_name(node.func, scope.module.outside) in _ENVIRONMENT else None
        if name == "get" and isinstance(node.func, ast.Attribute):
            args = [node.func.value, *args]
        elif name not in ("getattr", "hasattr"):
            return None
        if len(args) < _WITH_KEY or node.keywords:
            return None
        if name == "hasattr" and self._has(args[0], text(args[1]), scope):
            return ast.Constant(True)
        if not self._lacks(args[0], text(args[1]), scope):
            return None
        default = args[2] if len(args) > _WITH_KEY else ast.Constant(None)
        return ast.Constant(False) if name == "hasattr" else default

    def _is_environment(self, node: ast.expr, scope: Scope) -> bool:
        return full_name(node, scope.module.outside) == "os.environ"

    def _counts(self, node: ast.Compare, scope: Scope) -> bool:
        """Whether a comparison asks if there are keys in the config: each trial's has some."""
        call, zero = node.left, node.comparators[0]
        if not isinstance(call, ast.Call) or called_name(call) != "len" or len(call.args) != 1:
            return False
        counted = call.args[0]
        if isinstance(counted, ast.Call) and called_name(counted) in ("items", "keys"):
            counted = getattr(counted.func, "value", counted)
        is_some = isinstance(node.ops[0], ast.Gt | ast.NotEq) and len(node.ops) == 1
        is_none = isinstance(zero, ast.Constant) and zero.value == 0
        has_some = bool(all_names(self._case.document))
        return is_some and is_none and has_some and self._flow.kinds(counted, scope) == _CONFIG

    def _has(self, node: ast.expr, key: str | None, scope: Scope) -> bool:
        """Whether an expression is the config of a trial, and each trial's has that key."""
        if key is None or key in self._stored.keys or self._flow.kinds(node, scope) != _CONFIG:
            return False
        return key in (all_names(self._case.document) or ()) and self._is_config(node, scope)

    def _lacks(self, node: ast.expr, key: str | None, scope: Scope) -> bool:
        """Whether an expression is the config of a trial, and no trial's has that key."""
        if key is None or key.startswith("_") or self._flow.kinds(node, scope) != _CONFIG:
            return False
        known = self._known
        return known is not None and key not in known and self._is_config(node, scope)

    @cached_property
    def _known(self) -> set[str] | None:
        """Every key that may be there; None when others may be."""
        program = self._case.program
        opens, others = self._flow.openings
        loggers = (called_name(call) == "WandbLogger" for call, _ in opens)
        if others or any(loggers) or program.logs.opens_by_others or program.imports_by_name:
            return None  # They may put something there.
        if not program.complete or program.starts:
            return None
        parents = self._flow.scopes.parents
        for node, _ in program.config.wholes:
            parent = parents.get(id(node))
            if not isinstance(parent, ast.keyword) or parent.arg is not None:
                return None  # Whoever gets it itself may too.
        if any(Kind("config") in self._flow.kinds(*one) for one in self._stored.filled):
            return None
        names, supplied = all_names(self._case.document), supplied_names(self._case)
        if names is None or supplied is None:
            return None
        fields = map(python_name, names) if program.function is not None else ()
        return {*supplied, *names, *fields}

    def _is_config(self, node: ast.expr, scope: Scope, depth: int = 0) -> bool:
        """Whether an expression is the config wherever it comes from, and nothing else before."""
        if depth > _DEEPEST:
            return False
        if isinstance(node, ast.Attribute):
            base = self._flow.kinds(node.value, scope)
            return node.attr == "config" and bool(base) and base <= {Kind("wandb"), Kind("run")}
        if isinstance(node, ast.Call) and called_name(node) in _DERIVES and not node.keywords:
            source = node.args[0] if node.args else getattr(node.func, "value", None)
            return source is not None and self._is_config(source, scope, depth + 1)
        return isinstance(node, ast.Name) and self._is_config_name(node.id, scope, depth)

    def _is_config_name(self, name: str, scope: Scope, depth: int) -> bool:
        values = scope.every_value(name)
        if values is None:
            return False
        if name in scope.takes:
            given = self._flow.given(name, scope)
            known = all(v is not None and self._is_config(v, s, depth + 1) for v, s in given)
            # What a trial starts with is given the config by whoever starts it.
            return not values and known and (bool(given) or scope is self._flow.start)
        if values:
            return all(self._is_config(value, scope, depth + 1) for value in values)
        outer = self._flow.scopes.around(scope)
        return outer is not None and self._is_config_name(name, outer, depth + 1)


def supplied_names(case: Case) -> set[str] | None:
    """The keys that something else than the sweep's values puts into a trial's config.

    Parameters that can't be read are among them: of those nothing but the name is known.

    Returns:
        The keys; None where others may be there too.
    """
    supplied, merged = _put_into_configs(case), case.program.merged
    names = all_names(case.document)
    if supplied is None or merged.supplies_unseen or names is None:
        return None
    supplied |= set(names) - {p.path[0] for p in case.sweep.parameters}
    if merged.supplies_args:
        known = known_arguments(case.program)
        return None if known is None else supplied | known
    return supplied


def _put_into_configs(case: Case) -> set[str] | None:
    """The keys that the code puts into a trial's own config; None for any."""
    config = case.program.config
    if is_beside(case) or config.supplies_unseen:
        return None
    known = known_arguments(case.program) if config.supplies_args else set()
    return None if known is None else {*config.supplies, *known}


def is_beside(case: Case) -> bool:
    """Whether a file of defaults lies where W&B takes it into the config of every run."""
    return any((folder / DEFAULTS_FILE).is_file() for folder in _folders(case))


def known_arguments(program: Program) -> set[str] | None:
    """The names that the parsed arguments have; None when there may be others."""
    interface, args = program.interface, program.args
    if interface.style != "argparse" or interface.open or args.supplies_unseen or args.extended:
        return None
    if interface.elsewhere:
        return None
    return {option.dest for option in interface.options} | args.supplies


def as_fields(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of a hyperparameter in a dataclass, which has Python's names."""
    return tuple(python_name(key) for key in keys)


def _folders(case: Case) -> tuple[Path, ...]:
    """Where a program may be started."""
    return (Path.cwd(), case.document.path.absolute().parent, case.program.file.parent)
