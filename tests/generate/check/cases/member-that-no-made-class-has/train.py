import wandb


class Small:
    def __init__(self, lr):
        self.lr = lr


class Large(Small):
    pass


def build(name, lr):
    if name == "small":
        return Small(lr)
    return Large(lr)


run = wandb.init()
model = build("small", run.config.lr)
wandb.log({"loss": model.evaluate(model.lr)})
