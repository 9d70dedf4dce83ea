import wandb

total = 0
with wandb.init() as run:
    for _, value in run.config.items():
        total += value
    run.log({"loss": total})
