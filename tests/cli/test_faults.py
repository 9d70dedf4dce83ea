"""The faults that the pytest plugin injects, and that a run of the real client survives each."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from .conftest import RunCli

pytestmark = pytest.mark.usefixtures("clean_environment")

FRONT = """
    import threading
    import pytest
    import requests
    import wandb
    from wandb_flyte.runtime.backend import local_server

    def log_and_read(backend, during):
        with wandb.init(project="p") as run:
            assert run.settings.base_url == during.url
            run.log({"loss": 1.0})
            yield run
            for step in range(1, 5):
                run.log({"loss": 1.0 / (step + 1)})
        api = wandb.Api(overrides={"base_url": backend.url})
        read = api.run(f"{backend.entity}/p/{run.id}")
        assert read.state == "finished"
        rows = [row["loss"] for row in read.scan_history()]
        assert rows == [1.0 / (step + 1) for step in range(5)], rows
"""
FAULTS = {
    "latency": "faults.latency(0.3)",
    "errors 500": "faults.errors(500, times=2)",
    "errors 429": "faults.errors(429, times=2, retry_after_s=1)",
    "cut": "faults.cut(times=1)",
    "cut after": "faults.cut(times=1, answered=True)",
}


def run_pytest(run_cli: RunCli, folder: Path, body: str) -> str:
    (folder / "test_it.py").write_text(dedent(FRONT) + dedent(body))
    start = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = run_cli("test_it.py", start=start, cwd=folder)
    return done.out + done.err


@pytest.mark.long
def test_a_run_survives_every_fault(run_cli: RunCli, tmp_path: Path) -> None:
    """Slow answers, 500, 429, cut connections, a frozen server: every row is there, once."""
    cases = ", ".join(f"lambda faults: {fault}" for fault in FAULTS.values())
    body = f"""
        @pytest.mark.parametrize("inject", [{cases}])
        def test_run(wandb_backend, wandb_faults, inject):
            with inject(wandb_faults) as fault:
                for run in log_and_read(wandb_backend, wandb_faults):
                    pass
            assert fault.met > 0

        def test_frozen(wandb_backend, wandb_faults):
            frozen = wandb_faults.frozen()
            for run in log_and_read(wandb_backend, wandb_faults):
                fault = frozen.__enter__()
                timer = threading.Timer(3, frozen.__exit__, (None, None, None))
                timer.start()
            timer.join()
            assert fault.met > 0
    """
    assert f"{len(FAULTS) + 1} passed" in (said := run_pytest(run_cli, tmp_path, body)), said


def test_a_lost_agents_trial_ends_and_others_go_on(run_cli: RunCli, tmp_path: Path) -> None:
    """No heartbeat of the lost agent arrives; the trial it runs is kept, another agent works."""
    body = """
        from wandb_flyte.runtime.backend.wire import WireClient
        from wandb_flyte.runtime.backend.wire_errors import WireError

        def test_lost(wandb_backend, wandb_faults):
            sweep_id = wandb.sweep(
                {"method": "random", "run_cap": 2, "parameters": {"x": {"min": 0.0, "max": 1.0}}},
                project="p",
            )

            def objective():
                with wandb.init() as run:
                    lost.append(wandb_faults.lose_agent())
                    run.log({"loss": run.config.x})

            lost = []
            wandb.agent(sweep_id, function=objective, project="p", count=1)
            sweep = wandb.Api().sweep(f"{wandb_backend.entity}/p/{sweep_id}")
            assert [run.state for run in sweep.runs] == ["finished"]
            url, key = wandb_faults.url, wandb_backend.key
            with pytest.raises(requests.ConnectionError):
                body = {"query": "mutation Heartbeat($id: ID!) { agentHeartbeat(input: {id: $id}) "
                        "{ commands } }", "variables": {"id": lost[0]}}
                requests.post(f"{url}/graphql", json=body, auth=("api", key), timeout=30)
            wandb.agent(sweep_id, function=lambda: wandb.init().finish(), project="p", count=1)
            sweep = wandb.Api().sweep(f"{wandb_backend.entity}/p/{sweep_id}")
            assert (sweep.state, len(sweep.runs)) == ("FINISHED", 2)
    """
    assert "1 passed" in (said := run_pytest(run_cli, tmp_path, body)), said


@pytest.mark.long
def test_everything_in_the_test_goes_through_the_faults(run_cli: RunCli, tmp_path: Path) -> None:
    """What looks for the local backend finds it behind the faults; uploads go there too."""
    body = """
        def test_all(wandb_backend, wandb_faults):
            assert local_server.find().url == wandb_faults.url != wandb_backend.url
            with wandb_faults.errors(503, times=0) as never, wandb_faults.latency(0) as seen:
                with wandb.init(project="p") as run:
                    run.save(__file__, base_path=None, policy="now")
            assert never.met == 0 < seen.met
            url = wandb.Api().run(run.path).file("test_it.py").url
            assert url.startswith(wandb_faults.url)

        def test_without(wandb_backend):
            assert local_server.find().url == wandb_backend.url
            with wandb.init(project="p") as run:
                assert run.settings.base_url == wandb_backend.url
    """
    assert "2 passed" in (said := run_pytest(run_cli, tmp_path, body)), said


def test_the_docs_example(run_cli: RunCli, tmp_path: Path) -> None:
    """The example of a fault in the docs passes as it stands."""
    page = (Path(__file__).parents[2] / "docs" / "local-backend.md").read_text()
    (example,) = [
        block.partition("```")[0]
        for block in page.split("```python\n")[1:]
        if "wandb_faults" in block.partition("```")[0]
    ]
    assert "1 passed" in (said := run_pytest(run_cli, tmp_path, example)), said


def test_no_server_has_faults() -> None:
    """The backend's code and the command line know nothing of them."""
    import wandb_flyte

    package = Path(wandb_flyte.__file__).parent
    for folder in ("backend", "cli", "runtime"):
        for path in (package / folder).rglob("*.py"):
            assert "wandb_flyte.testing" not in path.read_text(), path
