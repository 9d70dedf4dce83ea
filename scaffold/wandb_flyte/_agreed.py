"""What the runtime and the local backend agree on, beside W&B's own protocol."""

from __future__ import annotations

import re
from typing import NamedTuple

# What the `local` extra installs.
LOCAL_EXTRA = ("ariadne", "numpy", "optuna", "re2", "scipy", "starlette", "uvicorn")
# In the data folder of a local backend: how it is reached while it runs, what it holds then, and
# its key.
STATE_FILE = "server.json"
LOCK_FILE = "server.lock"
KEY_FILE = "key"
# With this a local backend ends that finds the lock held.
LOCK_HELD_EXIT_CODE = 3

# The local backend refuses what an agent sends about a trial that a newer one has taken up.
AGENT_HEADER = "X-Wandb-Flyte-Agent"
# Where a run's summary holds why its trial failed. W&B's pages don't show keys that begin with `_`.
REASON_KEY = "_wandb_flyte"

# The states of a run that ended, and not well; and of a sweep that hands out no more trials.
FAILED = frozenset({"failed", "crashed", "killed"})
SWEEP_ENDED = frozenset({"FINISHED", "CANCELED"})

_KEY = re.compile(r"(?<!\S)flyte:([^\s/]+)/(\S+)")


class FlyteKey(NamedTuple):
    """A Flyte action, as a sweep's description and an agent's host name it.

    Run and action have the same names in each attempt, so a retried task finds by it what it made.
    """

    run: str
    action: str

    def __str__(self) -> str:
        return f"flyte:{self.run}/{self.action}"

    @classmethod
    def in_text(cls, text: str) -> FlyteKey | None:
        """The last one in a text, or None: a sweep's own description comes before it."""
        found = _KEY.findall(text)
        return cls(*found[-1]) if found else None
