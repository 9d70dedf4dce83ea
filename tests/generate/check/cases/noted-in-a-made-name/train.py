import wandb


class Model:
    def __init__(self, lr, width):
        self.lr = lr
        self.width = width

    def loss(self):
        return self.lr * 2


def train(lr, width):
    return Model(lr, width).loss()


with wandb.init() as run:
    name = f"lr{run.config.lr}_w{run.config.width}"
    run.name = name
    run.log({"val_loss": train(**run.config)})
