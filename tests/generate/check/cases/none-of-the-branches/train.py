import wandb


def train(config):
    if config.loss == "CrossEntropy":
        criterion = 1
    elif config.loss == "focal":
        criterion = 2
    if config.optimizer == "adam":
        rate = 0.1
    elif config.optimizer == "sgd":
        rate = 0.2
    return criterion * rate


wandb.log({"loss": train(wandb.init().config)})
