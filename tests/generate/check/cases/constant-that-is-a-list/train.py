import wandb
from texts import split

run = wandb.init()
stride = run.config.get("stride", 128)
wandb.log({"loss": run.config.lr * split(stride)})
