import wandb

run = wandb.init()
run.log({"lr": run.config.lr})
if run.config.depth > 1:
    run.log({"loss": run.config.lr})
