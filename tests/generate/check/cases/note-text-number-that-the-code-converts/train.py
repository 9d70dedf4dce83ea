import wandb

run = wandb.init()
lr = float(run.config.lr)
run.log({"loss": lr * run.config.decay})
