import wandb


def start(config):
    match config.kind.lower():
        case "sgd" | "momentum":
            return config.momentum
        case "adam":
            return config.beta
    return config.decay


def build(config):
    match config.shape:
        case "wide":
            return config.width
        case _:
            return config.depth


run = wandb.init()
run.log({"loss": start(run.config) * build(run.config)})
