import wandb

from .fast import step_of

config = wandb.init().config
for step in range(3):
    wandb.log({"loss": step_of(config.lr, step)})
