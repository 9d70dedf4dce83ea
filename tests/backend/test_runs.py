"""Runs of the real client, read back with the real `wandb.Api()`."""

import json
import subprocess
import sys

import pytest

from .conftest import CREATE_SWEEP, UPSERT_RUN, wait_for, wandb_environment


@pytest.fixture
def api(wandb):
    return wandb.Api()


def test_run_comes_back_whole(wandb, api, project):
    """Config, history with NaN, summary, tags, notes, files and console come back as logged."""
    config = {"lr": 0.1, "net": {"width": 8, "act": "relu"}, "none": None, "list": [1, 2]}
    with wandb.init(project=project, config=config, tags=["b", "a"], notes="n", group="g") as run:
        for step in range(5):
            run.log({"loss": 1.0 / (step + 1), "nested": {"a": step}, "odd": float("nan")})
        run.summary["best"] = 0.2
        print("a line on the console")
    found = api.run(f"{project}/{run.id}")
    assert found.state == "finished"
    assert found.config == config
    assert (found.tags, found.notes, found.group, found.name) == (["a", "b"], "n", "g", run.name)
    rows = list(found.scan_history())
    assert [row["loss"] for row in rows] == [1.0, 0.5, 1.0 / 3, 0.25, 0.2]
    assert [row["_step"] for row in rows] == [0, 1, 2, 3, 4]
    assert all(row["odd"] != row["odd"] for row in rows)
    assert [row["nested"]["a"] for row in rows] == [0, 1, 2, 3, 4]
    assert found.summary["best"] == 0.2
    assert found.summary["loss"] == 0.2
    names = {file.name for file in found.files()}
    assert {"config.yaml", "wandb-metadata.json", "wandb-summary.json"} <= names
    assert found.metadata["python"]
    assert found.lastHistoryStep == 4
    assert "a line on the console" in [line.content for line in found.console_logs()]


def test_history_reads_agree(wandb, api, project):
    """history, sampled history and scans of chosen keys give the same values."""
    with wandb.init(project=project) as run:
        for step in range(30):
            run.log({"loss": step, **({"rare": step} if step % 10 == 0 else {})})
    found = api.run(f"{project}/{run.id}")
    assert [row["loss"] for row in found.history(pandas=False)] == list(range(30))
    assert [row["rare"] for row in found.history(keys=["rare"], pandas=False)] == [0, 10, 20]
    assert [row["loss"] for row in found.scan_history(keys=["loss"], page_size=7)] == list(
        range(30)
    )
    part = found.scan_history(min_step=10, max_step=13)
    assert [row["_step"] for row in part] == [10, 11, 12]
    assert len(found.history(samples=10, pandas=False)) == 10


def test_long_run_is_read_whole(wandb, api, project):
    """A scan gives every row of a history that is longer than any sample."""
    with wandb.init(project=project) as run:
        for step in range(3000):
            run.log({"loss": step})
    rows = api.run(f"{project}/{run.id}").scan_history()
    assert [row["loss"] for row in rows] == list(range(3000))


def test_failing_script_fails_its_run(server, api, project, tmp_path):
    """A script that raises leaves a failed run whose log has the traceback."""
    code = (
        "import wandb\n"
        f"run = wandb.init(project={project!r}, id='boom')\n"
        "run.log({'loss': 1})\n"
        "raise ValueError('bad rate')\n"
    )
    environment = wandb_environment(server, tmp_path)
    done = subprocess.run([sys.executable, "-c", code], env=environment, timeout=60, check=False)
    assert done.returncode == 1
    run = api.run(f"{project}/boom")
    assert run.state == "failed"
    lines = [line.content for line in run.console_logs()]
    assert any("ValueError: bad rate" in line for line in lines)


