"""`wandb-flyte local`: the local backend from the command line."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from wandb_flyte.backend.store.schema import migrate
from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.wire import WireClient

from .conftest import RunCli

pytestmark = pytest.mark.usefixtures("clean_environment")


def test_start_status_stop(run_cli: RunCli) -> None:
    """`start` brings the backend up once, `status` finds it, `stop` ends it."""
    first, second = run_cli("local", "start"), run_cli("local", "start")
    status = json.loads(run_cli("local", "status", "--json").out)

    url = status["url"]
    assert first.out.splitlines()[0] == f"local backend started at {url}"
    assert second.out.splitlines()[0] == f"local backend runs already at {url}"
    assert status["running"] is True
    assert status["entity"] == "local"
    assert run_cli("local", "status").out.startswith(f"local backend at {url} (process ")
    assert run_cli("local", "stop").out == "local backend stopped\n"
    assert run_cli("local", "stop").out == "no local backend is running\n"


def test_status_when_stopped(run_cli: RunCli) -> None:
    """Without a running backend `status` says so with exit code 1, in JSON too."""
    plain, as_json = run_cli("local", "status"), run_cli("local", "status", "--json")

    assert plain.code == as_json.code == 1
    assert plain.out == "no local backend is running; `wandb-flyte local start` starts it\n"
    assert json.loads(as_json.out)["running"] is False


def test_status_shows_no_key(run_cli: RunCli) -> None:
    """The key is never in what `start` and `status` print."""
    printed = run_cli("local", "start").out + run_cli("local", "status", "--json").out
    server = local_server.find()

    assert server is not None
    assert server.key not in printed


def test_env_points_wandb_at_it(run_cli: RunCli) -> None:
    """After `eval "$(wandb-flyte local env)"` the real wandb client logs in to the backend."""
    lines = run_cli("local", "env").out
    program = "import wandb; print(wandb.Api().default_entity, wandb.Api().settings['base_url'])"
    script = f'{lines}\nexec "{sys.executable}" -c "{program}"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60)

    server = local_server.find()
    assert server is not None
    assert done.stdout.split() == ["local", server.url]
    assert "export WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL=1\n" in lines


def test_env_is_quoted(run_cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a value holds, a shell reads it back as it is."""
    from wandb_flyte.runtime.backend import backends

    lines = run_cli("local", "env").out.splitlines()
    wanted = backends.resolve_backend("local", in_pod=False).env()
    script = "\n".join([*lines, "env -0"])
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60)

    got = dict(line.split("=", 1) for line in done.stdout.split("\0") if "=" in line)
    assert wanted.items() <= got.items()


def test_port_taken(run_cli: RunCli) -> None:
    """A port that another program holds is an error in one sentence, and nothing is started."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_cli("local", "start", "--port", str(port))

    log = local_server.data_dir() / "server.log"
    assert done.code == 1
    assert done.err == (
        f"error: The local backend did not start: port `{port}` can't be used: Address already in "
        f"use. Give another --port, or none for any free one.\nIts log: {log}\n"
    )
    assert local_server.find() is None


def test_running_on_another_port(run_cli: RunCli) -> None:
    """A port asked for while the backend listens elsewhere is an error that names both."""
    run_cli("local", "start")
    server = local_server.find()
    done = run_cli("local", "start", "--port", "1")

    assert server is not None
    assert done.code == 1
    assert done.err == (
        f"error: The local backend already listens at {server.url}, not on port `1`.\n"
        "Stop it first: wandb-flyte local stop\n"
    )


def test_missing_extra(run_cli: RunCli, without_modules: Callable[..., dict[str, str]]) -> None:
    """Without the `local` extra the error says how to install it, and no process is started."""
    done = run_cli("local", "start", env=without_modules("starlette", "uvicorn"))

    assert done.code == 1
    assert done.err == (
        "error: The local backend needs `starlette`, `uvicorn`, not installed here.\n"
        "pip install 'wandb-flyte[local]'\n"
    )
    assert not (local_server.data_dir() / "server.log").exists()


def test_data_of_a_newer_version(run_cli: RunCli) -> None:
    """A database that a newer version wrote is an error in the user's words."""
    folder = local_server.data_dir()
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "backend.sqlite3") as database:
        database.execute("PRAGMA user_version = 9999")
    done = run_cli("local", "start")

    assert done.code == 1
    assert done.err.startswith("error: The local backend did not start: the database has version ")


def test_home_that_cannot_be(run_cli: RunCli) -> None:
    """A folder that can't be made is an error that names the variable it comes from."""
    env = {"WANDB_FLYTE_HOME": "/proc/nope"}
    start, doctor = run_cli("local", "start", env=env), run_cli("doctor", env=env)

    assert start.code == doctor.code == 1
    assert start.err == (
        "error: The folder `/proc/nope/local` can't be made: No such file or directory.\n"
        "Set WANDB_FLYTE_HOME to a folder of yours.\n"
    )
    assert (
        "no  data folder: The folder `/proc/nope/local` can't be made: No such file or directory.\n"
        "      Set WANDB_FLYTE_HOME to a folder of yours.\n"
    ) in doctor.out


