import wandb

from training.loop import fit

run = wandb.init()
fit(run.config)
