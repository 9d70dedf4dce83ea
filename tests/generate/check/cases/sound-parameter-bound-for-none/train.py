import wandb


def fit(lr, width=None):
    if width is None:
        width = 8
    rest = 0
    for _ in range(2):
        lr = float(lr)
        lr, rest = 0.5, rest + lr * width
    return rest


run = wandb.init()
run.log({"loss": fit(run.config.lr, width=run.config.width)})
