import wandb


class Settings:
    optimizer = "sgd"


def weigh(settings, momentum):
    if settings.optimizer == "sgd":
        return momentum * 2
    return 0


run = wandb.init()
settings = Settings()
weight = weigh(settings, run.config.momentum)
settings.optimizer = run.config.optimizer
run.log({"loss": weight + weigh(settings, 0)})
