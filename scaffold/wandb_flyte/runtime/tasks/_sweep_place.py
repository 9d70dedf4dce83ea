"""Where a sweep is: in which project, of which entity."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from wandb_flyte.runtime.state import State, state_here
from wandb_flyte.runtime.tasks.frame import current_frame, settings_here, sweep_settings_here
from wandb_flyte.runtime.tasks.settings import WandbConfig, WandbSweepConfig


class SweepPlace(NamedTuple):
    """A sweep's entity and project, each empty where nothing says it."""

    entity: str
    project: str


def sweep_place_here(sweep_id: str) -> SweepPlace:
    """Where a sweep is by what holds here: the task's decorators, its context, the environment.

    Args:
        sweep_id: The sweep's id, `project/id` or `entity/project/id`; empty for one to be made.
    """
    own, sweep, run = current_frame().over, sweep_settings_here(), settings_here()
    return sweep_place(sweep_id, state_here(), own, sweep, run, os.environ)


def sweep_place(
    sweep_id: str,
    state: State,
    own: WandbConfig,
    sweep: WandbSweepConfig,
    run: WandbConfig,
    env: Mapping[str, str],
) -> SweepPlace:
    """What its id says, then where the parent's sweep is, if it is that one, then the settings.

    Args:
        sweep_id: The sweep's id, `project/id` or `entity/project/id`; empty for one to be made.
        state: What the parent action has open.
        own: What the decorator or the link itself says, before all other settings.
        sweep: The sweep settings.
        run: The run settings, which hold for the sweep where its own say nothing.
        env: The environment variables, which come last.
    """
    *path, name = sweep_id.split("/")
    is_parents = bool(name) and name == state.sweep_id
    layers = (state if is_parents else State(), own, sweep, run)
    return SweepPlace(
        next((text for text in (*path[-2:-1], *(each.entity for each in layers)) if text), "")
        or env.get("WANDB_ENTITY", ""),
        next((text for text in (*path[-1:], *(each.project for each in layers)) if text), "")
        or env.get("WANDB_PROJECT", ""),
    )
