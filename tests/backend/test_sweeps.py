"""Sweeps: what is made, handed out, and when it is over. The agents are played by hand."""

import json
import threading

import pytest

GRID = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"a": {"values": [1, 2, 3]}, "n": {"parameters": {"b": {"values": [4, 5, 6]}}}},
}
RANDOM = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.0, "max": 1.0}},
    "run_cap": 3,
}
EXIT = [{"type": "exit"}]


def args(command):
    return {name: item["value"] for name, item in command["args"].items()}


def test_grid_is_gone_through_once(wire, project):
    """A grid's points are handed out once each; then the agent is sent away, the sweep is done."""
    sweep = wire.sweep(project, GRID)
    agent = sweep.agent()
    points = [args(sweep.do(agent, loss=1.0)) for _ in range(9)]
    assert len({json.dumps(point) for point in points}) == 9
    assert {(point["a"], point["n"]["b"]) for point in points} == {
        (a, b) for a in (1, 2, 3) for b in (4, 5, 6)
    }
    assert sweep.state == "FINISHED"
    assert sweep.beat(agent) == EXIT


@pytest.mark.parametrize("config", [GRID, RANDOM | {"run_cap": 9}], ids=["grid", "cap"])
def test_agents_at_once_never_share_or_exceed(wire, project, server, config):
    """Eight agents that ask at once get exactly as many trials as there are, no point twice."""
    from .conftest import Wire

    sweep = wire.sweep(project, config)
    commands = []

    def work():
        own = Wire(server)
        mine = type(sweep)(own, project, sweep.gid, sweep.name, [])
        agent = mine.agent()
        while (command := mine.beat(agent)[0])["type"] == "run":
            commands.append(command)
            mine.wire.finish(project, command["run_id"], loss=1.0)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(commands) == 9
    assert len({json.dumps(command["args"]) for command in commands}) == 9
    assert len({command["run_id"] for command in commands}) == len(sweep.runs) == 9
    assert sweep.state == "FINISHED"


def test_cap_counts_every_run(wire, project):
    """Failed trials count towards run_cap; the sweep goes on until the last one has ended."""
    sweep = wire.sweep(project, RANDOM)
    first, second = sweep.agent(), sweep.agent()
    sweep.do(first, code=1)
    running = sweep.next_run(first)["run_id"]
    wire.open_run(project, running)
    sweep.do(second, loss=0.5)
    assert sweep.beat(second) == EXIT
    assert sweep.state == "RUNNING"
    wire.finish(project, running)
    assert sweep.state == "FINISHED"
    assert [run["state"] for run in sweep.runs] == ["failed", "finished", "finished"]


def test_raised_cap_wakes_a_finished_sweep(wire, project):
    """A finished sweep whose run_cap is raised hands out the difference."""
    sweep = wire.sweep(project, RANDOM)
    agent = sweep.agent()
    for _ in range(3):
        sweep.do(agent)
    assert sweep.state == "FINISHED"
    sweep.change(config=json.dumps(RANDOM | {"run_cap": 4}))
    assert sweep.state == "RUNNING"
    agent = sweep.agent()
    sweep.do(agent)
    assert sweep.beat(agent) == EXIT
    assert len(sweep.runs) == 4


def test_same_cap_leaves_a_finished_sweep_alone(wire, project):
    """A finished sweep that gets no more room stays finished."""
    sweep = wire.sweep(project, RANDOM | {"run_cap": 1})
    sweep.do(sweep.agent())
    sweep.change(config=json.dumps(RANDOM | {"run_cap": 1}))
    assert sweep.state == "FINISHED"


def test_repeated_heartbeat_gets_the_same_run(wire, project):
    """A heartbeat whose answer was lost comes again, and gets the run that was meant for it."""
    sweep = wire.sweep(project, RANDOM)
    agent = sweep.agent()
    assert sweep.next_run(agent) == sweep.next_run(agent)
    assert [run["state"] for run in sweep.runs] == ["pending"]


def test_trial_that_died_before_its_start_fails(wire, project):
    """A run that an agent had, and has no more without its end, has failed."""
    sweep = wire.sweep(project, RANDOM)
    agent = sweep.agent()
    lost = sweep.next_run(agent)["run_id"]
    assert sweep.beat(agent, lost) == []
    following = sweep.next_run(agent)["run_id"]
    assert following != lost
    assert {run["name"]: run["state"] for run in sweep.runs} == {
        lost: "failed",
        following: "pending",
    }


