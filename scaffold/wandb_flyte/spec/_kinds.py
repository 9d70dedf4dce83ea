"""W&B's distributions, one entry each: their settings, their inverse CDFs, their grid values.

Formulas as in W&B's own engine (`sweeps` 0.3.0, `params.py` and `grid_search.py`).
"""

from __future__ import annotations

import functools
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

from wandb_flyte.errors import UserError

if TYPE_CHECKING:
    from statistics import NormalDist

Args = Mapping[str, Any]

# Past this the exponential is infinite, which JSON can't carry.
_LARGEST_EXPONENT = math.log(sys.float_info.max)


@dataclass(frozen=True)
class Kind:
    """How one distribution is written and drawn from.

    Attributes:
        required: Settings that must be there, beside `distribution`.
        quantile: The value at a quantile, before quantization.
        position: The quantile of a value, None when it takes no such value.
        defaults: Settings that may be left out.
        grid: Lists the values for a grid search.
    """

    required: tuple[str, ...]
    quantile: Callable[[Args, float], Any]
    position: Callable[[Args, Any], float | None]
    defaults: Args = field(default_factory=dict)
    grid: Callable[[Args], Sequence[Any]] | None = None


# Made once: a grid with many points asks for many keys.
_encode = json.JSONEncoder(sort_keys=True, default=str).encode


