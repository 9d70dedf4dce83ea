"""What makes objects of the classes that only a config or a text names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wandb_flyte.generate._syntax import Definition

# Calls that look up what a text names.
LOOKS_UP = frozenset(
    f"hydra.utils.{name}" for name in ("get_class", "get_method", "get_object", "get_static_method")
)
# Calls that make something of it, with the rest of the config as arguments.
MAKERS = LOOKS_UP | {"hydra.utils.call", "hydra.utils.instantiate"}
TARGET = "_target_"


@dataclass(frozen=True)
class Made:
    """The program's own classes and functions that a config names.

    Attributes:
        definitions: All of them.
        calls: Those that a call looks up, by the call's id.
        modules: The ids of the modules that are only read for them.
    """

    definitions: tuple[Definition, ...] = ()
    calls: Mapping[int, tuple[Definition, ...]] = field(default_factory=dict)
    modules: frozenset[int] = frozenset()
