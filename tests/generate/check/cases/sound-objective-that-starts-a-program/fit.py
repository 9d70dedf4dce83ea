import wandb
from trackers import open_run

open_run()
wandb.log({"loss": wandb.config.scale * 0.5})
