import wandb

config = wandb.init().config
for fold in range(4):
    with wandb.init(config=dict(config)) as run:
        for batch in range(10):
            run.log({"batch_loss": run.config.lr * batch})
        run.log({"val_loss": run.config.lr}, step=fold)
