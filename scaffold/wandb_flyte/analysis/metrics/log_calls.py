"""What a call that logs is given."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import argument, called_name, literal, root_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.spec import dotted


def keywords(node: ast.Call) -> set[str | None]:
    """The names that a call has values for, None for a dict's."""
    return {keyword.arg for keyword in node.keywords}


def logs_twice(node: ast.Call) -> bool:
    """Whether Lightning logs a value for steps and for epochs, and puts which behind its name."""
    asked = {k.arg for k in node.keywords if literal(k.value) is True}
    return asked >= {"on_step", "on_epoch"}


def is_accelerator(node: ast.expr, scope: Scope) -> bool:
    """Whether something is Hugging Face's accelerator, which gives rows on with their step."""
    named = dotted(node).rpartition(".")[2] == "accelerator"
    return named and "accelerate.Accelerator" in scope.module.outside.values()


def is_math(called: ast.expr) -> bool:
    """Whether what is called is a logarithm."""
    return root_name(called) in ("F", "jnp", "math", "np", "numpy", "tf", "torch")


def first_given(node: ast.Call) -> ast.expr | None:
    """What a call is given first, also by the name that Lightning has for it."""
    name = "dictionary" if called_name(node) == "log_dict" else "name"
    return argument(node, name)
