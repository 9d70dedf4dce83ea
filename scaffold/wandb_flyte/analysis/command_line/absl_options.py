"""The options of programs that define their flags with `absl.flags`."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace

from wandb_flyte.analysis.source.choices import choices_of
from wandb_flyte.analysis.source.kinds import argument, called_name, full_name, given, literal, text
from wandb_flyte.analysis.source.package_kinds import defined_flag
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.flow import Flow

from .interface import Interface, Option

_TYPES = {"float": "float", "integer": "int", "string": "str", "enum": "str"}
_BOOLEANS = frozenset({"bool", "boolean"})
_REQUIRE = frozenset({"mark_flag_as_required", "mark_flags_as_required"})
# Packages that define no flags of their own when they are imported, or only such as begin with
# their names.
_WITHOUT_FLAGS = sys.stdlib_module_names | {
    *("PIL", "absl", "chex", "cv2", "distrax", "dm_control", "einops", "flax", "gym", "gymnasium"),
    *("h5py", "haiku", "imageio", "jax", "jaxlib", "matplotlib", "ml_collections", "numpy"),
    *("optax", "orbax", "pandas", "scipy", "seaborn", "sklearn", "tensorflow", "torch"),
    *("torchvision", "tqdm", "transformers", "wandb", "yaml"),
}


def read_absl(found: Interface, call: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Takes up a call of absl's that defines a flag, or requires some; False for any other."""
    outside = scope.module.outside
    if called_name(call) in _REQUIRE and full_name(call.func, outside).startswith("absl.flags."):
        names = {text(one) for part in given(call) for one in getattr(part, "elts", [part])}
        found.options = [
            replace(one, has_default=False) if one.dest in names else one for one in found.options
        ]
        return True
    if (flag := defined_flag(call, outside)) is None:
        return False
    if found.style in ("none", "absl"):
        found.style, found.place = "absl", found.place or scope.place(call)
    found.open |= _may_have_others(flow)
    found.options.append(_option(*flag, call, scope))
    return True


def _option(kind: str, name: str, call: ast.Call, scope: Scope) -> Option:
    default = argument(call, "default", 1)
    help_at = 3 if kind.startswith("enum") else 2
    values = argument(call, "enum_values", 2) if kind == "enum" else None
    required = literal(argument(call, "required", len(call.args))) is True
    return Option(
        names=(f"--{name}", f"--no{name}") if kind in _BOOLEANS else (f"--{name}",),
        dest=name,
        type=_TYPES.get(kind, ""),
        choices=choices_of(values, scope.module),
        default=literal(default),
        has_default=not required,
        place=scope.place(call),
        help=text(argument(call, "help", help_at)) or "",
        left_out=default.value if isinstance(default, ast.Constant) else UNKNOWN,
    )


def _may_have_others(flow: Flow) -> bool:
    """Whether a package that the program imports may define more flags."""
    origins = (one for module in flow.sources.modules for one in module.outside.values())
    return any(one.partition(".")[0] not in _WITHOUT_FLAGS for one in origins)
