"""What makes objects of the classes that only a config or a text names."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from .kinds import full_name, is_name, text
from .scope import Scope
from .syntax import Definition

# Calls that look up what a text names.
LOOKS_UP = frozenset(
    f"hydra.utils.{name}" for name in ("get_class", "get_method", "get_object", "get_static_method")
)
# Calls that make something of it, with the rest of the config as arguments.
MAKERS = LOOKS_UP | {"hydra.utils.call", "hydra.utils.instantiate"}
TARGET = "_target_"
# Calls that import the module that a text names.
_IMPORTS = frozenset({"__import__", "importlib.import_module"})
# Methods of loaders, which import what they were found for.
_LOADS = frozenset({"exec_module", "load_module"})


@dataclass(frozen=True)
class Made:
    """The program's own classes and functions that a config or a text names.

    Attributes:
        definitions: All of them.
        calls: Those that a call looks up, or another expression, by its id.
        modules: The ids of the modules that are only read for them.
        imports: The ids of the calls that import modules, where it is known which.
    """

    definitions: tuple[Definition, ...] = ()
    calls: Mapping[int, tuple[Definition, ...]] = field(default_factory=dict)
    modules: frozenset[int] = frozenset()
    imports: frozenset[int] = frozenset()

    def beside(self, other: Made) -> Made:
        """What two of them name."""
        return Made(
            tuple(dict.fromkeys([*other.definitions, *self.definitions])),
            {**other.calls, **self.calls},
            other.modules | self.modules,
            other.imports | self.imports,
        )

    def hides(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a call imports a module that is not known."""
        plain = call.args and text(call.args[0]) is not None
        return imports(call, scope) and not plain and id(call) not in self.imports


def imports(call: ast.Call, scope: Scope) -> bool:
    """Whether a call imports the module that it names."""
    is_import = full_name(call.func, scope.module.outside) in _IMPORTS
    is_import |= getattr(call.func, "attr", "") in _LOADS
    return is_import and not (call.args and is_name(call.args[0], "__name__"))
