import wandb

run = wandb.init()
config = run.config
depth = 2 if config.residual else 1
if config.shuffle == "true":
    depth += 1
run.log({"loss": depth})