def test_host_needs_a_key_and_warns(run_cli: RunCli) -> None:
    """`start --host` asks for a key of the user's, then warns that there is no TLS."""
    refused = run_cli("local", "start", "--host", "0.0.0.0")
    key = "local-" + "a1" * 20
    started = run_cli("local", "start", "--host", "0.0.0.0", env={"WANDB_FLYTE_LOCAL_KEY": key})
    server = local_server.find()

    assert refused.code == 1
    assert refused.err.startswith(
        "error: The local backend did not start: Listening on `0.0.0.0`, which other machines "
        "reach, needs a key of yours. Set one: export WANDB_FLYTE_LOCAL_KEY=local-"
    )
    assert started.code == 0
    assert started.err.startswith("warning: it listens on 0.0.0.0 without TLS: ")
    assert server is not None
    assert (server.key, server.host) == (key, "0.0.0.0")
    other = run_cli("local", "start", "--host", "127.0.0.1")
    assert other.err.startswith(f"error: The local backend already listens at {server.url}, not on")


def test_export_import_gc(run_cli: RunCli, tmp_path: Path) -> None:
    """What one home exported while it ran, another takes in, once; gc lists before it removes."""
    run_cli("local", "start")
    server = local_server.find()
    assert server is not None
    WireClient(server.url, server.key).create_sweep(
        {"method": "random", "parameters": {"x": {"value": 1}}}, server.entity, "p"
    )
    file = str(tmp_path / "all.zip")
    exported = run_cli("local", "export", file)
    other = {"WANDB_FLYTE_HOME": str(tmp_path / "other")}
    imported, again = (run_cli("local", "import", file, env=other) for _ in range(2))

    counts = "1 project, 1 sweep, 0 runs, 0 artifacts"
    assert exported.out.startswith(f"exported {counts} to {file} (")
    assert "exporting: 100% of " in exported.err
    assert imported.out == f"imported {counts}\n"
    assert again.code == 1
    assert f"error: `{file}` holds what is here already: sweep `local/p/" in again.err
    assert run_cli("local", "export", file).err.startswith(f"error: `{file}` exists already.")
    assert run_cli("local", "import", file).err == (
        f"error: The local backend runs at {server.url}.\nStop it first: wandb-flyte local stop\n"
    )
    assert run_cli("local", "gc", env=other).out == "there is nothing to remove\n"
    stray = tmp_path / "other" / "local" / "files" / "upload-x"
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("12345")
    listed = f"file {stray}\n0 runs, 1 files and 0 artifact files, 5 bytes\n"
    assert run_cli("local", "gc", "--dry-run", env=other).out == listed
    unasked = run_cli("local", "gc", env=other)
    assert (unasked.code, unasked.out) == (1, listed)
    assert unasked.err.startswith("error: nothing was removed: nobody can be asked here.")
    assert stray.exists()
    assert run_cli("local", "gc", "--yes", env=other).out.startswith(listed + "removed; ")
    assert not stray.exists()
    assert run_cli("local", "gc", "--older-than", "soon", env=other).err == (
        "error: `--older-than soon` is no age.\nWrite hours, days or weeks: 12h, 30d, 2w.\n"
    )


def test_names_of_strangers_are_shown_escaped(
    run_cli: RunCli, clean_environment: Path, tmp_path: Path
) -> None:
    """What gc, export and import name can neither steer the terminal nor turn its text round."""
    folder = clean_environment / ".wandb-flyte" / "local"
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "backend.sqlite3", isolation_level=None)) as db:
        migrate(db)
        db.execute("INSERT INTO projects VALUES (1, 'local', 'p', '', 1.0)")
        db.execute(
            "INSERT INTO runs (id, project_id, name, display_name, state, created_at, updated_at,"
            " heartbeat_at) VALUES (1, 1, ?, 'calm', 'finished', 1.0, 1.0, 1.0)",
            ("\x9b2J\u202egnp",),
        )
        row = (1, "\x1b[2J", 1, "", "", "0" * 64, 1.0)
        db.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    (folder / "files").mkdir()
    (folder / "files" / "upload-\x1b]0;x\x07").touch()
    file = tmp_path / "all.zip"
    with zipfile.ZipFile(tmp_path / "hostile.zip", "w") as archive:
        archive.writestr("\x1b]0;x\x07\n", "")
    listed = run_cli("local", "gc", "--older-than", "1h", "--dry-run")
    exported = run_cli("local", "export", str(file))
    refused = run_cli("local", "import", str(tmp_path / "hostile.zip"))

    run = "local/p/\\x9b2J\\u202egnp"
    assert listed.out.startswith(f"run {run}\nfile {folder}/files/upload-\\x1b]0;x\\x07\n1 runs")
    assert f"warning: `{run}/\\x1b[2J` is left out: its name is no relative path\n" in exported.err
    assert refused.err == (
        f"error: `{tmp_path}/hostile.zip` can't be imported: it holds `\\x1b]0;x\\x07\\n`, which"
        " no export does.\nNothing was imported.\n"
    )
