"""Links in Flyte's UI, where no run can tell: on a cluster, and for links made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from wandb_flyte import Wandb, WandbSweep, wandb_config, wandb_sweep_config
from wandb_flyte.runtime.state import State


def rendered(link: Any, context: Any = None, **changes: str) -> str:
    arguments = {
        "run_name": "run",
        "project": "flyte-project",
        "domain": "development",
        "parent_action_name": "a0",
        "action_name": "{{.actionName}}",
        "pod_name": "{{.podName}}",
    }
    return str(link.get_link(context=dict(context or {}), **{**arguments, **changes}))


@pytest.fixture(autouse=True)
def own_server(empty_home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A W&B server of a company's own, so that no default address is asserted."""
    monkeypatch.setenv("WANDB_BASE_URL", "https://api.wandb.example.com")


def test_flytes_placeholders_stay() -> None:
    """On a cluster Flyte fills in the action's name later, so the address keeps its place."""
    link = Wandb(project="p", entity="e")

    assert rendered(link) == "https://wandb.example.com/e/p/runs/run-{{.actionName}}"


@pytest.mark.parametrize(
    ("host", "page"),
    [
        ("https://wandb.ai", "/e/p/runs/run-a1"),
        ("https://wandb.mycompany.com", "/e/p/runs/run-a1"),
        ("https://mycompany.wandb.io/", "/e/p/runs/run-a1"),
    ],
)
def test_the_host_of_the_settings_counts(
    host: str, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """host= in the context or in the link itself is where the page is."""
    monkeypatch.setenv("WANDB_APP_URL", host)
    context = wandb_config(project="p", entity="e", host=host)

    assert rendered(Wandb(), context, action_name="a1") == host.rstrip("/") + page
    link = Wandb(host, "p", "e")
    assert rendered(link, action_name="a1") == host.rstrip("/") + page


def test_without_project_or_entity_the_server_is_all_there_is() -> None:
    """A link that can't be complete leads to the server."""
    assert rendered(Wandb(project="p")) == "https://wandb.example.com"
    assert rendered(WandbSweep(entity="e")) == "https://wandb.example.com"


def test_a_link_of_the_users_own_wins() -> None:
    """What a link made by hand says counts before the context."""
    link = Wandb(project="mine", entity="me", id="chosen", run_mode="new")

    url = rendered(link, wandb_config(project="p", entity="e", id="other"))

    assert url == "https://wandb.example.com/me/mine/runs/chosen"


def test_a_sweep_link_before_there_is_a_sweep() -> None:
    """The parent task's link leads to the sweeps of the project that the sweep will be in."""
    context = {
        **wandb_config(project="p", entity="e"),
        **wandb_sweep_config(method="grid", project="sweeps-of-its-own"),
    }

    assert rendered(WandbSweep(), context) == "https://wandb.example.com/e/sweeps-of-its-own/sweeps"
    assert rendered(WandbSweep(project="x"), context) == "https://wandb.example.com/e/x/sweeps"


def test_a_sweep_link_below_a_sweep() -> None:
    """A sub-action's link leads to the parent's sweep, where that really is."""
    state = State(sweep_id="s1", entity="team", project="q", app_url="https://ui.example.com")
    context = {**wandb_config(project="p", entity="e"), **state.entries()}

    assert rendered(WandbSweep(), context) == "https://ui.example.com/team/q/sweeps/s1"
    assert rendered(WandbSweep(id="s2"), context) == "https://ui.example.com/e/p/sweeps/s2"


def test_names_are_quoted() -> None:
    """Blanks in names make no broken address."""
    assert rendered(WandbSweep(project="my project", entity="e")) == (
        "https://wandb.example.com/e/my%20project/sweeps"
    )
