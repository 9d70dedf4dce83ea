"""`run --remote` and `secret`: what is missing is said before anything starts."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from .conftest import RunCli

pytestmark = pytest.mark.usefixtures("clean_environment")

NO_CONFIG = (
    "error: There is no Flyte config, so no cluster to run on. "
    "Make one with `flyte create config --endpoint HOST`; it is looked for in ./config.yaml, "
    "./.flyte/config.yaml, $FLYTECTL_CONFIG and ~/.flyte/config.yaml.\n"
)


def flyte_config(root: Path, endpoint: str) -> None:
    """Writes a Flyte config into a project."""
    (root / ".flyte").mkdir()
    text = f"admin:\n  endpoint: {endpoint}\n  insecure: true\n"
    text += "task:\n  project: p\n  domain: development\n  org: o\n"
    (root / ".flyte" / "config.yaml").write_text(text)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_no_flyte_config(run_cli: RunCli, project: Path) -> None:
    """Without a Flyte config `--remote` ends before anything starts, with the remedy."""
    done = run_cli("run", "--remote", cwd=project)

    assert (done.code, done.out, done.err) == (1, "", NO_CONFIG)


def test_everything_missing_at_once(run_cli: RunCli, project: Path) -> None:
    """Config, key, image builder and a backend that a cluster can't reach: all are reported."""
    settings = project / "small" / "settings.py"
    text = settings.read_text().replace('BACKEND = "auto"', 'BACKEND = "local"')
    settings.write_text(
        text.replace(
            'IMAGE = "example.com/image:1"', "import flyte\nIMAGE = flyte.Image.from_debian_base()"
        )
    )
    env = {"PATH": "/nowhere", "WANDB_BASE_URL": "https://wandb.example.com"}
    done = run_cli("run", "--remote", "--follow", cwd=project, env=env)

    assert done.code == 1
    assert done.err == (
        f"{NO_CONFIG}"
        'error: settings.py: BACKEND is "local", which a cluster can\'t reach. '
        'Set it to "auto" or "wandb".\n'
        "error: There is no W&B key on this machine for `https://wandb.example.com`, "
        "to follow the sweep with. Run `wandb login` or set WANDB_API_KEY.\n"
        "error: The image has to be built, and `docker` is not on this machine. "
        "Install docker, let the cluster build (`image: {builder: remote}` in the Flyte config), "
        "or set IMAGE in settings.py to the name of an image that exists.\n"
    )


def test_config_without_endpoint(run_cli: RunCli, project: Path) -> None:
    """A Flyte config that names no cluster is an error with its file."""
    (project / ".flyte").mkdir()
    (project / ".flyte" / "config.yaml").write_text("task:\n  project: p\n")
    done = run_cli("run", "--remote", cwd=project)

    assert done.code == 1
    assert done.err == (
        f"error: The Flyte config `{project}/.flyte/config.yaml` names no endpoint. "
        "Add `admin: {endpoint: dns:///HOST}`, or make a new one with "
        "`flyte create config --endpoint HOST`.\n"
    )


def test_cluster_away(run_cli: RunCli, project: Path) -> None:
    """A cluster that does not answer is an error that names its address."""
    endpoint = f"dns:///127.0.0.1:{free_port()}"
    flyte_config(project, endpoint)
    done = run_cli("run", "--remote", cwd=project / "small")

    assert done.code == 1
    assert done.err == (
        f"error: The Flyte cluster at `{endpoint}` can't be reached. "
        "Look at the endpoint in the Flyte config.\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--follow"], "--follow goes with --remote."),
        (["--yes"], "--yes goes with --remote."),
        (
            ["--remote", "--backend", "local"],
            "a cluster can't reach the local backend: leave --backend out.",
        ),
    ],
)
def test_options_that_do_not_fit(
    run_cli: RunCli, project: Path, words: list[str], message: str
) -> None:
    """Options that make no sense together are wrong usage."""
    done = run_cli("run", *words, cwd=project)

    assert (done.code, done.err) == (2, f"error: {message}\nSee `wandb-flyte run --help`.\n")


def test_secret_without_config(run_cli: RunCli, project: Path) -> None:
    """Without a Flyte config there is nowhere to put the secret."""
    done = run_cli("secret", cwd=project)

    assert (done.code, done.out, done.err) == (1, "", NO_CONFIG)


def test_secret_without_a_key(run_cli: RunCli, project: Path) -> None:
    """Without a W&B key and without a terminal there is nothing to put in."""
    flyte_config(project, f"dns:///127.0.0.1:{free_port()}")
    done = run_cli("secret", cwd=project)

    assert done.code == 1
    assert done.err == (
        "error: There is no W&B key on this machine, and no terminal to ask at.\n"
        "Set WANDB_API_KEY, or run `wandb login` first.\n"
    )


def test_secret_never_shows_the_key(run_cli: RunCli, project: Path) -> None:
    """A cluster that can't be reached is named in a sentence without the key."""
    endpoint = f"dns:///127.0.0.1:{free_port()}"
    flyte_config(project, endpoint)
    key = "k" * 40
    done = run_cli("secret", cwd=project, env={"WANDB_API_KEY": key})

    assert done.code == 1
    assert done.err == (
        "W&B key from WANDB_API_KEY\n"
        f"error: The Flyte cluster at `{endpoint}` can't be reached.\n"
        "Look at the endpoint in the Flyte config.\n"
    )
    assert key not in done.out + done.err


def test_no_network_thread_sees_the_interpreter_go(run_cli: RunCli, project: Path) -> None:
    """A command that asked the cluster ends at once: what it imports is not torn down first."""
    flyte_config(project, f"dns:///127.0.0.1:{free_port()}")
    script = """
import os, sys
from wandb_flyte.cli import main

class Last:
    def __del__(self):
        os.write(2, b"torn down")

sys.modules["last"] = Last()
main()
"""
    command = (sys.executable, "-c", script)
    asked = run_cli("secret", cwd=project, env={"WANDB_API_KEY": "k" * 40}, start=command)
    other = run_cli("starters", cwd=project, start=command)

    assert asked.code == 1
    assert "can't be reached" in asked.err
    assert "torn down" not in asked.err
    assert other.code == 0
    assert other.err == "torn down"
