"""Two thousand sweep configs from a seed, sound and broken: the same on every Python."""

import random
from typing import Any

COUNT = 2000
_NUMBERS: list[Any] = [0, 1, 2, 10, 0.0, 0.1, 0.5, 1.0, 3.5, -1, -0.5, 1e-3]
_ODD: list[Any] = ["1e-3", "x", None, True, [], [1], {}, {"a": 1}]
_RANGES = (
    *("uniform", "int_uniform", "q_uniform", "log_uniform", "log_uniform_values"),
    *("q_log_uniform", "q_log_uniform_values", "inv_log_uniform", "inv_log_uniform_values"),
)
_MOMENTS = ("normal", "q_normal", "log_normal", "q_log_normal")
_SHAPES = ("beta", "q_beta")


def configs() -> list[dict[str, Any]]:
    """The configs, in order."""
    dice = random.Random(20260301)
    return [_config(dice) for _ in range(COUNT)]


def _config(dice: random.Random) -> dict[str, Any]:
    method = dice.choice(("grid", "random", "bayes"))
    config: dict[str, Any] = {"method": method, "metric": {"name": "loss", "goal": "minimize"}}
    names = dice.sample(["lr", "depth", "model.width", "batch-size", "opt"], dice.randint(1, 3))
    config["parameters"] = {name: _parameter(dice, method, 0) for name in names}
    if dice.random() < 0.3:
        config["run_cap"] = dice.choice((1, 10, 50))
    if dice.random() < 0.2:
        config["early_terminate"] = _early(dice)
    if dice.random() < 0.5:
        _break(dice, config)
    return config


def _parameter(dice: random.Random, method: str, depth: int) -> dict[str, Any]:
    kind = dice.random()
    if kind < 0.08 and depth < 2:
        names = dice.sample(["a", "b", "c"], 2)
        return {"parameters": {name: _parameter(dice, method, depth + 1) for name in names}}
    if kind < 0.3 or method == "grid":
        return dice.choice(
            (
                {"value": dice.choice((1, 0.5, "adam", True, [1, 2]))},
                {"values": dice.choice(([1, 2, 3], ["a", "b"], [0.1, 1], [True, False]))},
                {"values": [1, 2], "distribution": "categorical"},
                {"min": 1, "max": dice.choice((3, 8))},
            )
        )
    if kind < 0.4:
        return {"values": [1, 2], "probabilities": dice.choice(([0.5, 0.5], [0.25, 0.75]))}
    if kind < 0.5:
        return {"min": 0.1, "max": dice.choice((0.5, 1.0))}
    if kind < 0.6:
        return {"distribution": dice.choice(_MOMENTS), "mu": 0.5, "sigma": dice.choice((1, 0.5))}
    if kind < 0.65:
        return {"distribution": dice.choice(_SHAPES), "a": 2, "b": dice.choice((1, 3.5))}
    found: dict[str, Any] = {"distribution": dice.choice(_RANGES), "min": 1, "max": 4}
    if found["distribution"].startswith("q_") and dice.random() < 0.6:
        found["q"] = dice.choice((1, 2, 0.5))
    return found


def _early(dice: random.Random) -> dict[str, Any]:
    return dice.choice(
        (
            {"type": "hyperband", "min_iter": 3},
            {"type": "hyperband", "max_iter": 27, "s": 2, "eta": 3},
            {"type": "hyperband", "min_iter": 2, "strict": True},
        )
    )


def _break(dice: random.Random, config: dict[str, Any]) -> None:
    """One thing is made wrong, or only unusual."""
    kind = dice.random()
    name = dice.choice(list(config["parameters"]))
    spec = config["parameters"][name]
    if kind < 0.5:
        key = dice.choice((*spec, "min", "max", "q", "mu", "probabilities", "values", "extra"))
        spec[key] = dice.choice(_NUMBERS + _ODD)
    elif kind < 0.65:
        spec.pop(dice.choice(list(spec)))
    elif kind < 0.75:
        config["parameters"][name] = dice.choice(_NUMBERS + _ODD)
    elif kind < 0.85:
        key = dice.choice(("method", "metric", "parameters", "run_cap", "early_terminate"))
        config[key] = dice.choice((*_NUMBERS, *_ODD, "random", "sobol"))
    elif kind < 0.9:
        config.pop(dice.choice(("method", "metric", "parameters")))
    else:
        _break_inner(dice, config)


def _break_inner(dice: random.Random, config: dict[str, Any]) -> None:
    inner = config.setdefault("early_terminate", _early(dice))
    inner = dice.choice((inner, config["metric"]))
    keys = ("eta", "s", "min_iter", "strict", "type", "name", "goal", "target")
    inner[dice.choice(keys)] = dice.choice((*_NUMBERS, *_ODD, "maximize"))