def test_trial_that_vanished_while_it_ran_fails(wire, project):
    """A running trial that its agent no longer lists, and that never ended, has failed."""
    sweep = wire.sweep(project, RANDOM)
    agent = sweep.agent()
    lost = sweep.next_run(agent)["run_id"]
    wire.open_run(project, lost)
    sweep.next_run(agent)
    assert wire.run(project, lost)["state"] == "failed"


def test_run_handed_out_in_vain_is_given_up(wire, project):
    """A run that is never mentioned is handed out twice at most; then it has failed."""
    sweep = wire.sweep(project, RANDOM)
    agent = sweep.agent()
    names = [sweep.next_run(agent)["run_id"] for _ in range(3)]
    assert names[0] == names[1] != names[2]
    assert wire.run(project, names[0])["state"] == "failed"


def test_other_agents_run_is_left_alone(wire, project):
    """An agent's heartbeat says nothing about the runs of the others."""
    sweep = wire.sweep(project, RANDOM)
    first, second = sweep.agent(), sweep.agent()
    running = sweep.next_run(first)["run_id"]
    wire.open_run(project, running)
    sweep.next_run(second)
    assert wire.run(project, running)["state"] == "running"


def test_restarted_agent_takes_its_run_along(wire, project):
    """A run that a second agent lists is the second agent's from then on."""
    sweep = wire.sweep(project, RANDOM)
    first = sweep.agent()
    name = sweep.next_run(first)["run_id"]
    wire.open_run(project, name)
    second = sweep.agent()
    assert sweep.beat(second, name) == []
    wire.open_run(project, name)
    sweep.beat(first)
    assert wire.run(project, name)["state"] == "running"
    wire.finish(project, name)
    assert wire.run(project, name)["state"] == "finished"


def test_busy_agent_gets_no_second_run(wire, project):
    """An agent that has a run is given nothing else."""
    sweep = wire.sweep(project, RANDOM)
    agent = sweep.agent()
    name = sweep.next_run(agent)["run_id"]
    assert sweep.beat(agent, name) == []
    assert len(sweep.runs) == 1


def test_paused_sweep_waits(wire, project):
    """A paused sweep gives nothing and sends nobody away; resumed, it goes on."""
    sweep = wire.sweep(project, RANDOM)
    agent = sweep.agent()
    sweep.change(state="PAUSED")
    assert sweep.beat(agent) == []
    sweep.change(state="RUNNING")
    assert sweep.next_run(agent)["type"] == "run"


def test_stopped_sweep_lets_its_trials_end(wire, project):
    """A stopped sweep hands out nothing more; what runs may end."""
    sweep = wire.sweep(project, RANDOM)
    agent = sweep.agent()
    name = sweep.next_run(agent)["run_id"]
    wire.open_run(project, name)
    sweep.change(state="FINISHED")
    assert sweep.beat(agent, name) == []
    wire.finish(project, name)
    assert wire.run(project, name)["state"] == "finished"
    assert sweep.beat(agent) == EXIT


def test_cancelled_sweep_stops_its_trials(wire, project):
    """Cancelling tells every running trial to stop, on both ways, and ends waiting ones at once."""
    sweep = wire.sweep(project, RANDOM)
    first, second = sweep.agent(), sweep.agent()
    running = sweep.next_run(first)["run_id"]
    wire.open_run(project, running)
    sweep.beat(first, running)
    waiting = sweep.next_run(second)["run_id"]
    sweep.change(state="CANCELED")
    assert wire.run(project, waiting)["state"] == "killed"
    stop = [{"type": "stop", "run_id": running}]
    assert sweep.beat(first, running) == stop
    assert sweep.beat(first, running) == stop
    assert wire.stream(project, running, {}) == {"stopped": True}
    assert sweep.beat(second) == EXIT
    sweep.beat(first)
    assert wire.run(project, running)["state"] == "killed"
    assert sweep.state == "CANCELED"


