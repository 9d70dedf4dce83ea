import settings
import wandb


def train():
    with wandb.init() as run:
        run.log({"loss": run.config.scale * 0.5})


sweep_id = wandb.sweep(settings.SWEEP, project="shapes")
wandb.agent(sweep_id, train, count=4)
