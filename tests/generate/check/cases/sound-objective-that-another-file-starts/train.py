import wandb


def train(model, folder):
    with wandb.init(dir=folder) as run:
        run.log({"loss": run.config.lr * run.config.depth * len(model)})
