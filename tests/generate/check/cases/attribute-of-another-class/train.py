import wandb


class Settings:
    def __init__(self):
        self.lr = 0.1
        self.beta = 0.9


class Momentum:
    def __init__(self, lr, beta=0.9):
        self.lr = lr
        self.beta = beta

    def step(self, weight):
        return weight - self.lr * self.beta


def train(settings):
    optimizer = Momentum(settings.lr)
    weight = 1.0
    for _ in range(3):
        weight = optimizer.step(weight)
        wandb.log({"loss": weight})


run = wandb.init()
settings = Settings()
settings.lr = run.config.lr
settings.beta = run.config.beta
train(settings)
