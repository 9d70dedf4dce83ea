"""What a run streams, by hand: offsets, repeats, odd values, ends."""

import gzip
import json

import pytest

from .conftest import HEARTBEAT


def rows_of(wire, project, run):
    return [json.loads(line) for line in wire.run(project, run)["history"]]


def test_repeated_post_changes_nothing(wire, project):
    """A post whose answer was lost comes again, and leaves what it left the first time."""
    wire.open_run(project, "r")
    for _ in range(2):
        wire.log(project, "r", [{"loss": 1.0}, {"loss": 2.0}])
    wire.log(project, "r", [{"loss": 3.0}], offset=2)
    assert [row["loss"] for row in rows_of(wire, project, "r")] == [1.0, 2.0, 3.0]
    found = wire.run(project, "r")
    assert found["historyLineCount"] == 3
    (counts,) = found["historyKeys"]["keys"]["loss"]["typeCounts"]
    assert counts == {"type": "number", "count": 3}
    assert found["historyKeys"]["lastStep"] == 2


def test_line_replaces_the_one_at_its_place(wire, project):
    """A line sent for a place that is taken replaces what stood there."""
    wire.open_run(project, "r")
    wire.log(project, "r", [{"loss": 1.0}, {"loss": 2.0}, {"loss": 3.0}])
    wire.log(project, "r", [{"loss": 9.0}], offset=1)
    assert [row["loss"] for row in rows_of(wire, project, "r")] == [1.0, 9.0, 3.0]


def test_numbers_that_json_lacks_are_kept(wire, project):
    """NaN and Infinity come back as they were sent, and as words where JSON is strict."""
    wire.open_run(project, "r")
    lines = ['{"_step": 0, "loss": NaN}', '{"_step": 1, "loss": -Infinity}']
    files = {"wandb-history.jsonl": {"offset": 0, "content": lines}}
    files["wandb-summary.json"] = {"offset": 0, "content": ['{"loss": Infinity}']}
    wire.stream(project, "r", json.dumps({"files": files}))
    found = wire.run(project, "r")
    assert found["history"] == lines
    assert found["summaryMetrics"] == '{"loss": Infinity}'
    query = """query H($p: String, $s: [JSONString!]!) {
        project(name: $p) { run(name: "r") { sampledHistory(specs: $s) } } }"""
    spec = json.dumps({"keys": ["_step", "loss"]})
    ((first, second),) = wire.ask(query, p=project, s=[spec])["project"]["run"]["sampledHistory"]
    assert first == {"_step": 0, "loss": "NaN"}
    assert second == {"_step": 1, "loss": "-Infinity"}


@pytest.mark.parametrize(("code", "state"), [(0, "finished"), (1, "failed"), (255, "failed")])
def test_exit_code_decides_the_end(wire, project, code, state):
    """A run that ends with exit code 0 has finished, with any other it has failed."""
    wire.open_run(project, "r")
    wire.finish(project, "r", code, loss=0.5)
    found = wire.run(project, "r")
    assert (found["state"], found["exitcode"]) == (state, code)
    assert json.loads(found["summaryMetrics"]) == {"loss": 0.5}


def test_heartbeat_after_the_end_changes_nothing(wire, project):
    """A late heartbeat does not bring a finished run back."""
    wire.open_run(project, "r")
    wire.finish(project, "r")
    wire.stream(project, "r", {})
    assert wire.run(project, "r")["state"] == "finished"


def test_summary_replaces_the_one_before(wire, project):
    """A summary is whole: what it does not mention is gone."""
    wire.open_run(project, "r")
    for summary in ('{"a": 1, "b": 2}', '{"a": 3}'):
        files = {"wandb-summary.json": {"offset": 0, "content": [summary]}}
        wire.stream(project, "r", {"files": files})
    assert json.loads(wire.run(project, "r")["summaryMetrics"]) == {"a": 3}


def test_a_late_summary_takes_nothing_from_an_ended_run(wire, project):
    """An agent ends the run of a killed process, whose last post may come after it."""
    wire.open_run(project, "r")
    told = {"loss": 2, "_wandb_flyte": {"error": "killed"}}
    wire.finish(project, "r", 1, **told)
    late = {"wandb-summary.json": {"offset": 0, "content": ['{"loss": 1, "more": 3}']}}
    wire.stream(project, "r", {"files": late})
    assert json.loads(wire.run(project, "r")["summaryMetrics"]) == told | {"loss": 1, "more": 3}


def test_unknown_run_is_made(wire, project):
    """A post for a run that is not there makes it: a 4xx would silently end the upload."""
    wire.log(project, "unknown", [{"loss": 1.0}])
    assert wire.run(project, "unknown")["state"] == "running"


