"""What a program leaves to packages that are not read: its command line, or all of its work."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping

from .kinds import called_name, full_name, given, root_name
from .scope import Scope
from .scopes import Scopes
from .syntax import Definition, annotated

# Packages that make a command line of classes, files or calls of their own.
OTHER_PACKAGES = frozenset(
    {
        *("simple_parsing", "jsonargparse", "tap", "configargparse", "pydantic_settings"),
        *("ml_collections", "fire", "draccus", "pyrallis", "docopt", "plac", "experiment_buddy"),
    }
)
# What is known to be argparse's, or reads its options as that does.
_LIKE_ARGPARSE = OTHER_PACKAGES | {"argparse", "transformers", "trl"}
_PLAIN = sys.stdlib_module_names | {"absl", "hydra", "omegaconf", "wandb", "wandb_flyte"}
# What a function is called that gives settings, wherever it has them from.
_SETTINGS = re.compile(r"(^|_)(cfg|conf|configs?|configuration|hparams|options|opts|settings)$")
# What a function is called that does all the work of a program.
_MAIN = re.compile(r"main|main_\w+|\w+_main")
_WORKS_ALONE = frozenset({"app", "cli", "entry_point", "entrypoint", "launch", "run", "train"})


def makes_parser(called: ast.expr, outside: Mapping[str, str]) -> bool:
    """Whether a call makes a parser of argparse's, or one that takes options as that does."""
    name = full_name(called, outside)
    is_foreign = root_name(called) in outside and name.partition(".")[0] not in _LIKE_ARGPARSE
    return name.endswith("ArgumentParser") and not is_foreign


def is_main(call: ast.Call, scope: Scope, scopes: Scopes) -> bool:
    """Whether a call leaves a program's work to another package: `main()` of one."""
    name = called_name(call)
    alone = name in _WORKS_ALONE and not given(call)
    if not (alone or _MAIN.fullmatch(name)) or isinstance(scopes.parents.get(id(call)), Definition):
        return False
    return _is_foreign(call, scope) and not full_name(call.func, scope.module.outside).endswith(
        "app.run"
    )


def settings_of(call: ast.Call, scope: Scope, scopes: Scopes) -> set[str] | None:
    """The fields of the classes by which another package may read the command line.

    Returns:
        None where a call makes no settings; no fields where it is given no class.
    """
    if not _is_foreign(call, scope) or isinstance(scopes.parents.get(id(call)), ast.Expr):
        return None
    parts = (part for one in given(call) for part in _listed(one))
    classes = [t for part in parts for t in scopes.resolve(part, scope)]
    fields = {
        name
        for target in classes
        if isinstance(target, ast.ClassDef)
        for one in [target, *_bases(target, scope, scopes)]
        for name, _ in annotated(one)
    }
    return fields if fields or _SETTINGS.search(called_name(call)) else None


def _bases(node: ast.ClassDef, scope: Scope, scopes: Scopes) -> Iterator[ast.ClassDef]:
    around = scopes.defined_in(node) or scope
    for base in node.bases:
        for target in scopes.resolve(base, around):
            if isinstance(target, ast.ClassDef) and target is not node:
                yield target


def _listed(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple | ast.List) else [node]


def _is_foreign(call: ast.Call, scope: Scope) -> bool:
    """Whether a function of a package is called that is not read, and not known here."""
    root = root_name(call.func)
    origin = scope.module.outside.get(root, "").partition(".")[0]
    return bool(origin) and origin not in _PLAIN
