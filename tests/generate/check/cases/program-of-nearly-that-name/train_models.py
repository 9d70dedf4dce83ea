import wandb

with wandb.init() as run:
    run.log({"loss": run.config.lr})
