import wandb

ALL = []


class Stopper:
    def __init__(self, patience=3):
        self.patience = patience
        ALL.append(self)

    def stops(self, count):
        return count > self.patience


class Timer:
    def __init__(self, lr):
        self.lr = lr
        self.start()

    def start(self):
        wandb.log({"loss": self.lr})


def train():
    config = wandb.init().config
    stopper = Stopper(patience=config.patience)
    timer = Timer(config.lr)
    for count in range(3):
        if any(one.stops(count) for one in ALL):
            break


train()
