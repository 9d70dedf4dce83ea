import wandb
from net.steps import loss

run = wandb.init()
run.log({"loss": loss(run.config.lr)})