def test_trial_canceled_before_it_opened_is_stopped(wire, project):
    """A trial whose process opens its run right after the cancelling is told to stop too."""
    sweep = wire.sweep(project, RANDOM)
    agent = sweep.agent()
    name = sweep.next_run(agent)["run_id"]
    sweep.change(state="CANCELED")
    wire.open_run(project, name)
    assert sweep.beat(agent, name) == [{"type": "stop", "run_id": name}]
    assert wire.stream(project, name, {}) == {"stopped": True}
    wire.finish(project, name, 255)
    assert wire.run(project, name)["state"] == "killed"


def test_preempted_trial_is_resumed_by_the_next_agent(wire, project):
    """A preempted trial goes to whoever asks next, under its own id and config."""
    sweep = wire.sweep(project, RANDOM | {"run_cap": 1})
    command = sweep.next_run(sweep.agent())
    wire.open_run(project, command["run_id"])
    wire.stream(project, command["run_id"], {"preempting": True})
    wire.finish(project, command["run_id"], 1)
    assert sweep.state == "RUNNING"
    assert sweep.next_run(sweep.agent()) == command | {"type": "resume"}


def test_unknown_sweep_or_agent_is_not_found(wire, project):
    """Agents of what is gone get 404, which ends them in peace."""
    from .conftest import CREATE_AGENT, HEARTBEAT

    wire.open_run(project, "r")
    answer = wire.post(CREATE_AGENT, host="here", projectName=project, sweep="nothing")
    assert answer.status_code == 404
    assert answer.json()["errors"] == [{"message": "sweep `nothing` does not exist"}]
    assert wire.post(HEARTBEAT, id="nobody", metrics="{}", runState="{}").status_code == 404


def test_repeated_creation_makes_one_sweep(wire, project):
    """A sweep that carries a Flyte key is made once, however often it is asked for."""
    given = {"description": "flyte:run1/a0"}
    first, second = (wire.sweep(project, GRID, **given) for _ in range(2))
    other = wire.sweep(project, GRID, description="flyte:run2/a0")
    plain = [wire.sweep(project, GRID).name for _ in range(2)]
    assert first.name == second.name != other.name
    assert len({first.name, other.name, *plain}) == 4


def test_sweep_that_was_begun_is_not_made_again(wire, project):
    """A Flyte run's name may come again for another run: what the first has begun is its own."""
    given = {"description": "flyte:nightly/a0"}
    first = wire.sweep(project, GRID, **given)
    first.do(first.agent(), loss=1.0)
    assert wire.sweep(project, GRID, **given).name != first.name


def test_sweep_is_found_by_its_description(wire, project):
    """The list of sweeps has their ids, descriptions and states."""
    wire.sweep(project, GRID)
    sweep = wire.sweep(project, GRID, description="flyte:run1/a0")
    query = """query S($p: String) { project(name: $p) {
        sweeps { edges { node { name description state } } } } }"""
    edges = wire.ask(query, p=project)["project"]["sweeps"]["edges"]
    found = {edge["node"]["description"]: edge["node"] for edge in edges}
    assert found["flyte:run1/a0"]["name"] == sweep.name
    assert len(edges) == 2


def test_target_ends_the_sweep(wire, project):
    """A trial that reaches the metric's target ends the sweep."""
    config = RANDOM | {"metric": {"name": "loss", "goal": "minimize", "target": 0.1}}
    sweep = wire.sweep(project, config)
    agent = sweep.agent()
    sweep.do(agent, loss=0.2)
    assert sweep.state == "RUNNING"
    sweep.do(agent, loss=0.05)
    assert sweep.state == "FINISHED"


def test_trial_that_diverged_reaches_no_target(wire, project):
    """A value beyond all numbers is no result: it ends no sweep, and is not the best one."""
    metric = {"name": "acc", "goal": "maximize", "target": 0.9}
    sweep = wire.sweep(project, RANDOM | {"metric": metric})
    agent = sweep.agent()
    run = sweep.next_run(agent)["run_id"]
    wire.open_run(project, run)
    wire.log(project, run, [{"acc": 0.5}, {"acc": float("inf")}])
    wire.finish(project, run, acc=float("inf"))
    assert sweep.state == "RUNNING"
    assert sweep.best_loss is None
    sweep.do(agent, acc=0.7)
    assert (sweep.state, sweep.best_loss) == ("RUNNING", 0.7)


