import wandb

run = wandb.init(config={"momentum": 0.9, "dataset": "small"})
rate = run.config.lr * run.config.momentum
run.log({"loss": rate})
