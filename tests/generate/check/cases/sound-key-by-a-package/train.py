import wandb
from somewhere import fill

run = wandb.init()
config = run.config
fill(config)
if "step" in config:
    step = config.step
run.log({"loss": config.lr * step})
