"""`wandb-flyte spec`: a draft that is a sound sweep config for its code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from wandb_flyte.errors import InvalidInput
from wandb_flyte.generate.check.checking import check_files
from wandb_flyte.generate.drafts.draft import draft_sweep
from wandb_flyte.generate.drafts.guesses import guess

from .helpers import drafted

FUNCTION = """
from typing import Literal
import wandb

def train(lr: float = 1e-3, dropout: float = 0.1, opt: Literal["adam", "off"] = "adam",
          batch_size: int = 32, epochs: int = 5, bias=True, *, width: int, data_dir="x"):
    wandb.log({"epoch": epochs, "val_acc": lr * dropout, "n": [opt, batch_size, bias, width]})
"""
SCRIPT = """
import argparse
import wandb
parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, default=0.01)
parser.add_argument("--layers", type=int, default=3)
parser.add_argument("--kind", choices=["a", "b"])
parser.add_argument("--verbose", action="store_true")
args = parser.parse_args()
wandb.init(config=args)
wandb.log({"loss": args.learning_rate * args.layers, "kind": args.kind})
"""

pytestmark = pytest.mark.usefixtures("empty_folder")


def test_a_function() -> None:
    """Defaults, annotations and choices become distributions, and the check finds nothing."""
    Path("train.py").write_text(FUNCTION)
    text = draft_sweep("train.py:train")
    Path("sweep.yaml").write_text(text)
    draft = yaml.safe_load(text)

    assert draft["metric"] == {"name": "val_acc", "goal": "maximize"}
    assert draft["parameters"] == {
        "lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1e-2},
        "dropout": {"min": 0.0, "max": 0.5},
        "opt": {"values": ["adam", "off"]},
        "batch_size": {"values": [16, 32, 64]},
        "epochs": {"value": 5},
        "bias": {"values": [True, False]},
        "width": {"values": [64, 128, 256]},
    }
    assert check_files(Path("sweep.yaml"), "train.py:train") == []


def test_a_script() -> None:
    """A script's options become parameters under the names that its command line takes."""
    Path("train.py").write_text(SCRIPT)
    text = draft_sweep("train.py")
    Path("sweep.yaml").write_text(text)

    assert sorted(yaml.safe_load(text)["parameters"]) == ["kind", "layers", "learning-rate"]
    assert check_files(Path("sweep.yaml")) == []


def test_keys_of_the_config() -> None:
    """What is only read from the config is drafted with limits to set."""
    Path("train.py").write_text(
        "import wandb\ndef f(config):\n    return config.rate * config['b']\n"
    )

    assert sorted(yaml.safe_load(draft_sweep("train.py:f"))["parameters"]) == ["b", "rate"]


def test_nothing_to_search() -> None:
    """Code without a hyperparameter is an error."""
    Path("train.py").write_text("def f():\n    return 1\n")

    with pytest.raises(InvalidInput, match=r"Nothing in `train.py` says what could be searched"):
        draft_sweep("train.py:f")


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ("def load(path):\n    return path\n", "`train.py:objective`"),
        ("def train_it(x):\n    return x\n", "`train.py:train_it`, `train.py:objective`"),
        ("def train_all(x):\n    yield x\n", "`train.py:objective`"),
    ],
)
def test_a_file_of_functions(others: str, named: str) -> None:
    """A script that takes nothing, but has functions that do: those are offered."""
    objective = "def objective(lr=0.1, size=2):\n    return lr * size\n"
    Path("train.py").write_text(f"{others}def noise():\n    pass\n{objective}print(objective())\n")

    with pytest.raises(InvalidInput) as caught:
        draft_sweep("train.py")

    assert str(caught.value.findings[0]) == (
        "train.py: Nothing in `train.py` says what could be searched. "
        f"Take a function of it: {named}."
    )


def test_a_config_class() -> None:
    """The fields of the class that an objective's config is of are its hyperparameters."""
    Path("train.py").write_text(
        "from enum import Enum\nfrom pydantic import BaseModel, Field\nimport wandb\n\n"
        "class Pool(Enum):\n    MAX = 'max'\n    MEAN = 'mean'\n\n"
        "class Config(BaseModel):\n    window: int = Field(8, gt=0)\n    pool: Pool = Pool.MAX\n"
        "    bias: bool = False\n\n"
        "def f(config: Config):\n"
        "    wandb.log({'val/mae': config.window, 'of': [config.pool, config.bias]})\n"
    )

    assert drafted("train.py:f") == {
        "window": {"min": 4, "max": 16},
        "pool": {"values": ["max", "mean"]},
        "bias": {"values": [True, False]},
    }


