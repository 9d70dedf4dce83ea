import wandb

DEFAULTS = {"lr": 0.1, "depth": 3}


def train(config=DEFAULTS):
    with wandb.init(config=config) as run:
        run.log({"loss": run.config.lr * run.config.depth})
