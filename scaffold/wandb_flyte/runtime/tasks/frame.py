"""What holds inside one decorated call: its decorator's settings, its run, its sweep."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, NamedTuple

from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime.tasks.settings import Settings, WandbConfig, WandbSweepConfig


class Frame(NamedTuple):
    """What holds inside one decorated call, beside the custom context.

    Attributes:
        action: The Flyte action, empty outside of Flyte.
        over: What decorators say: it wins over the context.
        under: The decorators' `defaults`: the context wins over them.
        sweep_over: The same, about the sweep.
        sweep_under: The same, about the sweep.
        run: The open W&B run.
        sweep: The sweep, with its backend.
    """

    action: str = ""
    over: WandbConfig = WandbConfig()
    under: WandbConfig = WandbConfig()
    sweep_over: WandbSweepConfig = WandbSweepConfig()
    sweep_under: WandbSweepConfig = WandbSweepConfig()
    run: Any = None
    sweep: Any = None


_frame: ContextVar[Frame | None] = ContextVar("frame", default=None)


def current_frame() -> Frame:
    """The frame of this action; a new one in an action that has none yet.

    A local run starts sub-actions in a copy of their parent's context variables, hence the check.
    """
    here = _flyte.where()
    action = here.action_name if here else ""
    frame = _frame.get()
    return frame if frame is not None and frame.action == action else Frame(action)


class entered_frame:  # noqa: N801 - used like a function: `with entered_frame(run=run):`
    """Adds to the frame inside a `with` block."""

    def __init__(self, **changes: Any) -> None:
        self._changes = changes

    def __enter__(self) -> None:
        frame = current_frame()
        merged: dict[str, Any] = {
            name: value.over(getattr(frame, name)) if isinstance(value, Settings) else value
            for name, value in self._changes.items()
        }
        self._token = _frame.set(frame._replace(**merged))

    def __exit__(self, *error: Any) -> None:
        _frame.reset(self._token)


def settings_here() -> WandbConfig:
    """The run settings that hold here: decorator, then context, then `defaults`."""
    frame, here = current_frame(), _flyte.where()
    context = WandbConfig.read_or_empty(here.context if here else {})
    return frame.over.over(context).over(frame.under)


def sweep_settings_here() -> WandbSweepConfig:
    """The sweep settings that hold here: decorator, then context, then `defaults`."""
    frame, here = current_frame(), _flyte.where()
    context = WandbSweepConfig.read_or_empty(here.context if here else {})
    return frame.sweep_over.over(context).over(frame.sweep_under)