def test_deleted_run_stays_deleted(wire, project):
    """A process that goes on posting does not bring its deleted run back."""
    run = wire.open_run(project, "r")["bucket"]
    wire.ask("mutation D($id: ID!) { deleteRun(input: {id: $id}) { success } }", id=run["id"])
    address = f"{wire.url}/files/local/{project}/r/file_stream"
    assert wire.http.post(address, json={}, timeout=10).status_code == 404
    assert wire.run(project, "r") is None
    wire.open_run(project, "r")
    assert wire.stream(project, "r", {}) == {"exitcode": None, "limits": {}}


def test_stop_is_passed_on_until_the_run_ends(wire, project):
    """Once a stop was asked for, every answer says so, and the run ends as killed."""
    run = wire.open_run(project, "r")["bucket"]
    wire.ask("mutation S($id: ID!) { stopRun(input: {id: $id}) { success } }", id=run["id"])
    assert wire.stream(project, "r", {}) == {"stopped": True}
    assert wire.stream(project, "r", {}) == {"stopped": True}
    wire.finish(project, "r", 255)
    assert wire.run(project, "r")["state"] == "killed"


def test_preempted_run_is_marked(wire, project):
    """A run that announced its preemption and then died is preempted, not failed."""
    wire.open_run(project, "r")
    wire.stream(project, "r", {"preempting": True})
    assert wire.run(project, "r")["state"] == "preempting"
    wire.finish(project, "r", 1)
    assert wire.run(project, "r")["state"] == "preempted"


def test_post_of_ten_mebibytes_is_taken(wire, project):
    """The client's largest posts, a little above 10 MiB, are taken."""
    wire.open_run(project, "r")
    wire.log(project, "r", [{"text": "x" * (11 * 1024 * 1024)}])
    assert wire.run(project, "r")["historyLineCount"] == 1


def test_post_without_end_is_cut_off(wire, project):
    """A body beyond every bound is refused instead of filling the memory."""
    address = f"{wire.url}/files/local/{project}/r/file_stream"
    answer = wire.http.post(address, data=b" " * (65 * 1024 * 1024), timeout=60)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body",
    ['{"files": []}', '{"files": {"wandb-history.jsonl": {"offset": -1, "content": ["{}"]}}}'],
)
def test_nonsense_is_refused(wire, project, body):
    """A post that is none gets 400."""
    address = f"{wire.url}/files/local/{project}/r/file_stream"
    assert wire.http.post(address, data=body, timeout=10).status_code == 400


def test_writers_of_a_shared_run_do_not_overwrite_each_other(wire, project):
    """In shared mode each process counts its lines from 0; all of them are kept, once."""
    wire.open_run(project, "r")
    for _ in range(2):
        for writer in ("one", "two"):
            wire.http.headers["X-WANDB-ASYNC-CLIENT-ID"] = writer
            wire.log(project, "r", [{"from": writer, "n": 0}, {"from": writer, "n": 1}])
    del wire.http.headers["X-WANDB-ASYNC-CLIENT-ID"]
    found = [(row["from"], row["n"]) for row in rows_of(wire, project, "r")]
    assert found == [("one", 0), ("one", 1), ("two", 0), ("two", 1)]


def test_opening_an_id_anew_starts_over(wire, project):
    """A process that opens a known id without resuming starts from an empty history."""
    wire.open_run(project, "r")
    wire.log(project, "r", [{"loss": 1.0}, {"loss": 2.0}])
    wire.finish(project, "r", 1)
    again = wire.open_run(project, "r")
    assert not again["inserted"]
    count = again["bucket"]["historyLineCount"]
    lines = [json.dumps({"_step": 0, "loss": 3.0})]
    for _ in range(2):
        files = {"wandb-history.jsonl": {"offset": count, "content": lines}}
        wire.stream(project, "r", {"files": files})
    assert wire.stored_rows(project, "r") == 1
    assert [row["loss"] for row in rows_of(wire, project, "r")] == [3.0]
    assert wire.run(project, "r")["state"] == "running"


def test_gzipped_posts_are_read(wire, project):
    """A post may be gzipped; one that says so and is not gets 400."""
    address = f"{wire.url}/files/local/{project}/zipped/file_stream"
    lines = [json.dumps({"_step": 0, "x": 1})]
    body = json.dumps({"files": {"wandb-history.jsonl": {"offset": 0, "content": lines}}}).encode()
    headers = {"Content-Encoding": "gzip"}
    sent = wire.http.post(address, data=gzip.compress(body), headers=headers, timeout=10)
    assert sent.status_code == 200
    assert wire.stored_rows(project, "zipped") == 1
    assert wire.http.post(address, data=body, headers=headers, timeout=10).status_code == 400


