"""The pytest plugin that gives a test a backend of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from .conftest import Done, RunCli

pytestmark = pytest.mark.usefixtures("clean_environment")


def run_pytest(run_cli: RunCli, folder: Path, body: str, **env: str) -> Done:
    """Runs pytest on one file."""
    (folder / "test_it.py").write_text(dedent(body))
    start = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return run_cli("test_it.py", start=start, cwd=folder, env=env)


def test_costs_nothing_until_it_is_used(run_cli: RunCli) -> None:
    """Loading the plugin loads nothing but pytest and the package's own front."""
    code = """
import sys
import pytest
before = set(sys.modules)
import wandb_flyte.pytest_plugin
print(sorted(set(sys.modules) - before))
"""
    done = run_cli(start=[sys.executable, "-c", code])

    assert done.out == "['wandb_flyte', 'wandb_flyte._version', 'wandb_flyte.pytest_plugin']\n"


def test_each_test_has_a_fresh_backend(run_cli: RunCli, tmp_path: Path) -> None:
    """The real wandb client logs to the fixture's backend, and the next test finds it empty."""
    body = """
        import pytest
        import wandb

        @pytest.mark.parametrize("value", [1, 2])
        def test_run(wandb_backend, value):
            assert list(wandb.Api().projects(wandb_backend.entity)) == []
            with wandb.init(project="p") as run:
                run.log({"loss": value})
            read = wandb.Api().run(f"{wandb_backend.entity}/p/{run.id}")
            assert read.summary["loss"] == value
            assert run.url.startswith(wandb_backend.url)
            with open("pids", "a") as file:
                print(wandb_backend.pid, file=file)
    """
    done = run_pytest(run_cli, tmp_path, body)

    pids = {int(pid) for pid in (tmp_path / "pids").read_text().split()}
    assert "2 passed" in done.out, done.out
    assert len(pids) == 2
    assert not any(Path(f"/proc/{pid}/cmdline").exists() for pid in pids)
    assert not (tmp_path / "wandb").exists()


def test_the_shells_settings_do_not_count(run_cli: RunCli, tmp_path: Path) -> None:
    """A W&B key and project of the developer's shell reach no test, and are back after it."""
    body = """
        import os
        import wandb

        def test_inside(wandb_backend):
            assert os.environ["WANDB_API_KEY"] == wandb_backend.key
            assert os.environ["WANDB_BASE_URL"] == wandb_backend.url
            assert "WANDB_PROJECT" not in os.environ
            assert os.environ["WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL"] == "1"

        def test_outside():
            assert os.environ["WANDB_API_KEY"] == "k" * 40
            assert os.environ["WANDB_PROJECT"] == "mine"
            assert "WANDB_FLYTE_BACKEND" not in os.environ
            assert "WANDB_BASE_URL" not in os.environ
            assert "WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL" not in os.environ
    """
    done = run_pytest(run_cli, tmp_path, body, WANDB_API_KEY="k" * 40, WANDB_PROJECT="mine")

    assert "2 passed" in done.out, done.out


def test_a_local_flyte_run_uses_it(run_cli: RunCli, project: Path) -> None:
    """A sweep in Flyte's local mode lands on the fixture's backend."""
    body = """
        import flyte
        from small import workflow

        def test_sweep(wandb_backend):
            run = flyte.with_runcontext(mode="local").run(
                workflow.run_parallel_sweep, total_trials=2
            )
            result = run.outputs()[0]
            assert result.counts == {"finished": 2}
            assert result.url.startswith(wandb_backend.url)
    """
    done = run_pytest(run_cli, project, body, PYTHONPATH=str(project))

    assert "1 passed" in done.out, done.out
    assert os.environ.get("WANDB_FLYTE_BACKEND") is None
