"""What you tune of the sweep deep. This file is yours: an update never changes it."""

from datetime import timedelta
from typing import Literal

import flyte

from waves import settings

# Where the runs go. No entity means your default one.
PROJECT = "waves-deep"
ENTITY: str | None = None
BACKEND: Literal["auto", "local", "wandb"] = settings.BACKEND

# How much a sweep runs, unless the command line says otherwise.
TRIALS = 2
AGENTS = 3

# How long the sweep, and each agent, may take in one attempt, and how many more each has.
SWEEP_TIMEOUT = timedelta(hours=24)
AGENT_TIMEOUT = timedelta(hours=12)
RETRIES = 3

# What each agent gets. It runs one trial after the other.
AGENT_RESOURCES = flyte.Resources(
    cpu=2,
    memory="4Gi",
    gpu=0,  # A number, or a type and a number: "A100:1".
    disk="10Gi",
    shm="auto",
)

# What the task that starts the agents gets. It only waits for them.
PARENT_RESOURCES = flyte.Resources(cpu=1, memory="1Gi", gpu=0, disk="1Gi", shm=None)

# The image and the secret are those of waves/settings.py, for every sweep of the project.
IMAGE = settings.IMAGE
SECRET = settings.SECRET
