import wandb

run = wandb.init()
for epoch in range(run.config.epochs):
    run.log({"loss": run.config.lr * run.config.depth})
