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


KINDS = {one.__name__: one for one in Base.__subclasses__()}
run = wandb.init()
KINDS["Deep"](run.config.lr).fit()
