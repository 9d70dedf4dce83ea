"""What of a machine each of several workers gets: its own GPUs, else its own CPUs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

_GPUS = "CUDA_VISIBLE_DEVICES"
_T = TypeVar("_T")


@dataclass(frozen=True)
class Slice:
    """One worker's part of the machine.

    Attributes:
        variables: Environment variables for its process.
        cpus: The CPUs that it runs on; empty for all.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    cpus: tuple[int, ...] = ()


def slices(workers: int) -> list[Slice]:
    """Shares this machine out among workers.

    GPUs that `CUDA_VISIBLE_DEVICES` names are shared out, else all that there are. When there are
    fewer than workers, several workers have the same one. Without GPUs each worker has CPUs of its
    own, as far as the system knows of such a thing and there are enough.

    Args:
        workers: How many there are.
    """
    if workers == 1:
        return [Slice()]
    gpus = _gpus(os.environ.get(_GPUS))
    if gpus:
        return [Slice({_GPUS: ",".join(own)}) for own in _parts(gpus, workers)]
    cpus = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cpus) < workers:
        return [Slice()] * workers
    return [Slice(cpus=tuple(own)) for own in _parts(cpus, workers)]


def _gpus(given: str | None) -> list[str]:
    """The names of the GPUs that may be used."""
    if given is not None:
        names = [name.strip() for name in given.split(",") if name.strip()]
        # CUDA stops at the first one that is none.
        return names[: names.index("-1")] if "-1" in names else names
    # A container has the device files of its own GPUs, which CUDA counts from 0.
    found = sum(path.name.removeprefix("nvidia").isdigit() for path in _devices())
    return [str(number) for number in range(found)]


def _devices() -> list[Path]:
    return list(Path("/dev").glob("nvidia*"))


def _parts(things: Sequence[_T], number: int) -> list[list[_T]]:
    """As many parts, as even as can be; when there are too few things, some are in several."""
    if len(things) < number:
        return [[things[index % len(things)]] for index in range(number)]
    return [
        list(things[len(things) * index // number : len(things) * (index + 1) // number])
        for index in range(number)
    ]
