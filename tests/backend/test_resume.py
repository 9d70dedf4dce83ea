"""Going on with a run: resuming, rewinding, starting over."""

import json

import pytest

REWIND = """
mutation R($p: String!, $to: Float!, $metric: String! = "_step") {
  rewindRun(input: {runName: "r", projectName: $p, metricName: $metric, metricValue: $to}) {
    rewoundRun { historyKeys historyLineCount }
  }
}"""


@pytest.fixture
def name(project):
    """A run id that no other test uses: wandb-core knows ids, not projects."""
    return f"run-of-{project}"


def losses(wandb, project, run):
    return [row["loss"] for row in wandb.Api().run(f"{project}/{run}").scan_history()]


@pytest.mark.parametrize("mode", ["allow", "must"])
def test_resumed_run_goes_on_where_it_was(wandb, project, name, mode):
    """A resumed run keeps its rows, its config and its console, and counts on."""
    with wandb.init(project=project, id=name, config={"lr": 0.1}) as run:
        for step in range(5):
            run.log({"loss": step, "odd": float("nan")})
        print("first")
    with wandb.init(project=project, id=name, resume=mode, config={"more": 1}) as run:
        assert run.resumed
        assert run.summary["loss"] == 4
        run.log({"loss": 5})
        print("second")
    found = wandb.Api().run(f"{project}/{name}")
    assert losses(wandb, project, name) == [0, 1, 2, 3, 4, 5]
    assert [row["_step"] for row in found.scan_history()] == [0, 1, 2, 3, 4, 5]
    assert found.config == {"lr": 0.1, "more": 1}
    lines = [line.content for line in found.console_logs()]
    assert [line for line in lines if line in ("first", "second")] == ["first", "second"]


def test_must_needs_a_run(wandb, project, name):
    """`resume="must"` of a run that is not there is refused."""
    with pytest.raises(wandb.errors.UsageError):
        wandb.init(project=project, id="nothing", resume="must")


def test_never_needs_no_run(wandb, project, name):
    """`resume="never"` of a run that is there is refused."""
    with wandb.init(project=project, id=name) as run:
        run.log({"loss": 1})
    with pytest.raises(wandb.errors.UsageError):
        wandb.init(project=project, id=name, resume="never")


def test_reused_id_starts_over(wandb, project, name):
    """An id used again without resuming holds the second process's rows alone."""
    for values in (range(5), range(10, 13)):
        with wandb.init(project=project, id=name, config={"n": len(values)}) as run:
            for value in values:
                run.log({"loss": value})
    found = wandb.Api().run(f"{project}/{name}")
    assert losses(wandb, project, name) == [10, 11, 12]
    assert (found.config, found.lastHistoryStep) == ({"n": 3}, 2)


def test_rewound_run_forgets_what_came_later(wandb, project, name):
    """`resume_from` cuts the history after the step and goes on from there."""
    with wandb.init(project=project, id=name) as run:
        for step in range(6):
            run.log({"loss": step})
    with wandb.init(project=project, resume_from=f"{name}?_step=2") as run:
        run.log({"loss": 30})
    assert losses(wandb, project, name) == [0, 1, 2, 30]


def test_search_forgets_what_was_rewound(wire, project):
    """A rewound run's keys are those of the rows that are left; no search learns from others."""
    wire.open_run(project, "r")
    wire.log(project, "r", [{"loss": 1.0}, {"loss": 0.9}, {"loss": 0.001, "late": 1}])
    rewound = wire.ask(REWIND, p=project, to=1)["rewindRun"]["rewoundRun"]
    loss = {
        "typeCounts": [{"type": "number", "count": 2}],
        "monotonic": False,
        "previousValue": 0.9,
    }
    assert rewound["historyLineCount"] == 2
    assert rewound["historyKeys"]["keys"]["loss"] == loss
    assert sorted(rewound["historyKeys"]["keys"]) == ["_step", "loss"]


@pytest.mark.parametrize(("metric", "to"), [("loss", 0.5), ("_step", 1e300)])
def test_run_is_rewound_to_a_step_alone(wire, project, metric, to):
    """Another metric's value is no step: the rows stay, and the client is told."""
    wire.open_run(project, "r")
    wire.log(project, "r", [{"loss": 1.0}, {"loss": 0.5}])
    (error,) = wire.post(REWIND, p=project, to=to, metric=metric).json()["errors"]
    assert error["message"] == f"a run is rewound to a `_step`, not to `{to}` of `{metric}`"
    assert wire.run(project, "r")["historyLineCount"] == 2


def test_pending_run_does_not_count_as_started(wire, project):
    """A trial that was handed out and never opened is resumed as a new run."""
    sweep = wire.sweep(project, {"method": "random", "parameters": {"a": {"values": [1]}}})
    run = sweep.next_run(sweep.agent())["run_id"]
    query = """query RunResumeStatus($p: String, $r: String!) { model(name: $p) {
        bucket(name: $r, missingOk: true) { wandbConfig(keys: ["t"]) historyTail eventsTail
            historyLineCount config summaryMetrics } } }"""
    bucket = wire.ask(query, p=project, r=run)["model"]["bucket"]
    assert bucket == {
        "wandbConfig": "{}",
        "historyTail": "[]",
        "eventsTail": "[]",
        "historyLineCount": 0,
        "config": json.dumps({"a": {"value": 1}}, separators=(",", ":")),
        "summaryMetrics": "{}",
    }


@pytest.mark.parametrize("offset", [0, 2])
def test_synced_parts_of_a_run_go_on(wire, project, offset):
    """An id used anew whose first row comes after the last one keeps the rows it had."""
    wire.open_run(project, "parts")
    wire.log(project, "parts", [{"x": 0}, {"x": 1}])
    wire.finish(project, "parts", x=1)
    assert wire.open_run(project, "parts")["bucket"]["historyLineCount"] == 2
    line = json.dumps({"_step": 2, "x": 2})
    for _ in range(2):
        files = {"wandb-history.jsonl": {"offset": offset, "content": [line]}}
        wire.stream(project, "parts", {"files": files})
    rows = [json.loads(row)["x"] for row in wire.run(project, "parts")["history"]]
    assert rows == [0, 1, 2]
