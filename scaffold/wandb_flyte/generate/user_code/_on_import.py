"""What code does to W&B when it is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from wandb_flyte.analysis.source.syntax import Definition, Function
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import shown
from wandb_flyte.spec import is_main, parse_python, wandb_calls

_ACTS = ("sweep", "agent", "login")


def acts_on_import(source: bytes) -> list[tuple[int, str]]:
    """The lines that start a sweep, an agent or a login when the file is imported, with the call.

    Functions of the file that are called there count as well.
    """
    module = parse_python(source)
    acting = {id(call): f"wandb.{n}" for n in _ACTS for call in wandb_calls(module, n)}
    functions = {node.name: node for node in module.body if isinstance(node, Function)}
    found: dict[int, str] = {}
    todo = [(node.lineno, node) for node in _run(module.body)]
    seen: set[str] = set()
    while todo:
        line, node = todo.pop()
        if id(node) in acting:
            found[line] = acting[id(node)]
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in functions and name not in seen:
            seen.add(name)
            todo += [(line, inner) for inner in _run(functions[name].body)]
    return sorted(found.items())


def acting(file: Path, line: int, called: str) -> Finding:
    """That a file starts something at this line when it is imported, as every trial does it."""
    return Finding(
        f"`{called}(...)` would run in every trial, which imports this file.",
        'Put it under `if __name__ == "__main__":`.',
        shown(file),
        line,
        severity="warning" if called == "wandb.login" else "error",
        code="WF405",
    )


def _run(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """The calls that statements make themselves, without what is for a script alone."""
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and is_main(node.test):
            todo += node.orelse
        elif isinstance(node, Definition):
            todo += node.decorator_list
        elif not isinstance(node, ast.Lambda):
            if isinstance(node, ast.Call):
                yield node
            todo += ast.iter_child_nodes(node)
