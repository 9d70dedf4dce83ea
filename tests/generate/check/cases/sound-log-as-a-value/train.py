import wandb


def train(lr, log=print):
    for _ in range(3):
        log(dict(loss=lr))


run = wandb.init()
train(run.config.lr, log=run.log)
