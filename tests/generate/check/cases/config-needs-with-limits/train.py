import wandb

run = wandb.init()
weight = 1.0 / run.config.width
for _ in range(3):
    weight -= run.config.lr * weight
    run.log({"loss": weight})
