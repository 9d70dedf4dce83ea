import wandb
from nets import *

with wandb.init() as run:
    run.log({"loss": run.config.lr * width()})