def value_key(value: Any) -> str:
    """A text that is the same for values that are equal to W&B's grid.

    As there, 3.0 and 3 are equal, True and 1 are not.
    """
    return _encode(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _exp(x: float) -> float:
    return math.exp(min(x, _LARGEST_EXPONENT))


def _log(value: Any) -> float | None:
    number = _number(value)
    return math.log(number) if number is not None and number > 0 else None


# -- discrete ------------------------------------------------------------------------------------


def _nth(u: float, count: int) -> int:
    return min(max(math.ceil(u * count) - 1, 0), count - 1)


def _constant_position(args: Args, value: Any) -> float | None:
    return 0.5 if value_key(value) == value_key(args["value"]) else None


def _choice(args: Args, u: float) -> Any:
    values = args["values"]
    return values[_nth(u, len(values))]


def _choice_position(args: Args, value: Any) -> float | None:
    keys = [value_key(item) for item in args["values"]]
    key = value_key(value)
    return (keys.index(key) + 0.5) / len(keys) if key in keys else None


def _distinct(args: Args) -> Sequence[Any]:
    return tuple({value_key(item): item for item in reversed(args["values"])}.values())[::-1]


def _weighted_choice(args: Args, u: float) -> Any:
    reached = 0.0
    likely = [(v, p) for v, p in zip(args["values"], args["probabilities"], strict=True) if p > 0]
    for value, probability in likely:
        reached += probability
        if u < reached:
            return value
    return likely[-1][0]


def _weighted_position(args: Args, value: Any) -> float | None:
    reached, key = 0.0, value_key(value)
    shares: list[float] = args["probabilities"]
    for item, probability in zip(args["values"], shares, strict=True):
        if value_key(item) == key:
            return reached + probability / 2
        reached += probability
    return None


def _integer(args: Args, u: float) -> int:
    low, high = int(args["min"]), int(args["max"])
    return low + _nth(u, high - low + 1)


def _integer_position(args: Args, value: Any) -> float | None:
    number = _number(value)
    low, high = int(args["min"]), int(args["max"])
    if number is None or not low <= number <= high:
        return None
    return (number - low + 0.5) / (high - low + 1)


def _integers(args: Args) -> Sequence[int]:
    return range(args["min"], args["max"] + 1)


class _Steps(Sequence[float]):
    """What `numpy.arange(min, max, q)` holds, without keeping it in memory."""

    def __init__(self, args: Args) -> None:
        # One float among the settings makes every element one.
        self._start = float(args["min"]) if isinstance(args["max"], float) else args["min"]
        # numpy takes the difference of its first two elements as the step.
        self._step = (args["min"] + args["q"]) - args["min"]
        count: int = math.ceil((args["max"] - args["min"]) / args["q"])
        self._count = max(count, 0)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[float]: ...
    def __getitem__(self, index: int | slice) -> float | Sequence[float]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        steps: float = self._start + (index % self._count) * self._step
        return steps


# -- continuous ----------------------------------------------------------------------------------


def _uniform(args: Args, u: float) -> float:
    return float(args["min"] + u * (args["max"] - args["min"]))


def _uniform_position(args: Args, value: Any) -> float | None:
    return _share(_number(value), args["min"], args["max"])


def _share(x: float | None, low: float, high: float) -> float | None:
    return None if x is None else (x - low) / (high - low)


def _log_uniform(args: Args, u: float) -> float:
    return _exp(_uniform(args, u))


def _log_uniform_position(args: Args, value: Any) -> float | None:
    return _share(_log(value), args["min"], args["max"])


def _inv_log_uniform(args: Args, u: float) -> float:
    return _exp(-_uniform(args, 1 - u))


def _inv_log_uniform_position(args: Args, value: Any) -> float | None:
    return _share(_log(value), -args["max"], -args["min"])


def _exponents(args: Args) -> Args:
    return {"min": math.log(args["min"]), "max": math.log(args["max"])}


def _log_uniform_values(args: Args, u: float) -> float:
    return _within(args, _log_uniform(_exponents(args), u))


def _log_uniform_values_position(args: Args, value: Any) -> float | None:
    return _log_uniform_position(_exponents(args), value)


def _within(args: Args, value: float) -> float:
    """Undoes what the way through logarithms rounds past a limit."""
    return float(min(max(value, args["min"]), args["max"]))


@functools.cache
def _standard_normal() -> NormalDist:
    # Imported here because it pulls in fractions and decimal, 10 ms that a task pod does not need.
    from statistics import NormalDist

    return NormalDist()


def _normal(args: Args, u: float) -> float:
    return float(args["mu"] + args["sigma"] * _standard_normal().inv_cdf(u))


def _normal_position(args: Args, value: Any) -> float | None:
    number = _number(value)
    if number is None:
        return None
    return _standard_normal().cdf((number - args["mu"]) / args["sigma"]) if args["sigma"] else 0.5


def _log_normal(args: Args, u: float) -> float:
    return _exp(_normal(args, u))


def _log_normal_position(args: Args, value: Any) -> float | None:
    return _normal_position(args, _log(value))


def _beta(args: Args, u: float) -> float:
    return float(_scipy_special().betaincinv(args["a"], args["b"], u))


def _beta_position(args: Args, value: Any) -> float | None:
    number = _number(value)
    if number is None or number < 0:
        return None
    return float(_scipy_special().betainc(args["a"], args["b"], min(number, 1.0)))


def _scipy_special() -> Any:
    try:
        from scipy import special
    except ImportError:
        raise UserError(
            "The distributions `beta` and `q_beta` need scipy, which is not installed.",
            "pip install 'wandb-flyte[local]'",
        ) from None
    return special


_LIMITS = ("min", "max")
_Q = {"q": 1.0}
_MU_SIGMA = {"mu": 0.0, "sigma": 1.0}
_A_B = {"a": 1.0, "b": 1.0}

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "constant": Kind(
            ("value",),
            lambda args, _: args["value"],
            _constant_position,
            grid=lambda args: (args["value"],),
        ),
        "categorical": Kind(("values",), _choice, _choice_position, grid=_distinct),
        "categorical_w_probabilities": Kind(
            ("values", "probabilities"), _weighted_choice, _weighted_position
        ),
        "int_uniform": Kind(_LIMITS, _integer, _integer_position, grid=_integers),
        "uniform": Kind(_LIMITS, _uniform, _uniform_position),
        "q_uniform": Kind(_LIMITS, _uniform, _uniform_position, _Q, grid=_Steps),
        "log_uniform": Kind(_LIMITS, _log_uniform, _log_uniform_position),
        "log_uniform_values": Kind(_LIMITS, _log_uniform_values, _log_uniform_values_position),
        "q_log_uniform": Kind(_LIMITS, _log_uniform, _log_uniform_position, _Q),
        "q_log_uniform_values": Kind(
            _LIMITS, _log_uniform_values, _log_uniform_values_position, _Q
        ),
        "inv_log_uniform": Kind(_LIMITS, _inv_log_uniform, _inv_log_uniform_position),
        # The same curve as log_uniform_values: 1 / x is drawn, log-uniform as x then is.
        "inv_log_uniform_values": Kind(_LIMITS, _log_uniform_values, _log_uniform_values_position),
        "normal": Kind((), _normal, _normal_position, _MU_SIGMA),
        "q_normal": Kind((), _normal, _normal_position, _MU_SIGMA | _Q),
        "log_normal": Kind((), _log_normal, _log_normal_position, _MU_SIGMA),
        "q_log_normal": Kind((), _log_normal, _log_normal_position, _MU_SIGMA | _Q),
        "beta": Kind((), _beta, _beta_position, _A_B),
        "q_beta": Kind((), _beta, _beta_position, _A_B | _Q),
    }
)
