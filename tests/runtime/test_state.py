"""What an action passes on to its sub-actions."""

from __future__ import annotations

import json

from wandb_flyte.runtime.state import STATE_KEY, State


def test_what_a_newer_version_passes_on_is_left_out():
    """An image of the agents may be older than the parent's."""
    context = {STATE_KEY: json.dumps({"sweep_id": "s", "from_tomorrow": [1]})}
    assert State.read(context) == State(sweep_id="s")


def test_only_what_there_is_is_passed_on():
    """An entry names no more than the parent has open."""
    assert State(sweep_id="s").entries(agents=2) == {STATE_KEY: '{"sweep_id": "s", "agents": 2}'}
