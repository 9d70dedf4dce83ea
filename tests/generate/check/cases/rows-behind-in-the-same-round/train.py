import wandb

run = wandb.init()
for epoch, size in enumerate([1, 2, 3]):
    run.log({"train_loss": run.config.lr * size})
    run.log({"val_loss": run.config.lr}, step=epoch)
