"""The five problems on which Bayesian search is measured, each with its known minimum."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Args = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """A function to minimize.

    Attributes:
        name: What it is called.
        parameters: The `parameters` of a sweep config.
        loss: The function.
        minimum: The lowest value that it takes.
    """

    name: str
    parameters: Mapping[str, Any]
    loss: Callable[[Args], float]
    minimum: float


def branin(args: Args) -> float:
    """Two variables, three equal minima."""
    x, y = args["x"], args["y"]
    bowl = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return bowl**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


_HEIGHTS = (1.0, 1.2, 3.0, 3.2)
_SLOPES = (
    (10, 3, 17, 3.5, 1.7, 8),
    (0.05, 10, 17, 0.1, 8, 14),
    (3, 3.5, 1.7, 10, 17, 8),
    (17, 8, 0.05, 10, 0.1, 14),
)
_CENTRES = (
    (0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886),
    (0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991),
    (0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650),
    (0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381),
)


def hartmann(args: Args) -> float:
    """Six variables, four wells of different depth."""
    point = [args[f"x{place}"] for place in range(6)]
    return -sum(
        height * math.exp(-sum(a * (x - p) ** 2 for a, x, p in zip(slope, point, at, strict=True)))
        for height, slope, at in zip(_HEIGHTS, _SLOPES, _CENTRES, strict=True)
    )


def rosenbrock(args: Args) -> float:
    """Four variables, a narrow bent valley."""
    point = [args[f"x{place}"] for place in range(4)]
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in pairwise(point))


def valley(args: Args) -> float:
    """A learning rate and a weight decay on a log scale, a warm-up that hardly matters."""
    rate, decay = math.log10(args["lr"]), math.log10(args["decay"])
    return (rate + 3) ** 2 + 0.25 * (decay + 4) ** 2 + 0.1 * (args["warmup"] - 0.3) ** 2


def mixed(args: Args) -> float:
    """Categories, integers and reals together; each optimizer has a learning rate of its own."""
    best_rate = {"sgd": -1.0, "momentum": -1.5, "rmsprop": -3.0, "adam": -3.5}[args["optimizer"]]
    offset = {"sgd": 0.4, "momentum": 0.2, "rmsprop": 0.1, "adam": 0.0}[args["optimizer"]]
    activation = {"relu": 0.05, "gelu": 0.0, "tanh": 0.3}[args["activation"]]
    rate = 0.3 * (math.log10(args["lr"]) - best_rate) ** 2
    layers = 0.05 * (args["layers"] - 4) ** 2
    width = 0.1 * (math.log2(args["width"]) - 7) ** 2
    return offset + activation + rate + layers + width + (args["dropout"] - 0.2) ** 2


def _uniform(names: list[str], low: float, high: float) -> dict[str, Any]:
    return {name: {"min": low, "max": high} for name in names}


def _log(low: float, high: float) -> dict[str, Any]:
    return {"distribution": "log_uniform_values", "min": low, "max": high}


PROBLEMS = (
    Problem(
        "Branin",
        {"x": {"min": -5.0, "max": 10.0}, "y": {"min": 0.0, "max": 15.0}},
        branin,
        0.397887,
    ),
    Problem("Hartmann-6", _uniform([f"x{n}" for n in range(6)], 0.0, 1.0), hartmann, -3.322368),
    Problem("Rosenbrock-4", _uniform([f"x{n}" for n in range(4)], -5.0, 10.0), rosenbrock, 0.0),
    Problem(
        "learning-rate valley",
        {"lr": _log(1e-6, 1.0), "decay": _log(1e-8, 0.1), "warmup": {"min": 0.0, "max": 1.0}},
        valley,
        0.0,
    ),
    Problem(
        "mixed categories",
        {
            "optimizer": {"values": ["sgd", "momentum", "rmsprop", "adam"]},
            "activation": {"values": ["relu", "gelu", "tanh"]},
            "lr": _log(1e-5, 1.0),
            "layers": {"min": 1, "max": 8},
            "width": {"distribution": "q_log_uniform_values", "min": 16, "max": 1024, "q": 1},
            "dropout": {"min": 0.0, "max": 0.6},
        },
        mixed,
        0.0,
    ),
)
