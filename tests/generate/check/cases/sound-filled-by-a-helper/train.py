import wandb


class Optimizer:
    lr = 0.1


def override(target, values):
    for key, value in values.items():
        setattr(target, key, value)


def fill(target, values):
    merge(target, values)


def merge(target, values):
    target.update(values)


run = wandb.init()
optimizer, model = Optimizer(), {"depth": 1}
override(optimizer, run.config)
fill(model, run.config)
run.log({"loss": optimizer.lr * model["depth"]})
