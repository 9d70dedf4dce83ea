"""The processes of a distributed task: what its settings declare, and which one this is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple


class Rank(NamedTuple):
    """One process of a distributed task.

    Attributes:
        rank: Its number among all processes.
        local_rank: Its number on its node.
        worker: Its node's number.
        nodes: How many nodes there are.
        world_size: How many processes there are.
        local_world_size: How many processes its node has.
    """

    rank: int = 0
    local_rank: int = 0
    worker: int = 0
    nodes: int = 1
    world_size: int = 1
    local_world_size: int = 1


class Topology(NamedTuple):
    """How many nodes a distributed task may have, known before it runs."""

    nodes: int

    @property
    def multi_node(self) -> bool:
        """Whether names have to tell nodes apart."""
        return self.nodes > 1


def get_distributed_info() -> dict[str, int] | None:
    """This process's place in a distributed task, as torchrun's environment variables say.

    Returns:
        `rank`, `local_rank`, `world_size`, `local_world_size`, `worker_index` and `num_workers`,
        or None when there is one process only.
    """
    rank = rank_from_env(os.environ)
    if rank is None or rank.world_size <= 1:
        return None
    return {
        "rank": rank.rank,
        "local_rank": rank.local_rank,
        "world_size": rank.world_size,
        "local_world_size": rank.local_world_size,
        "worker_index": rank.worker,
        "num_workers": rank.nodes,
    }


def rank_from_env(env: Mapping[str, str]) -> Rank | None:
    """This process's place, or None when no launcher set it."""
    if "RANK" not in env or "WORLD_SIZE" not in env:
        return None
    world_size = int(env["WORLD_SIZE"])
    local_world_size = int(env.get("LOCAL_WORLD_SIZE", world_size)) or 1
    return Rank(
        rank=int(env["RANK"]),
        local_rank=int(env.get("LOCAL_RANK", "0")),
        worker=int(env.get("GROUP_RANK", "0")),
        nodes=max(world_size // local_world_size, 1),
        world_size=world_size,
        local_world_size=local_world_size,
    )


def declared_topology(plugin_config: Any) -> Topology | None:
    """What a task's plugin config (Elastic, or a clustered environment's) says, or None.

    A count that is only known on the node (`nproc_per_node="gpu"`) makes a task distributed too.
    """
    settings = getattr(plugin_config, "settings", None) or plugin_config
    nodes = getattr(settings, "nnodes", getattr(settings, "replicas", None))
    per_node = getattr(settings, "nproc_per_node", None)
    if nodes is None or per_node is None:
        return None
    # torchrun's elastic form: `1:4` is one to four nodes.
    most_nodes = int(str(nodes).rpartition(":")[2])
    if most_nodes <= 1 and str(per_node) == "1":
        return None
    return Topology(most_nodes)


def topology_of(rank: Rank | None) -> Topology | None:
    """The topology that a process finds itself in, when its task declared none."""
    return Topology(rank.nodes) if rank and rank.world_size > 1 else None
