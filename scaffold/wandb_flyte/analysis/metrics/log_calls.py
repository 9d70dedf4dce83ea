"""What a call that logs is given."""

from __future__ import annotations

import ast
import re

from wandb_flyte.analysis.source.kinds import argument, called_name, literal, root_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.spec import dotted

_WHEN = ("on_step", "on_epoch")
# Lightning's hooks by what they log for where they do not say.
_OF_STEPS = re.compile("training_step$|on_train_batch_")
_OF_EPOCHS = re.compile(
    "(validation|test)_(step|epoch_end)$|training_epoch_end$|on_(validation|test)_"
    "|on_train_epoch_end"
)


def keywords(node: ast.Call) -> set[str | None]:
    """The names that a call has values for, None for a dict's."""
    return {keyword.arg for keyword in node.keywords}


def endings(node: ast.Call, scope: Scope) -> tuple[str, ...]:
    """What Lightning puts behind the name of a value that it logs, or may put there.

    It says whether it is a step's or an epoch's where it is logged for both.
    """
    given = {k.arg: literal(k.value) for k in node.keywords if k.arg in _WHEN}
    if not given:
        return ("",)
    by_default = _by_default(scope.node.name if scope.node is not None else "")
    asked = [given.get(when, by_default.get(when)) for when in _WHEN]
    if False in asked:
        return ("",)
    return ("_step", "_epoch") if asked == [True, True] else ("", "_step", "_epoch")


def _by_default(hook: str) -> dict[str, bool]:
    """When Lightning logs what one of its hooks gives it; empty for other functions."""
    if _OF_STEPS.match(hook):
        return {"on_step": True, "on_epoch": False}
    return {"on_step": False, "on_epoch": True} if _OF_EPOCHS.match(hook) else {}


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