def test_console_lines_have_their_parts(wire, api, project):
    """Structured lines and plain ones give level, label and text; so does printed JSON."""
    structured = {"level": "error", "ts": "2025-01-31T12:00:00", "label": "a", "content": "bad"}
    lines = [json.dumps(structured), "ERROR 2025-01-31T12:00:01.000000 old", '{"printed": 1}']
    wire.open_run(project, "talks")
    wire.stream(project, "talks", {"files": {"output.log": {"offset": 0, "content": lines}}})
    found = list(api.run(f"{project}/talks").console_logs())
    assert [line.content for line in found] == ["bad", "old", '{"printed": 1}']
    assert [line.level for line in found] == ["error", "error", ""]
    assert [line.label for line in found] == ["a", "", ""]


def test_files_come_back_byte_for_byte(wandb, api, project, tmp_path):
    """A saved file is downloaded as it was, also when its name needs quoting."""
    folder = tmp_path / "out dir"
    folder.mkdir()
    data = bytes(range(256)) * 100
    (folder / "a ü%23.bin").write_bytes(data)
    with wandb.init(project=project) as run:
        run.save(str(folder / "*"), base_path=str(tmp_path))
    found = api.run(f"{project}/{run.id}")
    file = found.file("out dir/a ü%23.bin")
    assert file.size == len(data)
    file.download(root=str(tmp_path / "back"))
    assert (tmp_path / "back" / "out dir" / "a ü%23.bin").read_bytes() == data
    (tmp_path / "extra.txt").write_text("extra")
    found.upload_file(str(tmp_path / "extra.txt"), root=str(tmp_path))
    assert [f.name for f in found.files(pattern="%.txt")] == ["extra.txt", "requirements.txt"]
    found.file("extra.txt").delete()
    assert [f.name for f in found.files(names=["extra.txt"]) if f.size] == []


def test_run_without_project_is_uncategorized(wire, api):
    """A run that names neither entity nor project belongs to `local/uncategorized`."""
    wire.open_run(None, "homeless")
    assert api.run("local/uncategorized/homeless").state == "running"


def test_api_updates_a_run(wandb, api, project):
    """Changes made through the API stay, and don't disturb what was logged."""
    with wandb.init(project=project, config={"lr": 0.1}) as run:
        run.log({"loss": 1})
    found = api.run(f"{project}/{run.id}")
    found.config["lr"] = 0.5
    found.tags = ["chosen"]
    found.name = "winner"
    found.summary["extra"] = 7
    found.update()
    again = wandb.Api().run(f"{project}/{run.id}")
    assert (again.config, again.tags, again.name) == ({"lr": 0.5}, ["chosen"], "winner")
    assert (again.state, again.summary["extra"], again.summary["loss"]) == ("finished", 7, 1)
    assert len(list(again.scan_history())) == 1


def test_deleted_run_is_gone(wandb, api, project, server):
    """A deleted run, its history and its files' bytes are gone."""
    with wandb.init(project=project) as run:
        run.log({"loss": 1})
    count = sum(1 for path in (server.data_dir / "files").rglob("*") if path.is_file())
    found = api.run(f"{project}/{run.id}")
    files = len(list(found.files()))
    found.delete()
    with pytest.raises(Exception, match="Could not find run"):
        wandb.Api().run(f"{project}/{run.id}")
    left = sum(1 for path in (server.data_dir / "files").rglob("*") if path.is_file())
    assert left == count - files


def test_stop_reaches_the_script(server, api, project, tmp_path, wire):
    """`Api().run().stop()` interrupts the script, and its run ends as killed."""
    code = (
        "import time, wandb\n"
        f"run = wandb.init(project={project!r}, id='long', "
        "settings=wandb.Settings(x_disable_stats=True))\n"
        "step = 0\n"
        "while True: run.log({'step': step}); step += 1; time.sleep(0.1)\n"
    )
    environment = wandb_environment(server, tmp_path)
    script = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE)
    try:
        wait_for(lambda: wire.stored_rows(project, "long"), "a row")
        api.run(f"{project}/long").stop()
        _, errors = script.communicate(timeout=60)
    finally:
        script.kill()
    assert "KeyboardInterrupt" in errors.decode()
    assert wire.run(project, "long")["state"] == "killed"


