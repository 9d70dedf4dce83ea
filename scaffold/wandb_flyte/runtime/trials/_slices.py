"""What of a machine each of several workers gets: its own GPUs, else its own CPUs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

_GPUS = "CUDA_VISIBLE_DEVICES"
_THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
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


def slices(workers: int, beside: int = 1) -> list[Slice]:
    """Shares this machine out among the workers of an agent.

    GPUs that `CUDA_VISIBLE_DEVICES` names are shared out, else all that there are. When there are
    fewer than workers, several workers have the same one. Without GPUs each worker has CPUs of its
    own, as far as the system knows of such a thing and there are enough. Numeric libraries start as
    many threads as a worker has CPUs, or its share of them.

    Args:
        workers: How many there are.
        beside: How many agents share the machine, this one among them: in a local run, where each
            takes whatever CPU is free, with its share of threads.
    """
    if workers == beside == 1:
        return [Slice()]
    gpus = _gpus(os.environ.get(_GPUS))
    cpus = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    threads = _threads(max(1, (len(cpus) or os.cpu_count() or 1) // (workers * beside)))
    if workers == 1:
        return [Slice(threads)]
    if gpus:
        return [Slice({_GPUS: ",".join(own), **threads}) for own in _parts(gpus, workers)]
    if len(cpus) < workers:
        return [Slice(threads)] * workers
    parts = _parts(cpus, workers)
    return [Slice(_threads(max(1, len(own) // beside)), tuple(own)) for own in parts]


def _threads(number: int) -> dict[str, str]:
    """Variables that have numeric libraries, PyTorch too, start so many threads.

    They count the machine's CPUs, and several workers that all do so slow each other down. What the
    user has set stays, and all of it where OMP_NUM_THREADS is: the others follow that one.
    """
    if "OMP_NUM_THREADS" in os.environ:
        return {}
    return {name: str(number) for name in _THREADS if name not in os.environ}


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
