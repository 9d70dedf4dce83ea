import wandb
from .data import load

run = wandb.init()
for _ in range(3):
    run.log({"loss": load() * run.config.lr})
