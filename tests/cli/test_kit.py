"""`wandb-flyte kit`, and kits in `new`, `update` and `diff`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from .conftest import COMMAND, RunCli
from .running import until


def git(*arguments: str, cwd: Path) -> None:
    """Runs git as somebody."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *who, *arguments], cwd=cwd, check=True, capture_output=True)


def test_a_team_from_its_kit_to_an_updated_project(run_cli: RunCli, tmp_path: Path) -> None:
    """A kit is made and shown, a project starts with it, and an update brings its news."""
    kit, project = tmp_path / "my-team", tmp_path / "demo"
    made = json.loads(run_cli("kit", "new", "my-team", "--json").out)
    shown = json.loads(run_cli("kit", "show", "my-team", "--json").out)
    prices = [
        line for line in run_cli("kit", "show", "my-team").out.splitlines() if "price" in line
    ]
    new = json.loads(
        run_cli("new", "demo", "--kit", "my-team", "--profile", "a100x1", "--json").out
    )
    manifest = kit / "kit.toml"
    manifest.write_text(manifest.read_text().replace('# entity = "my-team"', 'entity = "acme"'))
    git("commit", "--quiet", "--all", "--message", "Fix the entity", cwd=kit)
    git("tag", "v0.2.0", cwd=kit)
    check = run_cli("update", "--check", cwd=project)
    done = run_cli("update", cwd=project)
    git("commit", "--quiet", "--all", "--message", "Update", cwd=project)
    diff = run_cli("diff", cwd=project)
    refused = run_cli("new", "other", "--kit", "my-team", "--entity", "me")

    assert (made["path"], made["version"], made["committed"]) == ("my-team", "v0.1.0", True)
    assert "kit.toml" in made["files"]
    assert shown["answers"]["secret"] == {"value": "wandb_api_key", "kit": "my-team", "fixed": True}
    assert shown["currency"] == "USD"
    assert {name: (got["disk"], got["shm"]) for name, got in shown["profiles"].items()} == {
        "small": ("10Gi", "auto"),
        "a100x1": ("100Gi", "auto"),
    }
    assert "price of A100: 3.7 USD an hour" in prices
    assert (new["path"], new["package"], new["starter"]) == ("demo", "demo", "example")
    assert new["committed"]
    assert "demo/workflow.py" in new["files"]
    assert check.code == 3
    assert done.code == 0, done.err
    assert "Kit my-team 0.1.0 -> 0.2.0" in done.out
    assert "  entity: none -> acme  (fixed by my-team)" in done.out
    assert "entity = acme: fixed by the kit my-team 0.2.0" in diff.out
    assert refused.code == 1
    assert "the kit `my-team` fixes `entity` as `acme`" in refused.err
    assert not (tmp_path / "other").exists()


@pytest.mark.long
def test_the_kit_of_a_machine(run_cli: RunCli, tmp_path: Path) -> None:
    """The default is listed and used, and `--no-kit` does without it."""
    run_cli("kit", "new", "my-team")
    env = {"WANDB_FLYTE_KIT": str(tmp_path / "my-team")}

    listed = json.loads(run_cli("kit", "list", "--json", env=env).out)["kits"]
    with_kit = run_cli("new", "with-kit", env=env)
    without = run_cli("new", "without", "--no-kit", env=env)

    assert [(kit["name"], kit["default"]) for kit in listed] == [("my-team", "WANDB_FLYTE_KIT")]
    assert "With the kit my-team 0.1.0, as WANDB_FLYTE_KIT says." in with_kit.err
    assert (tmp_path / "with-kit" / "with_kit" / "team.py").exists()
    assert without.err == ""
    assert not (tmp_path / "without" / "without" / "team.py").exists()


def test_what_is_no_kit(run_cli: RunCli, tmp_path: Path) -> None:
    """`kit check` in a folder without `kit.toml` says what to do."""
    done = run_cli("kit", "check", ".")

    assert done.code == 1
    assert "There is no `kit.toml`" in done.err
    assert "Traceback" not in done.err


@pytest.mark.long
def test_a_remote_run_beyond_a_kits_caps(run_cli: RunCli, tmp_path: Path) -> None:
    """`run --remote` refuses more trials and agents than the kit lets a sweep have."""
    run_cli("kit", "new", "my-team")
    run_cli("new", "demo", "--kit", "my-team")
    words = ("run", "--remote", "--trials", "1001", "--agents", "17")

    held = run_cli(*words, cwd=tmp_path / "demo")
    allowed = run_cli(*words, "--yes", cwd=tmp_path / "demo")

    assert held.code == 1
    assert held.err.splitlines() == [
        "error: demo/team.py: The sweep has 1001 trials, and the cap of the project's kits is "
        "1000. --yes runs it all the same.",
        "error: demo/team.py: The sweep has 17 agents, and the cap of the project's kits is 16. "
        "--yes runs it all the same.",
    ]
    assert "team.py" not in allowed.err


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP])
def test_a_check_that_is_ended_leaves_nothing(
    run_cli: RunCli, tmp_path: Path, signum: signal.Signals
) -> None:
    """Its scratch folder goes with it, and the exit code is that of Ctrl-C."""
    run_cli("kit", "new", "my-team")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [*COMMAND, "kit", "check", "my-team"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: list(scratch.glob("wandb-flyte-*/kit.git/HEAD")), "the kit's own repository")

    process.send_signal(signum)

    assert process.wait(60) == 130
    assert [path for path in scratch.iterdir() if path.name.startswith("wandb-flyte-")] == []
