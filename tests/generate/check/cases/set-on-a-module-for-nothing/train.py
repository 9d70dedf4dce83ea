import model
import settings
from settings import options

import wandb

run = wandb.init()
settings.LR = run.config.lr
settings.WIDTH = run.config.width
options.depth = run.config.depth
options.heads = run.config.heads
for _ in range(3):
    run.log({"loss": model.loss()})
