"""What a hyperparameter may be searched over, guessed from its name, type and default."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from wandb_flyte.spec import as_number

_RATE = re.compile(
    r"(^|[_.])(lr|learning_rate|weight_decay|wd|decay|eps|epsilon|reg|l1|l2)([_.]|$)"
)
_SHARE = re.compile(r"dropout|drop|prob|ratio|momentum|beta|gamma|smoothing|subsample|fraction|gae")
_NEAR_ONE = re.compile(r"momentum|beta|gamma|gae|lambda|decay|discount|ema|polyak|tau")
_POWER = re.compile(r"batch|hidden|width|dim|units|channels|filters|embed|size|features")
_BUDGET = re.compile(r"(^|[_.])(epochs?|steps|iters?|iterations|seed|patience|rounds)([_.]|$)")
_ASIDE = re.compile(
    r"(^|[_.])(dir|path|file|folder|root|output|out|data|dataset|device|gpu|gpus|cuda|workers|name|"
    r"project|entity|verbose|debug|log|wandb|tags|group|resume|checkpoint|port|host|version|config)"
    r"([_.]|$)"
)
_GROUP = re.compile(r"(^|\.)(wandb|hydra|log|logger|logging|paths?|debug|checkpoint)(\.|$)")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"})


@dataclass(frozen=True)
class Guess:
    """How one hyperparameter is searched.

    Attributes:
        settings: Its settings in the sweep config, in order.
        reason: Why.
    """

    settings: tuple[tuple[str, Any], ...]
    reason: str


def guess(
    name: str, type_name: str, default: Any, choices: tuple[Any, ...] | None, *, required: bool
) -> Guess | None:
    """What to search a hyperparameter over; None for what is no hyperparameter.

    Args:
        name: Its name.
        type_name: `int`, `float`, `str`, `bool` or `flag`; empty when unknown.
        default: Its default, None when there is none.
        choices: The values it takes, None when any.
        required: Whether it has to be given.
    """
    if choices:
        return Guess((("values", list(choices)),), "its choices")
    name = _flat(name)
    if _is_aside(name) and not required:
        return None
    if isinstance(default, bool) or (type_name == "bool" and default is None):
        return Guess((("values", [True, False]),), "a boolean")
    if isinstance(default, int) and type_name != "float":
        return _integer(name, default)
    if isinstance(default, int | float) and math.isfinite(default):
        return _float(name, float(default))
    if isinstance(default, str | list | tuple | dict):
        return Guess((("value", default),), "its default; list others under `values`")
    if type_name == "int" and _BUDGET.search(name) and not required:
        return None
    if type_name in ("int", "float"):
        return _number(name, type_name, "without a default" if required else "its default is none")
    if required:
        return Guess((("value", None),), "no type and no default: write its value")
    return None


def guess_by_name(name: str, where: str) -> Guess:
    """What to search a hyperparameter over of which nothing but its name is known."""
    if settings := _by_name(_flat(name)):
        return Guess(settings, f"{where}; guessed from its name")
    limits = (("min", 0.0), ("max", 1.0))
    return Guess(limits, f"{where}; nothing shows its type: set the limits")


def _by_name(name: str) -> tuple[tuple[str, Any], ...]:
    return next((settings for pattern, settings in _USUAL if pattern.search(name)), ())


def _number(name: str, type_name: str, why: str) -> Guess:
    """A number without a default that says anything: its name may."""
    usual = _by_name(name)
    if usual and (type_name == "float" or _is_whole(usual)):
        return Guess(usual, f"{why}; guessed from its name")
    if type_name == "int":
        return Guess((("min", 1), ("max", 10)), f"an integer, {why}: set the limits")
    return Guess((("min", 0.0), ("max", 1.0)), f"a number, {why}: set the limits")


def _is_whole(settings: tuple[tuple[str, Any], ...]) -> bool:
    """Whether a parameter with these settings only has whole numbers."""
    given = [value for _, entry in settings for value in (entry if _is_list(entry) else [entry])]
    return all(type(value) is int for value in given)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _flat(name: str) -> str:
    """A name as the patterns have it: `Weight-Decay` is `weight_decay`."""
    return name.lower().replace("-", "_")


def _is_aside(name: str) -> bool:
    """Whether a name is of no hyperparameter; a group such as `data.` may hold some."""
    groups, _, own = name.rpartition(".")
    return bool(_ASIDE.search(own) or _GROUP.search(groups))


def _logarithmic(low: float, high: float) -> tuple[tuple[str, Any], ...]:
    return (("distribution", "log_uniform_values"), ("min", low), ("max", high))


_USUAL: tuple[tuple[re.Pattern[str], tuple[tuple[str, Any], ...]], ...] = (
    (re.compile(r"(^|[_.])(lr|learning_?rate)([_.]|$)"), _logarithmic(0.0001, 0.1)),
    (re.compile(r"weight_?decay|(^|[_.])(wd|l1|l2|reg)([_.]|$)"), _logarithmic(1e-6, 0.01)),
    (re.compile(r"batch_?size|(^|[_.])bs$"), (("values", [16, 32, 64]),)),
    (re.compile(r"epochs?$"), (("value", 10),)),
    (re.compile(r"(^|[_.])seed$"), (("value", 0),)),
    (re.compile(r"drop"), (("min", 0.0), ("max", 0.5))),
    (re.compile(r"momentum"), (("min", 0.5), ("max", 0.99))),
    (re.compile(r"depth|layers?$|blocks?$"), (("min", 1), ("max", 6))),
    (re.compile(r"hidden|width|units|(^|[_.])dim([_.]|$)"), (("values", [64, 128, 256]),)),
    (re.compile(r"^(use|with|is|enable)[_ ]"), (("values", [True, False]),)),
    (re.compile(r"^optimi[sz]er$"), (("values", ["adam", "sgd"]),)),
)


def _integer(name: str, default: int) -> Guess:
    if _BUDGET.search(name):
        return Guess((("value", default),), "its default: a budget or a seed is seldom searched")
    if _POWER.search(name) and default > 1:
        values = sorted({max(default // 2, 1), default, default * 2})
        return Guess((("values", values),), f"half, once and twice its default {default}")
    low, high = sorted((default // 2, default * 2 or 4))
    low = max(low, 1) if default > 0 else low
    high = high if high > low else low + 1
    return Guess((("min", low), ("max", high)), f"around its default {default}")


def _float(name: str, default: float) -> Guess:
    if 0.9 <= default < 1 and _NEAR_ONE.search(name):
        low, high = max(1 - 5 * (1 - default), 0.5), 1 - (1 - default) / 10
        near = (("min", _round(min(low, 0.999))), ("max", _round(min(high, 0.9999))))
        return Guess(near, f"a share near 1; its default is {default:g}")
    if default > 0 and (_RATE.search(name) or default < 0.01):
        around = _logarithmic(_round(default / 10), _round(default * 10))
        return Guess(around, f"a factor of 10 around its default {default:g}")
    if 0 <= default <= 1 and _SHARE.search(name):
        high = 0.5 if "drop" in name and default <= 0.5 else 0.999 if 0.5 < default < 1 else 1.0
        low = 0.0 if default <= 0.5 else 0.5
        return Guess((("min", low), ("max", high)), f"a share; its default is {default:g}")
    if default == 0 and _RATE.search(name) and (settings := _by_name(name)):
        return Guess(settings, "its default is 0; guessed from its name")
    if default == 0:
        return Guess((("min", 0.0), ("max", 1.0)), "its default is 0: set the limits")
    low, high = sorted((_round(default / 2), _round(default * 2)))
    return Guess((("min", low), ("max", high)), f"a factor of 2 around its default {default:g}")


def _round(value: float) -> float:
    return float(f"{value:.4g}")


def as_yaml(value: Any) -> str:
    """A value as YAML 1.1 reads it back, on one line."""
    if isinstance(value, float):
        plain = repr(value)
        return as_number(plain) or plain
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z_][\w/.-]*", value):
        return json.dumps(value) if value.lower() in _WORDS else value
    if isinstance(value, list | tuple):
        return f"[{', '.join(as_yaml(item) for item in value)}]"
    if isinstance(value, dict):
        inner = (f"{as_yaml(str(key))}: {as_yaml(item)}" for key, item in value.items())
        return f"{{{', '.join(inner)}}}"
    if isinstance(value, bool | int) or value is None:
        return json.dumps(value)
    return json.dumps(str(value))