def test_integers_beyond_a_float_are_kept(wire, project):
    """A logged integer with more digits than a float holds is no error."""
    wire.log(project, "huge", [{"x": 10**400}])
    assert str(10**400) in wire.run(project, "huge")["history"][0]


NESTED = ['{"a":' * levels + '"\\ud800"' + "}" * levels for levels in (150, 900)]
NESTED.append('{"a":' + "[" * 5000 + "]" * 5000 + "}")


@pytest.mark.parametrize("value", NESTED, ids=["150 levels", "900 levels", "5000 levels"])
def test_deeply_nested_values_break_nothing(wire, project, value):
    """Whatever a run logs, its page, the front page and its sweep's agents go on."""
    config = {
        "method": "bayes",
        "metric": {"name": "loss"},
        "parameters": {"lr": {"min": 0.0, "max": 1.0}},
    }
    sweep = wire.sweep(project, config)
    agent = sweep.agent()
    wire.open_run(project, "r", sweep=sweep.name, config=value)
    names = ("wandb-summary.json", "wandb-history.jsonl", "wandb-events.jsonl", "output.log")
    files = {name: {"offset": 0, "content": [value]} for name in names}
    wire.stream(project, "r", {"files": files, "complete": True, "exitcode": 0})
    assert wire.run(project, "r")["historyLineCount"] == 1
    for path in ("", f"local/{project}", f"local/{project}/runs/r"):
        assert wire.http.get(f"{wire.url}/{path}", timeout=30).status_code == 200
    assert wire.post(HEARTBEAT, id=agent, metrics="{}", runState="{}").status_code == 200


def test_deeply_nested_body_is_refused(wire):
    """A request nested deeper than can be read gets 400."""
    value = "[" * 900 + '"\\ud800"' + "]" * 900
    body = f'{{"query": "{{viewer{{id}}}}", "variables": {{"a": {value}}}}}'
    answer = wire.http.post(f"{wire.url}/graphql", data=body, timeout=10)
    assert answer.status_code == 400
    message = "the body can't be read as JSON: it is nested deeper than 200 levels"
    assert answer.json()["errors"] == [{"message": message}]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([""] * 400_001, "`output.log` has 400001 lines in one post: send at most 400000"),
        (
            ["x" * (16 * 1024 * 1024 + 1)],
            "`output.log` has a line of 16777217 characters: send at most 16777216",
        ),
    ],
    ids=["lines", "length"],
)
def test_post_of_too_much_is_refused(wire, project, lines, message):
    """A small gzipped post can't keep the server busy with millions of lines, or one huge line."""
    address = f"{wire.url}/files/local/{project}/r/file_stream"
    body = json.dumps({"files": {"output.log": {"offset": 0, "content": lines}}}).encode()
    headers = {"Content-Encoding": "gzip"}
    answer = wire.http.post(address, data=gzip.compress(body, 1), headers=headers, timeout=60)
    assert answer.status_code == 413
    assert answer.json()["errors"] == [{"message": message}]
    assert wire.stored_rows(project, "r") == 0


def test_keys_beyond_what_is_listed_are_kept_in_their_rows(wire, project):
    """A run may log any number of keys; the list of keys, which each post rewrites, ends."""
    wire.log(project, "r", [{f"k{number}": 1 for number in range(25_000)}])
    wire.log(project, "r", [{"k0": 2, "late": 1}], offset=1)
    found = wire.run(project, "r")
    keys = found["historyKeys"]["keys"]
    assert len(keys) == 20_000
    assert "late" not in keys
    assert keys["k0"]["typeCounts"] == [{"type": "number", "count": 2}]
    assert [len(json.loads(row)) for row in found["history"]] == [25_001, 3]


def test_lists_and_objects_of_a_body_are_bounded(wire, project):
    """A body of millions of lists is refused before it is built; what stands in texts is none."""
    address = f"{wire.url}/files/local/{project}/r/file_stream"

    def post(body):
        headers = {"Content-Encoding": "gzip"}
        packed = gzip.compress(body.encode())
        return wire.http.post(address, data=packed, headers=headers, timeout=60)

    line = '\\"[' * 600_000
    assert post(json.dumps({"files": {"output.log": {"content": [line]}}})).status_code == 200
    answer = post('{"files": {}, "more": [' + "[]," * 600_000 + "1]}")
    assert answer.status_code == 400
    message = "the body can't be read as JSON: it has more than 500000 lists and objects: "
    assert answer.json()["errors"] == [{"message": message + "send less at once"}]
