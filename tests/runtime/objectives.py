"""Objectives that tests hand to agents, each a way of writing one or of going wrong."""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import functools
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
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


def fails_beside() -> None:
    run = wandb.init(reinit="create_new")
    raise ValueError(f"bad rate {run.config.lr}")


def is_offline() -> None:
    wandb.init(mode="offline").log({"loss": 1})


def kills_wandbs_process(lr: float) -> None:
    subprocess.run(["pkill", "-KILL", "-P", str(os.getpid())], check=True)


def swallows_its_stop(lr: float) -> float:
    wandb.log({"loss": lr})
    with suppress(KeyboardInterrupt):
        time.sleep(60)
    return lr


@wandb_init
def finishes_and_returns() -> float:
    lr: float = wandb.config.lr
    wandb.finish()
    return lr


@wandb_init
def finishes_and_raises() -> float:
    lr = wandb.config.lr
    wandb.finish()
    raise ValueError(f"bad rate {lr}")


def fails_by_exit_code(lr: float) -> float:
    wandb.finish(exit_code=3)
    return lr


@dataclass
class Net:
    depth: int


def by_nested_dataclass(lr: float, net: Net | None) -> float:
    assert isinstance(net, Net)
    return lr * net.depth


def by_one_mapping(net: dict[str, Any]) -> float:
    return float(net["depth"])


def interrupts_itself(lr: float) -> float:
    raise KeyboardInterrupt


def raises_a_surrogate(lr: float) -> float:
    raise FileNotFoundError("caf\udce9.csv")


def kills_wandbs_process_and_raises(lr: float) -> float:
    kills_wandbs_process(lr)
    raise ValueError(f"bad rate {lr}")


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


def closes_output(lr: float) -> float:
    sys.stdout.close()
    sys.stderr.close()
    return lr


def loses_output(lr: float) -> float:
    sys.stdout = sys.stderr = None
    return lr


def changes_folder(lr: float) -> float:
    assert Path("here").read_text() == "here"
    with TemporaryDirectory() as folder:
        os.chdir(folder)
    return lr


def leaves_a_fork(lr: float) -> float:
    child = os.fork()
    if child == 0:
        sys.exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    return lr


leaves_a_fork_decorated = wandb_init(leaves_a_fork)


def has_a_pool(lr: float) -> float:
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return sum(pool.map(float, [lr, 0]))


def fails_without_output(lr: float) -> float:
    sys.stderr.close()
    raise ValueError(f"bad rate {lr}")


def by_mapping(values: dict[str, Any]) -> float:
    assert type(values) is dict
    return values["lr"]


@dataclass
class Settings:
    lr: float
    epochs: int = 3


def by_dataclass(settings: Settings) -> float:
    return settings.lr * settings.epochs


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


def raises_with_arguments(lr: float) -> float:
    if lr == 2:
        raise ValueError("bad   rate")
    return lr


def raises_in_block() -> None:
    with wandb.init() as run:
        raise ValueError(f"bad rate {run.config.lr}")


def raises_but_finishes() -> None:
    run = wandb.init()
    try:
        raise ValueError(f"bad rate {run.config.lr}")
    finally:
        wandb.finish()


def raises_after_logging() -> None:
    with wandb.init() as run:
        run.log({"loss": run.config.lr})
        raise ValueError(f"bad rate {run.config.lr}")


@wandb_init
def raises_decorated() -> None:
    wandb.log({"loss": 2})
    raise ValueError("bad rate 2")


def exits(lr: float) -> None:
    sys.exit(3)


def opens_nothing() -> float:
    return 1.0


def killed(lr: float) -> float:
    wandb.log({"loss": lr})
    if lr == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return lr


def leaves(lr: float) -> float:
    if lr == 2:
        os._exit(0)
    return lr


def endless() -> None:
    with wandb.init() as run:
        while True:
            run.log({"loss": run.config.lr})
            time.sleep(0.05)


def stubborn(lr: float) -> float:
    while True:
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(60)


def counts_in_c(lr: float) -> float:
    deque(itertools.repeat(lr), maxlen=0)
    return lr


def holds_the_interpreter(lr: float) -> float:
    # A PyDLL keeps every other thread of the process from running meanwhile; and a lock that is
    # taken twice waits on, whatever signal comes.
    lock, library = ctypes.create_string_buffer(64), ctypes.PyDLL(None)
    for _ in range(2):
        library.pthread_mutex_lock(lock)
    return lr


def blocks_signals(lr: float) -> float:
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        time.sleep(60)


def returns_what_no_run_takes(lr: float) -> Any:
    return {"loss": threading.Lock() if lr == 2 else lr}


def raises_far_too_much(lr: float) -> float:
    if lr == 2:
        raise ValueError("x" * 80_000_000)
    return lr


def leaves_far_too_much() -> None:
    with wandb.init() as run:
        run.log({"loss": run.config.lr})
        if run.config.lr == 2:
            run.summary["much"] = "x" * 70_000_000
            raise RuntimeError("too much")


class Untold(Exception):
    def __str__(self) -> str:
        return str(1 / 0)


def raises_what_has_no_text(lr: float) -> float:
    if lr == 2:
        raise Untold
    return lr


def talks_to_the_agent(lr: float) -> float:
    if lr == 2:
        fd = int(Path("/proc/self/cmdline").read_text().split("\0--fd\0")[1].rstrip("\0"))
        os.write(fd, b"what is this?\n")
        time.sleep(60)
    return lr


def kills_its_agent() -> None:
    class Values(dict[str, int]):
        def items(self) -> Any:
            # wandb.init is reading its arguments; the worker notices meanwhile that it is alone.
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(2)
            return super().items()

    wandb.init(config=Values(seed=1))


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


def starts_a_child(lr: float) -> float:
    pid = os.fork()
    if pid == 0:
        time.sleep(600)
        os._exit(0)
    Path("child.pid").write_text(str(pid))
    os.kill(os.getpid(), signal.SIGKILL)
    return lr


def writes(lr: float) -> float:
    print(f"hello from {lr}")
    with Path("trials.txt").open("a") as file:
        file.write(f"{os.environ['WANDB_SWEEP_ID']}\n")
    return lr
