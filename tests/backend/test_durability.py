"""What an answered request is worth: full disks, killed servers, clocks that jump, and stops."""

import hashlib
import itertools
import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
import requests

from .conftest import Server, Wire, launch, wait_for

RANDOM = {"method": "random", "parameters": {"lr": {"min": 0.0, "max": 1.0}}, "run_cap": 2}
CREATE_FILES = """
mutation CreateRunFiles($project: String!, $run: String!, $files: [String!]!) {
  createRunFiles(input: {projectName: $project, runName: $run, files: $files}) {
    files { uploadUrl }
  }
}"""
# A server whose clock is off by the number of seconds in a file.
SHIFTED = """
import runpy, sys, time
from pathlib import Path
place, real = Path(sys.argv.pop(1)), time.time
time.time = lambda: real() + float(place.read_text())
runpy.run_module("wandb_flyte.backend", run_name="__main__")
"""


def upload_address(wire, project, run, name):
    asked = wire.ask(CREATE_FILES, project=project, run=run, files=[name])
    return asked["createRunFiles"]["files"][0]["uploadUrl"]


def largest_file(server, size):
    """Let no file of the server's grow beyond the size: to it, the disk is full."""
    _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, most))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit")
def test_full_disk_refuses_and_recovers(own_server):
    """On a full disk every write is answered 507 and leaves no trace; later they work again."""
    wire = Wire(own_server)
    wire.open_run("p", "run1")
    wire.log("p", "run1", [{"loss": 0.5}])
    sweep = wire.sweep("p", RANDOM)
    agent = sweep.agent()
    address = upload_address(wire, "p", "run1", "model.bin")
    content = b"x" * 200_000
    stream = f"{wire.url}/files/local/p/run1/file_stream"
    rows = [json.dumps({"_step": n, "loss": "y" * 1000}) for n in range(1, 100)]
    post = {"files": {"wandb-history.jsonl": {"offset": 1, "content": rows}}}
    heartbeat = "mutation H($id: ID!) { agentHeartbeat(input: {id: $id}) { commands } }"
    writes = {
        "file stream": lambda: wire.http.post(stream, json=post, timeout=30),
        "file": lambda: requests.put(address, data=content, timeout=30),
        "heartbeat": lambda: wire.post(heartbeat, id=agent),
        "project": lambda: wire.post(
            'mutation A { upsertModel(input: {name: "new"}) { inserted } }'
        ),
    }
    largest_file(own_server, 4096)
    for name, write in writes.items():
        answer = write()
        assert (name, answer.status_code) == (name, 507)
        assert answer.json()["errors"][0]["message"].startswith("nothing can be stored: ")
    assert wire.run("p", "run1")["historyLineCount"] == 1
    assert sweep.runs == []
    assert not list((own_server.data_dir / "files").glob("upload-*"))
    largest_file(own_server, resource.RLIM_INFINITY)
    for name, write in writes.items():
        assert (name, write().status_code) == (name, 200)
    own_server.stop(signal.SIGKILL)
    own_server.start()
    assert Wire(own_server).run("p", "run1")["historyLineCount"] == 100
    assert len(sweep.runs) == 1
    with sqlite3.connect(own_server.data_dir / "backend.sqlite3") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def replace(folder):
    shutil.copytree(folder, folder.with_name("copy"))
    shutil.rmtree(folder)
    folder.with_name("copy").rename(folder)


@pytest.mark.parametrize(
    "take_away",
    [shutil.rmtree, lambda folder: folder.rename(folder.with_name("elsewhere")), replace],
    ids=["deleted", "moved", "replaced"],
)
def test_server_ends_without_its_folder(own_server, take_away):
    """Nothing is answered that is not kept: without its data folder the server refuses and ends."""
    wire = Wire(own_server)
    wire.open_run("p", "run1")
    take_away(own_server.data_dir)
    post = {"files": {"wandb-history.jsonl": {"offset": 0, "content": ['{"loss": 0.5}']}}}
    with suppress(requests.ConnectionError):
        stream = f"{wire.url}/files/local/p/run1/file_stream"
        answer = wire.http.post(stream, json=post, timeout=30)
        assert answer.status_code == 507
        assert "was deleted, moved or replaced" in answer.json()["errors"][0]["message"]
    _, errors = own_server.process.communicate(timeout=30)
    assert own_server.process.returncode == 1
    assert errors.decode().splitlines()[-1] == (
        f"the local backend ends: nothing can be stored: the data folder `{own_server.data_dir}`"
        " was deleted, moved or replaced."
        " Put the folder back if you can, and start the local backend again."
    )


