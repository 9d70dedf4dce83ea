import wandb
from settings.defaults import STEPS

run = wandb.init()
for _ in range(STEPS):
    run.log({"loss": run.config.lr})
