"""The one module that touches Flyte's inner parts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import flyte
import flyte._task
import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.runtime import _flyte

env = flyte.TaskEnvironment(name="adapter")


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [
        (None, None),
        (0, None),
        (90, 90.0),
        (timedelta(minutes=2), 120.0),
        (flyte.Timeout(max_runtime=timedelta(hours=1)), 3600.0),
        (flyte.Timeout(max_queued_time=5), None),
    ],
)
def test_how_long_a_task_may_run(timeout: Any, seconds: float | None) -> None:
    """Each of Flyte's ways to give a timeout is understood; only the running time counts."""

    @env.task(timeout=timeout)
    async def task() -> None: ...

    assert _flyte.max_runtime_s(task) == seconds


def test_a_flyte_that_moved_its_task_class_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer Flyte without what we need is told with its version and what to install."""
    monkeypatch.delattr(flyte._task, "AsyncFunctionTaskTemplate")

    with pytest.raises(UserError) as caught:
        _flyte.is_task(object())

    assert caught.value.message.startswith(
        f"Flyte `{flyte.__version__}` has moved `flyte._task.AsyncFunctionTaskTemplate`, "
        "which wandb-flyte works with: cannot import name"
    )
    assert "flyte<" in caught.value.hint


def test_nowhere_outside_of_a_flyte_run() -> None:
    """Outside of a Flyte run there is no action."""
    assert _flyte.where() is None
