"""Methods that are called where no call is written: properties, and those that Python calls."""

from __future__ import annotations

import re

from wandb_flyte.spec import dotted

from .scope import Scope
from .syntax import named_by

_PROPERTIES = frozenset({"cached_property", "lazy_property", "property"})
_OF_PYTHON = re.compile("__[a-z]+__")


def is_called_unseen(scope: Scope) -> bool:
    """Whether what a function gives back goes to no call of it that the source shows."""
    if scope.node is None or scope.owner is None:
        return False
    names = {dotted(named_by(one)).rpartition(".")[2] for one in scope.node.decorator_list}
    return not names.isdisjoint(_PROPERTIES) or bool(_OF_PYTHON.fullmatch(scope.node.name))
