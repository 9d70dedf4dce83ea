"""How a machine is shared out among the workers of one agent."""

from __future__ import annotations

import os

import pytest
from wandb_flyte.runtime.trials._slices import Slice, slices


@pytest.mark.parametrize(
    ("given", "workers", "expected"),
    [
        ("0,1,2,3", 2, ["0,1", "2,3"]),
        ("0,1,2", 2, ["0", "1,2"]),
        ("3, 5", 2, ["3", "5"]),
        ("GPU-8a1,MIG-7c2/1/0", 2, ["GPU-8a1", "MIG-7c2/1/0"]),
        ("0,1", 3, ["0", "1", "0"]),
        ("2,-1,3", 2, ["2", "2"]),
    ],
)
def test_gpus_that_are_given_are_shared_out(
    given: str, workers: int, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each worker sees its own part of CUDA_VISIBLE_DEVICES; too few GPUs are used by several."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)

    assert [part.variables["CUDA_VISIBLE_DEVICES"] for part in slices(workers)] == expected
    assert all(part.cpus == () for part in slices(workers))


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system has no CPU sets")
@pytest.mark.parametrize("given", ["", "-1"])
def test_without_gpus_each_worker_has_its_own_cpus(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CPUs that this process may use are shared out, all of them, none twice."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)
    available = sorted(os.sched_getaffinity(0))

    parts = slices(len(available))

    if len(available) > 1:
        assert [part.cpus for part in parts] == [(cpu,) for cpu in available]
    assert all("CUDA_VISIBLE_DEVICES" not in part.variables for part in parts)
    many = slices(len(available) + 1)
    assert [part.cpus for part in many] == [()] * (len(available) + 1)


THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


@pytest.fixture
def no_threads_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("gpus", ["", "0,1"])
def test_libraries_start_as_many_threads_as_a_worker_has_cpus(
    gpus: str, no_threads_given: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each worker's libraries would start as many as the machine has CPUs."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", gpus)
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    for part in slices(2):
        share = len(part.cpus) or max(1, (cpus or 1) // 2)
        assert {name: part.variables[name] for name in THREADS} == dict.fromkeys(
            THREADS, str(share)
        )


def test_threads_that_the_user_has_set_stay(
    no_threads_given: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One library's number is that one's; OMP_NUM_THREADS is what the others follow."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("MKL_NUM_THREADS", "7")
    assert all(set(part.variables) == {*THREADS} - {"MKL_NUM_THREADS"} for part in slices(2))
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert [dict(part.variables) for part in slices(2)] == [{}, {}]


def test_agents_on_one_machine_share_its_threads(
    no_threads_given: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a local run each agent's libraries start their share, on whatever CPU is free."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)

    assert slices(1, beside=4) == [Slice(dict.fromkeys(THREADS, "2"))]
    assert slices(1, beside=99) == [Slice(dict.fromkeys(THREADS, "1"))]
    assert slices(2, beside=2) == [
        Slice(dict.fromkeys(THREADS, "2"), tuple(range(4))),
        Slice(dict.fromkeys(THREADS, "2"), tuple(range(4, 8))),
    ]


def test_one_worker_has_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent with one worker changes nothing."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")

    assert slices(1) == [Slice()]
