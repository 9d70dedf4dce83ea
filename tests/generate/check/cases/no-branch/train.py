import wandb

ACTIVATIONS = {"relu": max, "tanh": min}


def optimizer_for(name):
    if name.lower() == "adam":
        return 1
    if name.lower() in ("sgd", "momentum"):
        return 2
    raise ValueError(name)


def schedule_for(name):
    if name == "step":
        return 0.1
    else:
        raise ValueError(name)


def loss_for(name):
    if name == "mse":
        return 2
    elif name == "mae" or name == "l1":
        return 1
    raise ValueError(name)


config = wandb.init().config
rate = optimizer_for(config.optimizer) * loss_for(config.loss)
activate = ACTIVATIONS[config.activation]
if config.schedule != "none":
    rate *= schedule_for(config.schedule)
if config.depth == 1:
    rate *= 2
for step in range(3):
    wandb.log({"loss": activate(rate, step)})
