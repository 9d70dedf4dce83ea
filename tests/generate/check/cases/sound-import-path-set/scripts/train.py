import sys
from pathlib import Path

import wandb

sys.path.insert(0, str(Path(__file__).parents[1]))
from losses import loss

run = wandb.init()
run.log({"loss": loss(run.config.lr)})