def test_trial_handed_out_by_servers_that_died_is_still_the_agents(own_server):
    """An agent whose heartbeats were never answered gets the same trial after every restart."""
    sweep = Wire(own_server).sweep("p", RANDOM)
    agent = sweep.agent()
    seen = set()
    for _ in range(4):
        seen.add(sweep.next_run(agent)["run_id"])
        own_server.stop(signal.SIGKILL)
        own_server.start()
    assert len(seen) == 1
    sweep.do(agent)
    assert [run["state"] for run in sweep.runs] == ["finished"]


def test_upload_cut_by_a_kill_leaves_nothing(own_server):
    """The next server removes what an upload had brought when the server before was killed."""
    wire = Wire(own_server)
    wire.open_run("p", "run1")
    address = upload_address(wire, "p", "run1", "model.bin")
    files = own_server.data_dir / "files"
    gone = threading.Event()

    def content():
        yield b"x" * 100_000
        gone.wait(60)

    def send():
        with pytest.raises(requests.ConnectionError):
            requests.put(address, data=content(), timeout=60)

    sending = threading.Thread(target=send)
    sending.start()
    wait_for(lambda: list(files.glob("upload-*")), "the upload's scratch file")
    own_server.stop(signal.SIGKILL)
    gone.set()
    sending.join(60)
    own_server.start()
    assert not list(files.glob("upload-*"))


def test_stop_lets_an_upload_end(own_server):
    """A server that is told to stop still takes in the file that is being sent."""
    wire = Wire(own_server)
    wire.open_run("p", "run1")
    address = upload_address(wire, "p", "run1", "model.bin")
    stopping = threading.Event()
    answers = []

    def content():
        yield b"x" * 100_000
        stopping.wait(60)
        yield b"y" * 100_000

    def send():
        answers.append(requests.put(address, data=content(), timeout=60).status_code)

    sending = threading.Thread(target=send)
    sending.start()
    files = own_server.data_dir / "files"
    wait_for(lambda: list(files.glob("upload-*")), "the upload's scratch file")
    own_server.process.send_signal(signal.SIGTERM)
    port = int(own_server.state["url"].rpartition(":")[2])
    wait_for(lambda: not _listens(port), "the server to take no more requests")
    stopping.set()
    sending.join(60)
    assert answers == [200]
    assert own_server.process.wait(30) == 0
    (stored,) = [path for path in files.rglob("*") if path.is_file()]
    wanted = hashlib.md5(b"x" * 100_000 + b"y" * 100_000).digest()
    assert hashlib.md5(stored.read_bytes()).digest() == wanted


def _listens(port):
    try:
        requests.get(f"http://127.0.0.1:{port}/ready", timeout=5)
    except requests.ConnectionError:
        return False
    return True


@pytest.mark.parametrize("hours", [-30, 30])
def test_runs_survive_a_clock_that_jumps(tmp_path, hours):
    """No run that is alive crashes when the clock is set back or forth; one that is dead does."""
    shift = tmp_path / "shift"
    shift.write_text("0")
    data = tmp_path / "data"
    command = [sys.executable, "-c", SHIFTED, str(shift), "--data-dir", str(data)]
    process = subprocess.Popen([*command, "--crash-after", "2"])
    try:
        place = data / "server.json"
        wait_for(place.exists, "the state file")
        server = Server(data, process=process, state=json.loads(place.read_text()))
        wire = Wire(server)
        for name in ("alive", "dead"):
            wire.open_run("p", name)
        numbers = itertools.count()

        def states():
            wire.log("p", "alive", [{"loss": 1.0}], offset=next(numbers))
            return [wire.run("p", name)["state"] for name in ("alive", "dead")]

        states()
        shift.write_text(str(hours * 3600))
        assert states() == ["running", "running"]
        wait_for(lambda: states() == ["running", "crashed"], "the dead run to be found")
    finally:
        process.terminate()
        process.wait(30)


def test_damaged_database_is_named(tmp_path):
    """A database file that can't be read ends the server with one line, and is left alone."""
    data = tmp_path / "data"
    data.mkdir()
    database = data / "backend.sqlite3"
    content = b"no database at all" * 100
    database.write_bytes(content)
    process = launch("--data-dir", str(data))
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.decode() == (
        f"the database `{database}` can't be opened: file is not a database."
        " Make room on the disk, or put back a copy of the file.\n"
    )
    assert database.read_bytes() == content
