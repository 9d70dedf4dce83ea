import wandb


class Fitting:
    def __init__(self, config):
        self.config = config

    def fit(self):
        for _ in range(3):
            wandb.log({"loss": self.config.lr})


def report(config):
    wandb.log({"loss": config.width})
