import wandb


class Named:
    def __init__(self, config):
        super().__init__(config)
        self.name = "model"


class Base:
    def __init__(self, config):
        self.rate = config.lr


class Model(Named, Base):
    def loss(self):
        return self.rate


with wandb.init() as run:
    run.log({"loss": Model(run.config).loss()})