def test_metric_may_be_nested(wire, project):
    """A metric with dots is found in what the client sends of it: mappings in one another."""
    rules = {"type": "hyperband", "min_iter": 2, "eta": 2}
    metric = {"name": "val.loss", "goal": "minimize"}
    config = RANDOM | {"run_cap": 10, "metric": metric, "early_terminate": rules}
    sweep = wire.sweep(project, config)
    names = [sweep.next_run(sweep.agent())["run_id"] for _ in range(3)]
    for name, loss in zip(names, (0.1, 0.2, 9.0), strict=True):
        wire.open_run(project, name)
        answer = wire.log(project, name, [{"val": {"loss": loss}}] * 2)
        wire.stream(
            project,
            name,
            {"files": {"wandb-summary.json": {"content": [json.dumps({"val": {"loss": loss}})]}}},
        )
    assert answer == {"stopped": True}
    assert sweep.best_loss == 0.1


def test_prior_runs_teach_the_sweep_without_counting(wire, project):
    """Runs that were there before use up grid points, and are not counted as trials."""
    config = {"method": "grid", "parameters": {"a": {"values": [1, 2]}}, "run_cap": 5}
    wire.open_run(project, "old", config=json.dumps({"a": {"value": 1}}))
    wire.finish(project, "old")
    sweep = wire.sweep(project, config, priorRunsFilters='{"$or": [{"name": "old"}]}')
    agent = sweep.agent()
    assert args(sweep.do(agent)) == {"a": 2}
    assert sweep.beat(agent) == EXIT
    assert {run["name"] for run in sweep.runs} >= {"old"}


def test_bad_trial_is_stopped_early(wire, project):
    """Hyperband tells a trial to stop that falls behind at its band, on both ways."""
    rules = {"type": "hyperband", "min_iter": 2, "eta": 2}
    config = RANDOM | {"run_cap": 10, "early_terminate": rules}
    sweep = wire.sweep(project, config)
    agents = [sweep.agent() for _ in range(3)]
    names = [sweep.next_run(agent)["run_id"] for agent in agents]
    for name, loss in zip(names, (0.1, 0.2, 9.0), strict=True):
        wire.open_run(project, name)
        answer = wire.log(project, name, [{"loss": loss}, {"loss": loss}])
    assert answer == {"stopped": True}
    assert sweep.beat(agents[2], names[2]) == [{"type": "stop", "run_id": names[2]}]
    assert sweep.beat(agents[0], names[0]) == []
    wire.finish(project, names[2], 255)
    assert wire.run(project, names[2])["state"] == "killed"


def test_only_running_trials_are_stopped_early(wire, project):
    """A trial that ended stays as it is, however bad; without early_terminate every trial does."""
    rules = {"early_terminate": {"type": "hyperband", "min_iter": 1}}
    for config, stopped in ((rules, [False, True, False, False]), ({}, [False] * 4)):
        sweep = wire.sweep(project, RANDOM | {"run_cap": 4} | config)
        names = [sweep.next_run(sweep.agent())["run_id"] for _ in range(4)]
        for name, loss in zip(names, (9.0, 8.0, 1.0, 1.0), strict=True):
            wire.open_run(project, name)
            wire.log(project, name, [{"loss": loss}])
            if name == names[0]:
                wire.finish(project, name)
        assert [wire.run(project, name)["stopped"] for name in names] == stopped


def test_bayes_learns_from_what_was_logged(wire, project):
    """A Bayesian sweep comes close to the optimum of what its trials report."""
    config = RANDOM | {"method": "bayes", "run_cap": 30, "seed": 1}
    sweep = wire.sweep(project, config)
    agent = sweep.agent()
    found = []
    for _ in range(30):
        command = sweep.next_run(agent)
        rate = args(command)["lr"]
        found.append(abs(rate - 0.7))
        wire.finish(project, command["run_id"], loss=(rate - 0.7) ** 2)
    assert sorted(found[-10:])[5] < sorted(found[:10])[5]


def test_grid_ends_when_its_points_are_done(wire, project):
    """A run of the sweep that holds a point outside of the grid takes no point's place."""
    sweep = wire.sweep(project, {"method": "grid", "parameters": {"a": {"values": [1, 2]}}})
    agent = sweep.agent()
    wire.open_run(project, "outside", sweep=sweep.name, config='{"a": {"value": 9}}')
    wire.finish(project, "outside")
    points = [sweep.do(agent)["args"]["a"]["value"] for _ in range(2)]
    assert sorted(points) == [1, 2]
    assert sweep.state == "FINISHED"
