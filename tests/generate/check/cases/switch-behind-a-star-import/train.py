import wandb
from tools import *

use_wandb = False

lr = 0.1
if use_wandb:
    run = wandb.init()
    lr = run.config.lr
for step in range(3):
    if use_wandb:
        wandb.log({"loss": lr * step})
