import wandb
from losses import loss

run = wandb.init()
run.log({"loss": loss(run.config.lr)})
