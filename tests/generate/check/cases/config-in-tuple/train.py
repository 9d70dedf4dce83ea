import wandb

run = wandb.init()
lr = run.config.lr,
shape = (run.config.width,)
for _ in range(3):
    run.log({"loss": lr * shape[0]})
