import wandb

run = wandb.init()
name = "sgd"
for step in range(3):
    if name == "sgd":
        run.log({"loss": run.config.momentum})
    name = run.config.optimizer
