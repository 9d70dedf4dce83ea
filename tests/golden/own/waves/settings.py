"""What you tune. This file is yours: an update never changes it."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

import flyte

ROOT = Path(__file__).resolve().parents[1]

# Where the runs go. No entity means your default one; "auto" means W&B when you have a key for it.
PROJECT = "surf"
ENTITY: str | None = "acme"
BACKEND: Literal["auto", "local", "wandb"] = "local"

# How much a sweep runs, unless the command line says otherwise.
TRIALS = 3
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

# What the pods run: an image that Flyte builds, or the name of one that exists.
BASE_IMAGE = flyte.Image.from_debian_base(name="waves")
IMAGE: str | flyte.Image = BASE_IMAGE.with_uv_project(
    ROOT / "pyproject.toml", extra_args="--no-dev"
)

# The Flyte secret that holds your W&B key.
SECRET = flyte.Secret(key="wandb_api_key", as_env_var="WANDB_API_KEY")
