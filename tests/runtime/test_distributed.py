"""Where a process stands among others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from wandb_flyte import get_distributed_info
from wandb_flyte.runtime.distributed import Topology, declared_topology


@dataclass
class Elastic:
    """The settings of Flyte's PyTorch plugin, as far as they count here."""

    nnodes: Any = 1
    nproc_per_node: Any = 1


@dataclass
class ClusteredSettings:
    replicas: int
    nproc_per_node: int


@dataclass
class ClusteredPlugin:
    settings: ClusteredSettings


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, None),
        (object(), None),
        (Elastic(), None),
        (Elastic(nproc_per_node=4), Topology(1)),
        (Elastic(nproc_per_node="gpu"), Topology(1)),
        (Elastic(nnodes=2), Topology(2)),
        (Elastic(nnodes="1:4", nproc_per_node="auto"), Topology(4)),
        (ClusteredPlugin(ClusteredSettings(3, 1)), Topology(3)),
    ],
)
def test_a_task_declares_its_nodes(config: Any, expected: Topology | None) -> None:
    """The plugin config tells how many nodes a task may have, elastic ranges included."""
    assert declared_topology(config) == expected


def test_torchrun_says_which_process_this_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """get_distributed_info() reads torchrun's variables."""
    for name, value in {
        "RANK": "5",
        "LOCAL_RANK": "1",
        "WORLD_SIZE": "8",
        "LOCAL_WORLD_SIZE": "2",
        "GROUP_RANK": "2",
    }.items():
        monkeypatch.setenv(name, value)

    assert get_distributed_info() == {
        "rank": 5,
        "local_rank": 1,
        "world_size": 8,
        "local_world_size": 2,
        "worker_index": 2,
        "num_workers": 4,
    }


def test_one_process_is_not_distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    """get_distributed_info() is None without a launcher, and for a world of one."""
    monkeypatch.delenv("RANK", raising=False)
    assert get_distributed_info() is None
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "1")
    assert get_distributed_info() is None
