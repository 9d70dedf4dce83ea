import wandb

run = wandb.init()
weight = 1.0
if run.config.augment == "true":
    weight /= 2
if run.config.shuffle == "yes":
    weight /= 3
for _ in range(3):
    run.log({"loss": weight})
