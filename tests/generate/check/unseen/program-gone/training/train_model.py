import wandb

with wandb.init() as run:
    run.log({"loss": 1 - run.config.lr})
