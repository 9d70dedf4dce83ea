"""Which run an action writes to: links and opened runs ask the same function."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from wandb_flyte.runtime.distributed import Rank, Topology
from wandb_flyte.runtime.state import State
from wandb_flyte.runtime.tasks.links import Wandb
from wandb_flyte.runtime.tasks.plan import NoParentRun, RunPlan, SharedWriter, plan_run
from wandb_flyte.runtime.tasks.settings import WandbConfig

BASE = "run-a1"
ONE_NODE = Topology(1)
TWO_NODES = Topology(2)
FIRST = Rank(rank=0, local_rank=0, worker=0, nodes=2, world_size=4, local_world_size=2)
SECOND = Rank(rank=1, local_rank=1, worker=0, nodes=2, world_size=4, local_world_size=2)
THIRD = Rank(rank=2, local_rank=0, worker=1, nodes=2, world_size=4, local_world_size=2)
FOURTH = Rank(rank=3, local_rank=1, worker=1, nodes=2, world_size=4, local_world_size=2)


def short(plan: RunPlan) -> tuple[Any, ...]:
    return (plan.run_id if plan.opens else None, plan.joins, plan.page)


@pytest.mark.parametrize(
    ("run_mode", "given", "parent", "expected"),
    [
        ("auto", None, None, ("run-a1", False, "runs/run-a1")),
        ("auto", None, "up", ("up", True, "runs/up")),
        ("auto", "mine", None, ("mine", False, "runs/mine")),
        ("auto", "mine", "up", ("mine", False, "runs/mine")),
        ("auto", "up", "up", ("up", True, "runs/up")),
        ("new", None, None, ("run-a1", False, "runs/run-a1")),
        ("new", None, "up", ("run-a1", False, "runs/run-a1")),
        ("new", "mine", None, ("mine", False, "runs/mine")),
        ("new", "mine", "up", ("mine", False, "runs/mine")),
        ("shared", None, "up", ("up", True, "runs/up")),
        ("shared", "mine", None, ("mine", True, "runs/mine")),
        ("shared", "mine", "up", ("mine", True, "runs/mine")),
    ],
)
def test_one_process(
    run_mode: Any, given: str | None, parent: str | None, expected: tuple[Any, ...]
) -> None:
    """Without ranks, an action has the run that mode, given id and parent say."""
    plan = plan_run(base_id=BASE, run_mode=run_mode, given_id=given, parent_id=parent)

    assert short(plan) == expected


def test_shared_without_a_parent_is_refused() -> None:
    """run_mode="shared" says what it needs when no parent has a run."""
    with pytest.raises(NoParentRun) as caught:
        plan_run(base_id=BASE, run_mode="shared")

    assert str(caught.value) == (
        'There is no W&B run to share: `run_mode="shared"` needs a parent task with a run.\n'
        'Decorate the parent with @wandb_init, or use run_mode="auto".'
    )


@pytest.mark.parametrize(
    ("topology", "run_mode", "rank_scope", "expected"),
    [
        (ONE_NODE, "auto", "global", {FIRST: "B", SECOND: None}),
        (ONE_NODE, "auto", "worker", {FIRST: "B", SECOND: None}),
        (ONE_NODE, "new", "global", {FIRST: "B-rank-0", SECOND: "B-rank-1"}),
        (ONE_NODE, "new", "worker", {FIRST: "B-rank-0", SECOND: "B-rank-1"}),
        (ONE_NODE, "shared", "global", {FIRST: "B", SECOND: "B"}),
        (ONE_NODE, "shared", "worker", {FIRST: "B", SECOND: "B"}),
        (TWO_NODES, "auto", "global", {FIRST: "B", SECOND: None, THIRD: None, FOURTH: None}),
        (
            TWO_NODES,
            "auto",
            "worker",
            {FIRST: "B-worker-0", SECOND: None, THIRD: "B-worker-1", FOURTH: None},
        ),
        (TWO_NODES, "new", "global", {FIRST: "B-rank-0", FOURTH: "B-rank-3"}),
        (
            TWO_NODES,
            "new",
            "worker",
            {FIRST: "B-worker-0-rank-0", FOURTH: "B-worker-1-rank-1"},
        ),
        (TWO_NODES, "shared", "global", {FIRST: "B", SECOND: "B", THIRD: "B", FOURTH: "B"}),
        (
            TWO_NODES,
            "shared",
            "worker",
            {FIRST: "B-worker-0", SECOND: "B-worker-0", FOURTH: "B-worker-1"},
        ),
    ],
)
@pytest.mark.parametrize("given", [None, "mine"])
def test_each_rank(
    topology: Topology,
    run_mode: Any,
    rank_scope: Any,
    expected: dict[Rank, str | None],
    given: str | None,
) -> None:
    """Each rank has the run that mode, scope and nodes say, whether or not an id is given."""
    for rank, name in expected.items():
        plan = plan_run(
            base_id=BASE,
            run_mode=run_mode,
            rank_scope=rank_scope,
            given_id=given,
            topology=topology,
            rank=rank,
        )
        wanted = None if name is None else name.replace("B", given or BASE)
        assert (plan.run_id if plan.opens else None) == wanted


def test_ranks_that_share_a_run_have_one_primary() -> None:
    """Of the ranks that write to one run, the first one says how it ended."""
    writers = {
        rank: plan_run(base_id=BASE, run_mode="shared", topology=TWO_NODES, rank=rank).writer
        for rank in (FIRST, SECOND, THIRD)
    }

    assert writers == {
        FIRST: SharedWriter(primary=True, label="worker-0-rank-0"),
        SECOND: SharedWriter(primary=False, label="worker-0-rank-1"),
        THIRD: SharedWriter(primary=False, label="worker-1-rank-0"),
    }


SETTINGS = [
    (run_mode, rank_scope, topology, given, group, parent)
    for run_mode, rank_scope, topology, given, group, parent in itertools.product(
        ("auto", "new", "shared"),
        ("global", "worker"),
        (None, ONE_NODE, TWO_NODES),
        (None, "mine"),
        (None, "mygroup"),
        (None, "up"),
    )
]


@pytest.mark.parametrize(
    ("run_mode", "rank_scope", "topology", "given", "group", "parent"), SETTINGS
)
@pytest.mark.parametrize("source", ["decorator", "context", "defaults"])
def test_the_link_shows_the_opened_run(
    run_mode: Any,
    rank_scope: Any,
    topology: Topology | None,
    given: str | None,
    group: str | None,
    parent: str | None,
    source: str,
) -> None:
    """Whatever the settings and wherever they stand, the link leads to the run that is opened."""
    config = WandbConfig(
        project="p",
        entity="e",
        run_mode=run_mode,
        rank_scope=rank_scope,
        id=given,
        group=group,
    )
    place = WandbConfig(project="p", entity="e")
    context = dict(State(run_id=parent or "", app_url="https://ui").entries())
    link = Wandb(_topology=topology)
    if source == "decorator":
        link = replace(link, _own=config)
    elif source == "context":
        context |= {**config}
    else:
        context |= {**place}
        link = replace(link, _defaults={**config})
    for worker, rank in ((0, FIRST), (1, THIRD)):
        url = replace(link, _worker=worker).get_link(
            run_name="run",
            project="",
            domain="",
            context=context,
            parent_action_name="a0",
            action_name="a1",
            pod_name="{{.podName}}",
        )
        if run_mode == "shared" and not given and not parent and topology is None:
            assert url == "https://ui/e/p"
            continue
        plan = plan_run(
            base_id=BASE,
            run_mode=run_mode,
            rank_scope=rank_scope,
            given_id=given,
            given_group=group,
            parent_id=parent,
            topology=topology,
            rank=rank,
        )
        opened = f"groups/{plan.group}" if plan.group else f"runs/{plan.run_id}"
        if plan.opens:
            assert url == f"https://ui/e/p/{opened}"
