import wandb

run = wandb.init()
run.config.testing_loss = run.config.lr * 2
run.log(dict(run.config))
