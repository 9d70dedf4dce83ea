"""Which settings hold for the run of a task, and what becomes of those that can't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flyte
import pytest
from wandb_flyte import (
    get_wandb_context,
    get_wandb_run,
    wandb_config,
    wandb_init,
)
from wandb_flyte.errors import UserError

from .training import train

env = flyte.TaskEnvironment(name="init-settings")


def test_settings_come_from_decorator_then_context_then_defaults(
    run_local: Callable[..., Any], backend: Any, project: str
) -> None:
    """The decorator wins over the context, which wins over `defaults`."""

    @wandb_init(
        tags=["decorator"],
        defaults={**wandb_config(project="defaults", group="defaults", tags=["defaults"])},
    )
    @env.task
    async def task() -> list[str]:
        run, settings = get_wandb_run(), get_wandb_context()
        assert settings is not None
        assert (settings.project, settings.tags) == (run.project, list(run.tags))
        return [run.project, run.group, *run.tags]

    assert run_local(task) == ["defaults", "defaults", "decorator"]
    assert run_local(task, wandb_config(project=project)) == [project, "defaults", "decorator"]


def test_host_becomes_the_server_address(
    backend: Any, reader: Any, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """host= tells wandb which server to speak to, and is no argument of wandb.init."""
    monkeypatch.setenv("WANDB_API_KEY", backend.key)

    @wandb_init(project=project, host=backend.url)
    def objective() -> str:
        return str(get_wandb_run().settings.base_url)

    assert objective() == backend.url
    assert len(reader.runs()) == 1


@pytest.mark.parametrize("as_mapping", [False, True])
def test_the_callers_settings_stay_as_they_are(
    as_mapping: bool,
    run_local: Callable[..., Any],
    reader: Any,
    project: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """settings= reaches wandb with our own added, and the object that was given is not changed."""
    import wandb

    given: Any = {"run_notes": "mine"} if as_mapping else wandb.Settings(run_notes="mine")
    before = dict(given) if as_mapping else given.model_dump()
    for name, value in {"RANK": "0", "WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)

    @wandb_init(settings=given, run_mode="shared")
    @env.task
    async def task() -> str:
        settings = get_wandb_run().settings
        return f"{settings.run_notes} {settings.mode} {settings.x_label}"

    assert run_local(task, wandb_config(project=project)) == "mine shared rank-0"
    assert (dict(given) if as_mapping else given.model_dump()) == before
    (run,) = reader.runs()
    assert run.state == "finished"


def test_disabled_needs_no_backend(
    no_account: Any, run_local: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """mode="disabled" runs without a key and starts nothing."""
    monkeypatch.setenv("WANDB_FLYTE_BACKEND", "wandb")

    assert "/" in run_local(train, wandb_config(project="p", mode="disabled"), rate=0.5)


def test_a_missing_key_is_told(
    no_account: Any, run_local: Callable[..., Any], project: str
) -> None:
    """backend="wandb" without a key fails with what to do."""
    with pytest.raises(flyte.errors.RuntimeUserError, match="Run `wandb login`"):
        run_local(train, wandb_config(project=project, backend="wandb"), rate=0.5)


def test_wrong_backend_name(no_account: Any, run_local: Callable[..., Any]) -> None:
    """A backend that does not exist is refused when the task is decorated."""
    with pytest.raises(UserError) as caught:
        wandb_init(backend="cloud")(env.task(lambda: None))

    assert str(caught.value) == 'backend is `cloud`.\nIt must be "auto", "local" or "wandb".'
