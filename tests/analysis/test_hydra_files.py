"""The keys of a Hydra config are those that Hydra itself puts together."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from wandb_flyte.analysis.config.hydra_files import hydra_keys

pytestmark = pytest.mark.filterwarnings("ignore:.*missing `_self_`")

Files = Mapping[str, dict[str, Any]]
TEMPLATE: Files = {
    "train": {
        "defaults": [
            "_self_",
            {"data": "mnist.yaml"},
            {"model": "mlp"},
            {"logger": None},
            {"optional local": "default"},
            {"hydra": "default"},
            {"override hydra/job_logging": "none"},
        ],
        "seed": 1,
        "model": {"width": 3},
    },
    "data/mnist": {"defaults": ["base"], "size": 2},
    "data/base": {"size": 1, "workers": 4},
    "model/mlp": {"defaults": [{"net": "small"}, {"/optim": "sgd"}], "width": 8},
    "model/net/small": {"layers": [1, 2]},
    "optim/sgd": {"lr": 0.1},
    "optim/adam": {"lr": 0.2, "betas": [0.9, 0.99]},
    "hydra/default": {"run": {"dir": "out"}},
}
PLACED: Files = {
    "train": {
        "defaults": [
            {"optim@first": "sgd"},
            {"optim@second.inner": "adam"},
            {"optim@_global_": "sgd"},
            {"many": ["a", "b"]},
            {"outer": "whole"},
            "plain",
        ],
    },
    "plain": {"x": 1},
    "many/a": {"a": 1, "both": 1},
    "many/b": {"b": 2, "both": 2},
    "outer/whole": {"defaults": [{"/optim@_here_": "adam"}, {"/optim@own": "sgd"}], "y": 2},
    "optim/sgd": {"lr": 0.1},
    "optim/adam": {"lr": 0.2, "betas": [0.9, 0.99]},
}
OVERRIDDEN: Files = {
    "train": {"defaults": [{"model": "mlp"}, {"trial": "big"}, "_self_"], "seed": 3},
    "model/mlp": {"width": 8, "bias": True},
    "model/deep": {"width": 16, "depth": 4},
    "trial/big": {"# @package _global_": 0, "defaults": [{"override /model": "deep"}], "seed": 7},
}


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        (TEMPLATE, {}),
        (TEMPLATE, {"data": "base"}),
        (PLACED, {}),
        (PLACED, {"optim@first": "adam"}),
        (OVERRIDDEN, {}),
        (OVERRIDDEN, {"model": "mlp"}),
    ],
)
def test_the_keys_are_hydras(files: Files, chosen: dict[str, str], tmp_path: Path) -> None:
    """Groups, places, `override`, `optional` and `_self_` mean what they mean to Hydra."""
    _write(files, tmp_path)
    assert _ours(tmp_path, chosen) == _hydras(tmp_path, chosen)


def test_the_keys_of_any_config_are_hydras(tmp_path: Path) -> None:
    """Defaults lists that are drawn at random; Hydra refuses some of them."""
    errors = pytest.importorskip("hydra.errors")
    rng = random.Random(0)
    taken = 0
    for number in range(40):
        folder = tmp_path / str(number)
        _write(_drawn(rng), folder)
        with suppress(errors.ConfigCompositionException):
            expected = _hydras(folder, {})
            assert _ours(folder, {}) == expected, number
            taken += 1

    assert taken > 20


def _drawn(rng: random.Random) -> Files:
    """Some groups, of which each names only later ones, so that none names itself."""
    groups = ["a", "b", "c/d"]
    files: dict[str, dict[str, Any]] = {}
    for index, group in enumerate(["", *groups]):
        for option in ("one", "two"):
            later = [name for name in groups[index:] if not name.startswith(f"{group}/") or group]
            defaults: list[Any] = [_entry(rng, name) for name in later if rng.random() < 0.7]
            if rng.random() < 0.5:
                defaults.insert(rng.randint(0, len(defaults)), "_self_")
            name = f"{group}/{option}" if group else option
            keys = {rng.choice("uvwxyz"): rng.randint(0, 9) for _ in range(2)}
            files[name] = {"defaults": defaults, **keys}
    return {"train": files.pop("one"), **files}


def _entry(rng: random.Random, group: str) -> dict[str, str]:
    place = rng.choice(["", "", "", "@_here_", "@_global_", "@some.where"])
    return {f"/{group}{place}": rng.choice(["one", "two"])}


def _write(files: Files, folder: Path) -> None:
    for name, content in files.items():
        file = folder / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        header = [key for key in content if key.startswith("#")]
        plain = {key: value for key, value in content.items() if key not in header}
        file.write_text("".join(f"{key}\n" for key in header) + yaml.safe_dump(plain))


def _ours(folder: Path, chosen: dict[str, str]) -> dict[str, Any] | None:
    options = {group: [option] for group, option in chosen.items()}
    found = hydra_keys(folder / "train.py", ".", "train", options)
    return found and {key: value for key, value in found.items() if value is not None}


def _hydras(folder: Path, chosen: dict[str, str]) -> dict[str, Any]:
    hydra = pytest.importorskip("hydra")
    omegaconf = pytest.importorskip("omegaconf")
    with hydra.initialize_config_dir(str(folder), version_base=None):
        config = hydra.compose("train", [f"{group}={option}" for group, option in chosen.items()])
    return dict(_leaves(omegaconf.OmegaConf.to_container(config)))


def _leaves(config: dict[str, Any], before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in config.items():
        name = f"{before}{key}"
        found += _leaves(value, f"{name}.") if isinstance(value, dict) else [(name, value)]
    return found
