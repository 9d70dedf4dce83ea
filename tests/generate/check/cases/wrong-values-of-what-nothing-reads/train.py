import wandb

run = wandb.init()
run.log({"loss": run.config.depth * run.config.momentum})
