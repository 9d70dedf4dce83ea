"""Objectives that tests hand to agents, each a way of writing one."""

from __future__ import annotations

import argparse
import asyncio
import functools
import os
import sys
import time
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import wandb
from wandb_flyte import checkpoint_dir, get_wandb_run, wandb_init


def bare() -> None:
    run = wandb.init()
    run.log({"loss": run.config.lr})
    run.summary["pid"] = os.getpid()
    run.summary["types"] = {key: type(value).__name__ for key, value in run.config.items()}


def with_init_arguments() -> None:
    with wandb.init(project="another", config={"lr": 9.0, "epochs": 3}, name="mine") as run:
        run.log({"loss": run.config.lr})


def child_process() -> None:
    code = "import wandb; r = wandb.init(); r.log({'loss': r.config.lr}); r.finish()"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0


def by_name(lr: float, momentum: float = 0.9) -> float:
    return lr * momentum


def by_config(config: Any) -> dict[str, float]:
    return {"loss": config.lr, "accuracy": config["lr"] / 2}


def returns_its_model(lr: float) -> dict[str, Any]:
    return {"loss": lr, "model": object(), "accuracy": 0.5}


returns_its_model_decorated = wandb_init(returns_its_model)


def returns_a_pair(lr: float) -> tuple[float, float]:
    return lr, 0.5


returns_a_pair_decorated = wandb_init(returns_a_pair)


def logs_and_returns_text(lr: float) -> str:
    wandb.log({"loss": lr})
    return "done"


@wandb_init
def number_of_examples() -> int:
    return 9


def calls_a_decorated_helper(lr: float) -> float:
    number_of_examples()
    return lr


def returns_after_its_block() -> float:
    with wandb.init() as run:
        values = dict(run.config)
    return values["lr"]


def opens_beside() -> float:
    run = wandb.init(reinit="create_new")
    return run.config.lr


@wandb_init
def finishes_and_returns() -> float:
    lr: float = wandb.config.lr
    wandb.finish()
    return lr


@dataclass
class Net:
    depth: int


def by_nested_dataclass(lr: float, net: Net | None) -> float:
    assert isinstance(net, Net)
    return lr * net.depth


class Optimizer(Enum):
    SGD = "sgd"
    ADAM = "adam"


def by_enum(lr: float, opt: Optimizer = Optimizer.SGD) -> float:
    return {Optimizer.SGD: lr, Optimizer.ADAM: 2 * lr}[opt]


def by_one_mapping(net: dict[str, Any]) -> float:
    return float(net["depth"])


def _passed_on(fn: Any) -> Any:
    @functools.wraps(fn)
    def call(*args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    return call


@wandb_init
@_passed_on
async def wrapped_async() -> float:
    run = get_wandb_run()
    run.log({"seen": 1})
    return run.config.lr


def by_keyword_only_config(*, config: Any) -> Fraction:
    return Fraction(config["lr"])


def by_position_only(lr: float, /) -> float:
    return lr


def yields(lr: float) -> Any:
    yield lr


def by_mapping(values: dict[str, Any]) -> float:
    assert type(values) is dict
    return values["lr"]


@dataclass
class Settings:
    lr: float
    epochs: int = 3


def by_dataclass(settings: Settings) -> float:
    return settings.lr * settings.epochs


@dataclass
class Underscored:
    lr: float
    _u: int


def by_underscored_dataclass(config: Underscored) -> float:
    return config.lr * config._u


def by_underscored_name(lr: float, _u: int) -> float:
    return lr * _u


async def awaiting(lr: float) -> float:
    await asyncio.sleep(0)
    return lr


def needs_more(lr: float, depth: int) -> float:
    return lr * depth


def takes_less(depth: int = 3) -> float:
    return float(depth)


IMPORTED_WITH = list(sys.argv)


def parses_arguments() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=3)
    settings = parser.parse_args()
    run = wandb.init(config=vars(settings))
    run.summary["argv"] = [IMPORTED_WITH, sys.argv]
    run.log({"loss": run.config.lr * run.config.epochs})


def second_long(lr: float) -> float:
    time.sleep(1)
    return lr


def saves(lr: float) -> float:
    folder = checkpoint_dir()
    assert list(folder.iterdir()) == []
    (folder / "model").write_text(str(lr))
    if lr == 2:
        raise ValueError("bad rate")
    return lr


def writes(lr: float) -> float:
    print(f"hello from {lr}")
    with Path("trials.txt").open("a") as file:
        file.write(f"{os.environ['WANDB_SWEEP_ID']}\n")
    return lr
