import wandb


class Base:
    def __init__(self, lr):
        self.lr = lr

    def fit(self):
        wandb.log({"accuracy": self.lr})


class Deep(Base):
    pass


class Plain:
    def __init__(self, lr):
        self.lr = lr

    def fit(self):
        wandb.log({"loss": self.lr})


run = wandb.init()
Deep(run.config.lr).fit()
