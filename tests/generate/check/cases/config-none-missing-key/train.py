import wandb


def train(config=None):
    with wandb.init(config=config):
        config = wandb.config
        weight = 1.0 / config.width
        for _ in range(3):
            weight -= config.lr * weight
            wandb.log({"loss": weight})
