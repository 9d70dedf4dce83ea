import wandb


class Stopper:
    def __init__(self, patience=3):
        self.patience = patience
        self.count = 0

    def __call__(self, loss):
        self.count += 1
        return self.count > self.patience


def train():
    config = wandb.init().config
    stopper = Stopper(patience=config.patience)
    for step in range(3):
        wandb.log({"loss": config.lr / (step + 1)})


train()
