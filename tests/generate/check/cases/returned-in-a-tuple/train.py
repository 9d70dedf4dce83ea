import wandb


def prepare():
    run = wandb.init()
    limits = {"steps": 3}
    return limits, run.config


def train():
    limits, settings = prepare()
    first, *others = 1, 2, 3
    print(first, others)
    for step in range(limits["steps"]):
        wandb.log({"loss": settings.lr * settings.momentum})


train()
