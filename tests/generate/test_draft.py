"""`wandb-flyte spec`: a draft that is a sound sweep config for its code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from wandb_flyte.errors import InvalidInput
from wandb_flyte.generate.check import check_files
from wandb_flyte.generate.draft import draft_sweep

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


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a folder of its own."""
    monkeypatch.chdir(tmp_path)


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
        "width": {"min": 1, "max": 10},
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
