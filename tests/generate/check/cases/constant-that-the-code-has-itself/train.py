import wandb


def fit(lr, epochs=10):
    return lr * epochs


run = wandb.init()
BATCH_SIZE = 16
run.log({"loss": fit(run.config.lr) / BATCH_SIZE})
