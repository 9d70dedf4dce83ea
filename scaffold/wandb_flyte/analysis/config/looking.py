"""Calls that look at a config, write it down or show it, and read no key of it."""

from __future__ import annotations

import ast
import re

from wandb_flyte.analysis.source.kinds import called_name, root_name
from wandb_flyte.analysis.source.scope import Scope

# Calls that look at a config without reading a hyperparameter from it.
HARMLESS = frozenset(
    {
        *("print", "pprint", "str", "repr", "len", "bool", "type", "id", "isinstance"),
        *("dumps", "dump", "info", "debug", "warning", "log_hyperparams"),
        *("save_hyperparameters", "write", "log", "hasattr", "hash", "sorted", "set", "list"),
        *("save_config", "yaml_dump", "to_yaml", "write_text", "exists", "join", "callable"),
        *("safe_dump", "add_hparams", "watch", "set_struct", "resolve"),
    }
)
# Calls that only look at what they get, pick from it by a name, or write it down.
_LOOKS = frozenset(
    {
        *("WandbLogger", "add_hparams", "add_row", "add_rows", "add_text", "alert", "append"),
        *("bool", "callable", "debug", "dir", "error", "extend", "fields", "getattr", "hasattr"),
        *("hash", "id", "info", "init", "init_trackers", "isinstance", "len", "pprint", "repr"),
        *("set_struct", "setattr", "str", "to_json", "to_yaml", "type", "update", "warn"),
        *("warning", "watch"),
    }
)
_SHOWS = re.compile(r"debug|error|id|info|isinstance|len|p?print|repr|type|warn(ing)?")
_WRITES_DOWN = re.compile(r"(^|_)(dump|log|print|save|show|write)(s?$|_)")


def only_looks(call: ast.Call) -> bool:
    """Whether a call reads no key of what it gets, but one that it names."""
    name = called_name(call)
    return name in _LOOKS or bool(_WRITES_DOWN.search(name))


def only_shows(call: ast.Call) -> bool:
    """Whether a call keeps nothing of what it gets."""
    return bool(_SHOWS.fullmatch(called_name(call)))


def trains(call: ast.Call, scope: Scope) -> bool:
    """Whether a trainer gets an object to train: `trainer.fit(model)`."""
    is_method = isinstance(call.func, ast.Attribute) and call.func.attr == "fit"
    return is_method and root_name(call.func) not in scope.module.outside
