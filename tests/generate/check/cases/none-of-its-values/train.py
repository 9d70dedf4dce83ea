import wandb


def start(config):
    if config.kind == "adam":
        return config.beta
    elif config.kind == "sgd":
        return config.momentum
    return config.decay


run = wandb.init()
run.log({"loss": start(run.config)})