def test_alert_is_taken(wandb, project):
    """run.alert does not fail."""
    with wandb.init(project=project) as run:
        run.alert(title="loss", text="it is high", level=wandb.AlertLevel.WARN)


def test_created_run_can_be_taken_up(wandb, project, wire):
    """A run made through the API is there before any process, and a process takes it up."""
    wire.ask(UPSERT_RUN, project=project, name="early", state="pending")
    assert wandb.Api().run(f"{project}/early").state == "pending"
    with wandb.init(project=project, id="early", config={"lr": 1}) as run:
        run.log({"loss": 1})
    found = wandb.Api().run(f"{project}/early")
    assert (found.state, found.config) == ("finished", {"lr": 1})


def test_offline_run_is_synced(server, api, project, tmp_path):
    """A run logged offline arrives whole with `wandb sync`, once or twice."""
    code = (
        "import wandb\n"
        f"options = {{'project': {project!r}, 'id': 'off', 'mode': 'offline'}}\n"
        "with wandb.init(config={'lr': 1}, **options) as run:\n"
        "    for step in range(20): run.log({'loss': step})\n"
    )
    environment = wandb_environment(server, tmp_path)
    subprocess.run([sys.executable, "-c", code], env=environment, timeout=60, check=True)
    (folder,) = (tmp_path / "wandb").glob("offline-run-*")
    for _ in range(2):
        command = [sys.executable, "-m", "wandb", "sync", "--no-skip-synced", str(folder)]
        subprocess.run(command, env=environment, timeout=60, check=True, cwd=tmp_path)
    run = api.run(f"{project}/off")
    assert (run.state, run.config) == ("finished", {"lr": 1})
    assert [row["loss"] for row in run.scan_history()] == list(range(20))


def test_shared_run_keeps_both_writers(server, api, project, tmp_path):
    """Two processes that write one run in shared mode both find their rows in it."""
    for label, primary in (("a", True), ("b", False)):
        code = (
            "import wandb\n"
            f"settings = wandb.Settings(mode='shared', x_label={label!r}, x_primary={primary})\n"
            f"with wandb.init(project={project!r}, id='both', settings=settings) as run:\n"
            f"    run.log({{'from_{label}': {1 if primary else 2}}})\n"
        )
        environment = wandb_environment(server, tmp_path)
        subprocess.run([sys.executable, "-c", code], env=environment, timeout=60, check=True)
    rows = list(api.run(f"{project}/both").scan_history())
    assert [row["from_a"] for row in rows if "from_a" in row] == [1]
    assert [row["from_b"] for row in rows if "from_b" in row] == [2]


def test_system_metrics_are_read(wire, project):
    """System metrics come back as events and as the run's latest values."""
    wire.open_run(project, "r")
    lines = [json.dumps({"system.cpu": cpu, "_runtime": cpu}) for cpu in (1.0, 2.0)]
    wire.stream(project, "r", {"files": {"wandb-events.jsonl": {"offset": 0, "content": lines}}})
    query = """query E($p: String) { project(name: $p) { run(name: "r") {
        events(samples: 10) systemMetrics eventsLineCount } } }"""
    found = wire.ask(query, p=project)["project"]["run"]
    assert found == {"events": lines, "systemMetrics": lines[-1], "eventsLineCount": 2}


def test_long_names_are_refused(wire, project):
    """A name of megabytes would make every page that lists the run as large."""
    name = "x" * 5000
    answers = {
        "the run's `display_name`": wire.post(UPSERT_RUN, project=project, displayName=name),
        "the sweep's `display_name`": wire.post(
            CREATE_SWEEP, projectName=project, displayName=name, config="method: random"
        ),
        "the sweep's `name`": wire.post(
            CREATE_SWEEP, projectName=project, config=f"name: {name}\nmethod: random"
        ),
    }
    for what, answer in answers.items():
        assert answer.status_code == 200
        message = f"{what} `{'x' * 40}…` has 5000 characters: give at most 4096"
        assert answer.json()["errors"] == [{"message": message}]
    wire.open_run(project, "r", displayName="x" * 4096, notes="y" * 5000)
