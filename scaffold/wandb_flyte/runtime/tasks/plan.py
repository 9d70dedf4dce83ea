"""Which W&B run an action writes to: one pure function, used by links and by the opened run.

The table of what follows from which settings is docs/runs.md; tests walk it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from wandb_flyte.errors import UserError
from wandb_flyte.runtime.distributed import Rank, Topology

RunMode = Literal["auto", "new", "shared"]
RankScope = Literal["global", "worker"]


class NoParentRun(UserError, RuntimeError):
    """`run_mode="shared"` where no parent has a run to share."""


class SharedWriter(NamedTuple):
    """One of several processes that write to one run.

    Attributes:
        primary: Whether this one says how the run ended.
        label: The name of its lines in the run's log.
    """

    primary: bool
    label: str


class RunPlan(NamedTuple):
    """The run of one process of one action.

    Attributes:
        run_id: The W&B run's id.
        opens: False for a rank that has no run.
        joins: Whether the run is someone else's.
        group: The W&B group, or None to leave it to the settings.
        writer: Its part among several writers, or None when there is one only.
        page: The path of its page below the project: `runs/ID` or `groups/GROUP`.
    """

    run_id: str
    opens: bool
    joins: bool
    group: str | None
    writer: SharedWriter | None
    page: str


def base_id(run_name: str, action_name: str) -> str:
    """What the ids of an action's W&B runs begin with."""
    return f"{run_name}-{action_name}"


def plan_run(
    *,
    base_id: str,
    run_mode: RunMode = "auto",
    rank_scope: RankScope = "global",
    given_id: str | None = None,
    given_group: str | None = None,
    parent_id: str | None = None,
    topology: Topology | None = None,
    rank: Rank | None = None,
) -> RunPlan:
    """Plans the run of one process of one action.

    Args:
        base_id: The action's, as `base_id` has it.
        run_mode: What the settings say.
        rank_scope: What the settings say.
        given_id: The id that the settings give, if any.
        given_group: The group that the settings give, if any.
        parent_id: The id of the run that the parent action has open, if any.
        topology: The distributed task's nodes, or None when it has one process.
        rank: This process; the first one by default.

    Raises:
        NoParentRun: The parent's run is asked for, and there is none.
    """
    if topology is None:
        return _plan_single(base_id, run_mode, given_id, parent_id)
    return _plan_rank(
        given_id or base_id, run_mode, rank_scope, given_group, topology, rank or Rank()
    )


def _plan_single(
    base_id: str, run_mode: RunMode, given_id: str | None, parent_id: str | None
) -> RunPlan:
    if run_mode == "shared" and not (given_id or parent_id):
        raise NoParentRun(
            'There is no W&B run to share: `run_mode="shared"` needs a parent task with a run.',
            hint='Decorate the parent with @wandb_init, or use run_mode="auto".',
        )
    inherited = None if run_mode == "new" else parent_id
    run_id = given_id or inherited or base_id
    joins = run_mode == "shared" or (inherited is not None and run_id == inherited)
    return RunPlan(run_id, True, joins, None, None, f"runs/{run_id}")


def _plan_rank(
    base_id: str,
    run_mode: RunMode,
    rank_scope: RankScope,
    given_group: str | None,
    topology: Topology,
    rank: Rank,
) -> RunPlan:
    each_worker = topology.multi_node and rank_scope == "worker"
    unit = f"{base_id}-worker-{rank.worker}" if each_worker else base_id
    leads = (rank.local_rank if each_worker else rank.rank) == 0
    if run_mode == "auto":
        return RunPlan(unit, leads, False, None, None, f"runs/{unit}")
    if run_mode == "new":
        number = rank.local_rank if each_worker else rank.rank
        group = given_group or unit
        return RunPlan(f"{unit}-rank-{number}", True, False, group, None, f"groups/{group}")
    node = f"worker-{rank.worker}-rank-{rank.local_rank}"
    label = node if topology.multi_node else f"rank-{rank.rank}"
    return RunPlan(unit, True, not leads, None, SharedWriter(leads, label), f"runs/{unit}")
