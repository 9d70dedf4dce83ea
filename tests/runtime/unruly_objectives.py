"""Objectives that tests hand to agents, each a way of going wrong."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import wandb
from wandb_flyte import wandb_init


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
def finishes_and_raises() -> float:
    lr = wandb.config.lr
    wandb.finish()
    raise ValueError(f"bad rate {lr}")


def fails_by_exit_code(lr: float) -> float:
    wandb.finish(exit_code=3)
    return lr


def interrupts_itself(lr: float) -> float:
    raise KeyboardInterrupt


def raises_a_surrogate(lr: float) -> float:
    raise FileNotFoundError("caf\udce9.csv")


def kills_wandbs_process_and_raises(lr: float) -> float:
    kills_wandbs_process(lr)
    raise ValueError(f"bad rate {lr}")


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


def opens_slowly() -> None:
    class Values(dict[str, int]):
        def items(self) -> Any:
            # wandb.init is reading its arguments.
            for _ in range(60):
                time.sleep(0.05)
            return super().items()

    wandb.init(config=Values(seed=1))
    while True:
        time.sleep(0.05)


def stubborn(lr: float) -> float:
    while True:
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(60)


def waits_in_c(lr: float) -> float:
    _wait_for_ever(ctypes.CDLL(None))
    return lr


def holds_the_interpreter(lr: float) -> float:
    # A PyDLL keeps every other thread of the process from running meanwhile.
    _wait_for_ever(ctypes.PyDLL(None))
    return lr


def _wait_for_ever(library: ctypes.CDLL) -> None:
    # A lock that is taken twice waits on, whatever signal comes.
    lock = ctypes.create_string_buffer(64)
    for _ in range(2):
        library.pthread_mutex_lock(lock)


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


def starts_a_child(lr: float) -> float:
    pid = os.fork()
    if pid == 0:
        time.sleep(600)
        os._exit(0)
    Path("child.pid").write_text(str(pid))
    os.kill(os.getpid(), signal.SIGKILL)
    return lr
