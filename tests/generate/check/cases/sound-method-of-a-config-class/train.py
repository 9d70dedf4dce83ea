import wandb
from ml_collections import ConfigDict

run = wandb.init()
config = ConfigDict(dict(run.config))
with config.unlocked():
    config.steps = 3
for step in range(config.steps):
    run.log({"loss": config.lr / (step + 1)})
