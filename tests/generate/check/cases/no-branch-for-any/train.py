import wandb


def make(config):
    if config.width < 2:
        if config.kind == "hinge":
            loss = config.lr
        elif config.kind == "focal":
            loss = 2 * config.lr
        else:
            raise ValueError(config.kind)
        model = loss * config.width
    return model


run = wandb.init()
run.log({"loss": make(run.config)})
