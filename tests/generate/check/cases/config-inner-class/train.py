import wandb


def fit(settings):
    wandb.log({"acc": settings.lr})


def run():
    wandb.init()
    config = wandb.config

    class Settings:
        def __init__(self, config):
            self.lr = config.lr

    fit(Settings(config))


run()
