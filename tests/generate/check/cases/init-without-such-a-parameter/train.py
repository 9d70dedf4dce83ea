import wandb

with wandb.init(project="trees", count=3) as run:
    run.log({"loss": run.config.lr})
