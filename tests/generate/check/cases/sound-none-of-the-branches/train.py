# What has a value before, in another branch, or is asked for under the same condition stops nothing.
import wandb


def train(config):
    criterion = 3
    if config.loss == "CrossEntropy":
        criterion = 1
    elif config.loss == "focal":
        criterion = 2
    if config.loss == "CrossEntropy":
        weight = 1
    if config.loss == "cross_entropy":
        weight = 2
    elif config.loss == "focal":
        weight = 3
    if config.optimizer == "sgd":
        momentum = 0.9
    if config.optimizer != "adam":
        criterion *= momentum
    return criterion * weight


wandb.log({"loss": train(wandb.init().config)})
