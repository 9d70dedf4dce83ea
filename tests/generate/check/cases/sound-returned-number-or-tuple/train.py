import wandb


def train():
    run = wandb.init()
    loss = run.config.lr
    if loss > 1:
        return loss, "diverged"
    return loss
