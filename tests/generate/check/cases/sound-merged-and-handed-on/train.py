import wandb
from somelib import fit

BASE = {"depth": 3, "steps": 10}

wandb.init()
settings = {"name": "trial", **BASE, **wandb.config}
wandb.log({"loss": fit(settings)})
