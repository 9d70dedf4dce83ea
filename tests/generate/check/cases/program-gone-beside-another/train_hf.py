import wandb

with wandb.init() as run:
    run.log({"score": run.config.rate})
