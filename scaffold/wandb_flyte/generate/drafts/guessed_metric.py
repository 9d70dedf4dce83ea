"""The metric of a drafted sweep config, by the names that the code logs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wandb_flyte.analysis.metrics.log_keys import fits
from wandb_flyte.generate.names import show

from .goals import goal_of, likely_goal
from .guesses import as_yaml

_LOSS = re.compile(r"val.*loss|loss|error|rmse|mse|mae|perplexity")

_HELD_OUT = re.compile(r"val|test|eval")
_COUNTS = re.compile(r"(^|[_./ -])(epochs?|steps?|iter|iteration|batch|lr|seed|time|update|n)$")

# What metrics are called, where the code only shows a part of it.
_USUAL = [
    f"{split}{between}{what}"
    for what in ("loss", "acc", "accuracy", "f1", "auc", "rmse", "mae", "reward")
    for split in ("val", "valid", "validation", "eval", "test")
    for between in ("/", "_", ".")
]


def metric_lines(
    logged: list[str], patterns: set[str], returns: bool, is_number: bool
) -> Iterator[str]:
    """The metric in a sweep config, with a comment on where its name comes from.

    Args:
        logged: The names that the code logs.
        patterns: What is seen of names that it puts together.
        returns: Whether some of the names are keys of a dict that it returns.
        is_number: Whether it returns something else, such as a number.
    """
    names = sorted(dict.fromkeys(logged), key=_rank)
    together = (name for name in _USUAL if any(fits(one, name) for one in patterns))
    if not names and (name := next(together, "")):
        yield "metric:"
        yield f"  name: {name}  # the code puts its names together: look which one it logs"
        yield f"  goal: {likely_goal(name)}"
        return
    if not names and is_number:
        yield "metric:"
        yield "  name: loss  # the number that the code returns, under whatever name stands here"
        yield "  goal: minimize  # or `maximize`"
        return
    if not names:
        yield "metric:"
        yield "  name: loss  # what the code logs could not be seen: write its name"
        yield "  goal: minimize"
        return
    name, others = names[0], names[1:6]
    what = "returned" if returns else "logged"
    more = f", beside {', '.join(show(other) for other in others)}" if others else ""
    yield "metric:"
    yield f"  name: {as_yaml(name)}  # {what} by the code{more}"
    yield f"  goal: {likely_goal(name)}  # from its name"


def _rank(name: str) -> tuple[int, int, str]:
    low = name.lower()
    is_loss = bool(_LOSS.search(low)) or goal_of(name) == "minimize"
    kind = 0 if is_loss else 1 if likely_goal(name) == "maximize" else 2
    if _COUNTS.search(low):
        return 3, kind, name
    return (
        (0 if _HELD_OUT.search(low) else 1) if kind < 2 or _HELD_OUT.search(low) else 2,
        kind,
        name,
    )
