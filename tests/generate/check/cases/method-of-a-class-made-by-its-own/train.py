import wandb


class Model:
    def __init__(self, lr):
        self.lr = lr

    @classmethod
    def from_config(cls, config):
        return cls(config.lr)

    def fit(self):
        return self.lr


with wandb.init() as run:
    model = Model.from_config(run.config)
    run.log({"loss": model.train()})
