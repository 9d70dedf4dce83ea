import os

import wandb

os.environ["WANDB_MODE"] = "disabled"
run = wandb.init()
run.log({"loss": len(run.config.optimizer)})
