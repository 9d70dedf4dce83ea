import wandb

run = wandb.init()
run.log({"loss": run.config.lr})
