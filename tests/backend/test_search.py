"""What sweeps learn from and when they end: prior runs, seeds, targets, agents that ask at once."""

import json
import threading

import pytest

from .conftest import Wire

UNIT = {"x": {"min": 0.0, "max": 1.0}, "y": {"min": 0.0, "max": 1.0}}
LOSS = {"name": "loss", "goal": "minimize"}


def args(command):
    return {name: entry["value"] for name, entry in command["args"].items()}


def work_off(wire, project, config, trials, loss=lambda given: given["x"]):
    """The configs of a new sweep's trials, one after the other."""
    sweep = wire.sweep(project, config)
    agent, configs = sweep.agent(), []
    for _ in range(trials):
        command = sweep.next_run(agent)
        configs.append(args(command))
        wire.finish(project, command["run_id"], loss=loss(configs[-1]))
    return configs


@pytest.mark.parametrize("method", ["random", "bayes"])
def test_a_seed_repeats_a_sweep(wire, project, method):
    """Two sweeps with one seed try the same points; another seed tries others."""
    config = {"method": method, "metric": LOSS, "parameters": UNIT, "seed": 4}
    first = work_off(wire, project, config, 14)

    assert work_off(wire, project, config, 14) == first
    assert work_off(wire, project, config | {"seed": 5}, 1)[0] not in first


@pytest.mark.parametrize("method", ["random", "bayes"])
def test_agents_that_ask_at_once_get_different_points(server, wire, project, method):
    """Eight agents whose requests cross each get a point of their own."""
    sweep = wire.sweep(project, {"method": method, "metric": LOSS, "parameters": UNIT})
    agent = sweep.agent()
    for _ in range(12):
        command = sweep.next_run(agent)
        wire.finish(project, command["run_id"], loss=args(command)["x"])
    ready, points = threading.Barrier(8), []

    def ask():
        mine = type(sweep)(Wire(server), project, sweep.gid, sweep.name, [])
        name = mine.agent()
        ready.wait(timeout=60)
        points.append(tuple(args(mine.next_run(name)).values()))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(set(points)) == len(points) == 8


def test_wandb_sweep_takes_prior_runs(wandb, wire, project):
    """`wandb.sweep(prior_runs=[…])`: a bayes sweep that starts with enough runs needs no start."""
    config = {"method": "bayes", "metric": LOSS, "parameters": UNIT, "seed": 1}
    plain = wandb.sweep(config, project=project)
    names = [f"old{number}" for number in range(20)]
    for number, name in enumerate(names):
        x = number / 20
        wire.open_run(project, name, config=json.dumps({"x": {"value": x}, "y": {"value": 0.5}}))
        wire.finish(project, name, loss=(x - 0.1) ** 2)
    taught = wandb.sweep(config, project=project, prior_runs=names)

    api = wandb.Api()
    assert {run.id for run in api.sweep(f"{project}/{taught}").runs} == set(names)
    assert list(api.sweep(f"{project}/{plain}").runs) == []
    sweep = type(wire.sweep(project, config))(wire, project, taught, taught, [])
    agent = sweep.agent()
    near = [abs(args(sweep.do(agent, loss=1.0))["x"] - 0.1) for _ in range(5)]
    assert sorted(near)[2] < 0.15


def test_prior_trials_stay_with_their_sweep(wire, project):
    """A trial of another sweep teaches the new one, and still counts for its own."""
    config = {"method": "grid", "parameters": {"a": {"values": [1, 2]}}, "run_cap": 1}
    first = wire.sweep(project, config)
    done = first.do(first.agent())
    second = wire.sweep(
        project, config, priorRunsFilters=json.dumps({"$or": [{"name": done["run_id"]}]})
    )

    assert args(second.do(second.agent())) == {"a": 2}
    assert [run["name"] for run in first.runs] == [done["run_id"]]
    assert first.beat(first.agent()) == [{"type": "exit"}]


def test_cancelling_stops_no_prior_run(wire, project):
    """A run that only teaches the sweep goes on when the sweep is cancelled."""
    wire.open_run(project, "old")
    sweep = wire.sweep(
        project,
        {"method": "random", "parameters": UNIT},
        priorRunsFilters='{"$or": [{"name": "old"}]}',
    )
    sweep.change(state="CANCELED")

    assert wire.log(project, "old", [{"loss": 1}]) != {"stopped": True}


def test_a_target_once_reached_ends_the_sweep(wire, project):
    """A value on the way counts, though the trial's last one is worse; running trials go on."""
    metric = {"name": "score", "goal": "maximize", "target": 0.9}
    sweep = wire.sweep(project, {"method": "random", "metric": metric, "parameters": UNIT})
    first, second = sweep.agent(), sweep.agent()
    good, other = sweep.next_run(first)["run_id"], sweep.next_run(second)["run_id"]
    for name in (good, other):
        wire.open_run(project, name)
    wire.log(project, good, [{"score": 0.95}, {"score": 0.2}])
    wire.finish(project, good, score=0.2)

    assert sweep.state == "FINISHED"
    assert sweep.beat(second, other) == []
    assert wire.log(project, other, [{"score": 0.1}]) != {"stopped": True}
    wire.finish(project, other, score=0.1)
    assert sweep.beat(second) == [{"type": "exit"}]


@pytest.mark.parametrize(
    ("rules", "stopped_at"),
    [
        ({"min_iter": 2}, 2),
        ({"max_iter": 12, "s": 2, "eta": 2}, 3),
        ({"max_iter": 12, "s": 1, "eta": 2}, 6),
        ({"min_iter": 3, "max_iter": 12, "s": 1, "eta": 3}, 4),
        ({"min_iter": 2, "strict": False}, None),
    ],
)
def test_hyperbands_options_say_where_a_trial_stops(wire, project, rules, stopped_at):
    """Bands grow from min_iter, or are counted back from max_iter; not strict looks at the best."""
    config = {"method": "random", "metric": LOSS, "parameters": UNIT}
    sweep = wire.sweep(project, config | {"early_terminate": {"type": "hyperband"} | rules})
    names = [sweep.next_run(sweep.agent())["run_id"] for _ in range(4)]
    for name in names:
        wire.open_run(project, name)
    for name in names[:3]:
        wire.log(project, name, [{"loss": 0.5}] * 12)
    # The last one is best in its first row, where no band is, and worst from then on.
    answers = [
        wire.log(project, names[3], [{"loss": 0.1 if row == 0 else 9.0}], offset=row)
        for row in range(12)
    ]

    stops = [number for number, answer in enumerate(answers, 1) if answer.get("stopped")]
    assert stops[:1] == ([stopped_at] if stopped_at else [])


def test_hyperband_does_not_judge_by_what_was_deleted(wire, project):
    """A trial is held against those that are there: none when the others are gone."""
    rules = {"type": "hyperband", "min_iter": 1}
    config = {"method": "random", "metric": LOSS, "parameters": UNIT, "early_terminate": rules}
    sweep = wire.sweep(project, config)
    names = [sweep.next_run(sweep.agent())["run_id"] for _ in range(4)]
    for name in names:
        wire.open_run(project, name)
    ids = [wire.run(project, name)["id"] for name in names]
    for name in names[:3]:
        wire.log(project, name, [{"loss": 0.5}])
    for run_id in ids[:3]:
        wire.ask("mutation D($id: ID!) { deleteRun(input: {id: $id}) { success } }", id=run_id)

    assert not wire.log(project, names[3], [{"loss": 9.0}]).get("stopped")
