"""What the kit team sets. settings.py uses it; an update of the kit changes it."""

import flyte

# Where the runs go. No entity means your default one; no host means the one that wandb knows.
ENTITY: str | None = "acme"
HOST: str | None = None

# The name of the Flyte secret that holds the W&B key.
SECRET = "team-key"

# The most that a sweep may have.
MOST_TRIALS: int | None = 40
MOST_AGENTS: int | None = None

# What an agent can get.
PROFILES = {
    "a100x1": flyte.Resources(
        cpu=12,
        gpu="A100:1",
        memory="80Gi",
    ),
    "small": flyte.Resources(
        cpu=1,
        memory="2Gi",
    ),
}

# What tasks find in their environment.
ENVIRONMENT: dict[str, str] = {
    "HF_HOME": "/data/huggingface",
    "HTTPS_PROXY": "http://proxy.acme.example:3128",
}

# What the image is built on, and what goes into it.
BASE = "registry.acme.example/base:2"
REGISTRY = "registry.acme.example"
BASE_IMAGE = flyte.Image.from_base(BASE).clone(
    name="demo",
    registry=REGISTRY,
    extendable=True,
)
APT_PACKAGES = [
    "git",
]
BASE_IMAGE = BASE_IMAGE.with_apt_packages(*APT_PACKAGES)
COMMANDS = [
    "mkdir -p /data",
]
BASE_IMAGE = BASE_IMAGE.with_commands(COMMANDS)