def test_defaults_in_the_source() -> None:
    """Dicts of defaults, fallbacks and signatures tell the types of keys that are only read."""
    Path("train.py").write_text(
        "import wandb\nDEFAULTS = {'units': 64, 'act': 'relu'}\n"
        "def fit(units, act, alpha):\n    return units * alpha * len(act)\n"
        "run = wandb.init(config=DEFAULTS)\nc = run.config\n"
        "alpha = c.get('alpha', 0.005)\n"
        "wandb.log({'epoch': 1, 'loss': fit(c.units, c.act, alpha) * c['optim']['lr']})\n"
    )

    assert drafted("train.py") == {
        "alpha": {"distribution": "log_uniform_values", "min": 0.0005, "max": 0.05},
        "units": {"values": [32, 64, 128]},
        "act": {"value": "relu"},
        "optim": {
            "parameters": {"lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 0.1}}
        },
    }


def test_a_module_of_a_package() -> None:
    """A script that imports from its own package is drafted to be started with `-m`."""
    Path("pkg").mkdir()
    Path("pkg/__init__.py").touch()
    Path("pkg/base.py").write_text("RATE = 1\n")
    Path("pkg/train.py").write_text(
        "import argparse\nimport wandb\nfrom .base import RATE\np = argparse.ArgumentParser()\n"
        "p.add_argument('--lr', type=float, default=0.1)\nargs = p.parse_args()\n"
        "wandb.init()\nwandb.log({'loss': args.lr * RATE})\n"
    )

    assert list(drafted("pkg/train.py")) == ["lr"]
    assert yaml.safe_load(draft_sweep("pkg/train.py"))["program"] == "pkg.train"


def test_hydra() -> None:
    """Numbers and switches of Hydra's config files are drafted under their dotted names.

    Not those that no code reads.
    """
    Path("conf/model").mkdir(parents=True)
    Path("conf/data").mkdir()
    Path("conf/c.yaml").write_text(
        "defaults:\n  - model: mlp\n  - data: toy\nseed: 1\nwandb: {every: 4}\n"
    )
    Path("conf/model/mlp.yaml").write_text(
        "width: 32\nkind: mlp\nlr: 1e-3\nstart: 1e-3x\ndropout: 0.1\n"
    )
    Path("conf/data/toy.yaml").write_text("batch_size: 8\nworkers: 2\n")
    Path("train.py").write_text(
        "import hydra\nimport wandb\n\n"
        "@hydra.main(version_base=None, config_path='conf', config_name='c')\n"
        "def main(cfg):\n    wandb.init()\n    rate = cfg.model.lr * cfg.data.batch_size\n"
        "    wandb.log({'loss': rate * cfg.model.width * cfg.seed})\n\n"
        "main()\n"
    )

    assert drafted("train.py") == {
        "model.width": {"values": [16, 32, 64]},
        "model.lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1e-2},
        "data.batch_size": {"values": [4, 8, 16]},
        "seed": {"value": 1},
    }


@pytest.mark.parametrize("code", ["notebook.py", "notebook.py:train"])
def test_a_sweep_config_in_the_code(code: str) -> None:
    """What is swept there already is not taken for defaults; the message says how to use it."""
    Path("notebook.py").write_text(
        "import wandb\nsweep = {'method': 'random', 'parameters': {'lr': {'values': [0.1]}}}\n"
        "def train():\n    with wandb.init() as run:\n        run.log({'loss': run.config.lr})\n"
        "wandb.agent(wandb.sweep(sweep), train)\n"
    )

    with pytest.raises(InvalidInput) as caught:
        draft_sweep(code)

    assert str(caught.value.findings[0]) == (
        "notebook.py:6: It has a sweep config already, in its `wandb.sweep(...)`. "
        "Take that one: `wandb-flyte new NAME --spec notebook.py`."
    )


@pytest.mark.parametrize(
    ("name", "default", "settings"),
    [
        ("learning-rate", 0.1, {"distribution": "log_uniform_values", "min": 0.01, "max": 1.0}),
        ("Weight-Decay", 0.0, {"distribution": "log_uniform_values", "min": 1e-6, "max": 0.01}),
        ("num-epochs", 3, {"value": 3}),
        ("gamma", 0.99, {"min": 0.95, "max": 0.999}),
        ("gae_lambda", 0.95, {"min": 0.75, "max": 0.995}),
        ("gae-lambda", 0.8, {"min": 0.5, "max": 0.999}),
        ("ema-decay", 0.99999, {"min": 0.999, "max": 0.9999}),
        ("subsample", 0.9, {"min": 0.5, "max": 0.999}),
    ],
)
def test_a_guess(name: str, default: float, settings: dict[str, object]) -> None:
    """Its name tells the range, written with `-` or `_`; a share never comes to 1."""
    found = guess(name, "", default, None, required=False)

    assert found is not None
    assert dict(found.settings) == settings


@pytest.mark.parametrize(
    ("metric", "goal"),
    [
        ("val_ndcg", "maximize"),
        ("test/rougeL", "maximize"),
        ("val_sharpe", "maximize"),
        ("eval_mrr", "maximize"),
        ("val_map", "maximize"),
        ("val/mAP@5", "maximize"),
        ("valacc", "maximize"),
        ("test_mape", "minimize"),
        ("val_acc_loss", "minimize"),
        ("accuracy_drop", "minimize"),
    ],
)
def test_the_goal_of_a_metric(metric: str, goal: str) -> None:
    """A draft has the goal that the check would ask for."""
    Path("train.py").write_text(
        f"import wandb\ndef f(lr=0.1):\n    wandb.log({{{metric!r}: lr}})\n"
    )
    text = draft_sweep("train.py:f")
    Path("sweep.yaml").write_text(text)

    assert yaml.safe_load(text)["metric"] == {"name": metric, "goal": goal}
    assert check_files(Path("sweep.yaml"), "train.py:f") == []


def test_an_output_folder_is_no_hyperparameter() -> None:
    """However it is written."""
    assert guess("output-dir", "str", "runs", None, required=False) is None
    assert guess("wandb.every", "int", 4, None, required=False) is None


def test_a_parameter_that_is_a_dict() -> None:
    """The keys that are read from it, here and in other functions, are drafted inside it."""
    Path("train.py").write_text(
        "import wandb\n\ndef net(model):\n    return model['encoder']['width']\n\n"
        "def train(optimizer, model: dict, other, seed: int = 0):\n    run = wandb.run\n"
        "    lr = optimizer['lr'] * optimizer.get('momentum', 0.9) * run.config.size\n"
        "    run.log({'loss': lr * net(model) + seed + other.start})\n"
    )

    assert yaml.safe_load(draft_sweep("train.py:train"))["parameters"] == {
        "optimizer": {
            "parameters": {
                "lr": {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.1},
                "momentum": {"min": 0.5, "max": 0.99},
            }
        },
        "model": {"parameters": {"encoder": {"parameters": {"width": {"values": [64, 128, 256]}}}}},
        "other": {"value": None},
        "seed": {"value": 0},
    }


@pytest.mark.parametrize("way", ["Optional[Literal['a', 'b']]", "Literal['a', 'b'] | None"])
def test_none_beside_choices(way: str) -> None:
    """An optional choice is drafted with null; a returned number is said to be the metric."""
    Path("train.py").write_text(
        f"from typing import Literal, Optional\n\ndef train(kind: {way} = None) -> float:\n"
        "    return len(kind or '') / 2\n"
    )

    assert drafted("train.py:train") == {"kind": {"values": ["a", "b", None]}}
    assert (
        "  name: loss  # the number that the code returns, under whatever name stands here\n"
    ) in draft_sweep("train.py:train")


def test_what_no_default_says_a_name_may() -> None:
    """Parameters without a default, or with None, are guessed from their names."""
    text = "def f(lr: float, batch_size: int, decay: float | None = None, n: int = None): return lr"
    Path("train.py").write_text(f"{text} + batch_size * decay * n\n")
    draft = draft_sweep("train.py:f")

    assert yaml.safe_load(draft)["parameters"] == {
        "lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 0.1},
        "batch_size": {"values": [16, 32, 64]},
        "decay": {"min": 0.0, "max": 1.0},
        "n": {"min": 1, "max": 10},
    }
    assert "lr:  # without a default; guessed from its name" in draft
    assert "decay:  # a number, its default is none: set the limits" in draft


def test_fields_that_make_their_defaults() -> None:
    """They are left out, and so is an optional seed: each has a default of its own."""
    Path("train.py").write_text(
        "from dataclasses import dataclass, field\nfrom typing import Optional\n\n"
        "@dataclass\nclass C:\n    lr: float = 0.1\n    seed: Optional[int] = None\n"
        "    tags: list[str] = field(default_factory=list)\n    kind: str = field()\n\n"
        "def f(config: C):\n    return config.lr, config.seed, config.tags, config.kind\n"
    )

    assert set(yaml.safe_load(draft_sweep("train.py:f"))["parameters"]) == {"lr", "kind"}
