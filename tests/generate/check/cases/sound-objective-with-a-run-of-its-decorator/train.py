import wandb
from wandb_flyte import wandb_init


@wandb_init
def train():
    run = wandb.run
    run.log({"loss": run.config.scale * 0.5})
