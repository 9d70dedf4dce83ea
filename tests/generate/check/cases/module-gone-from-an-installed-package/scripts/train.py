import wandb
from core.losses import square
from core.scores import score

run = wandb.init()
wandb.log({"loss": score(square(run.config.lr))})
