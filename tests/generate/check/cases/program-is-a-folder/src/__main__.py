import wandb
from losses import loss

with wandb.init() as run:
    run.log({"val_loss": loss(run.config.lr)})
