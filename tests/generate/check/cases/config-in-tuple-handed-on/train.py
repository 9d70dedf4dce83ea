import wandb
from somelib import fit, sgd


class Trainer:
    def __init__(self, config):
        self.lr = config.lr,
        self.width = config.width,

    def train(self):
        return fit(sgd(lr=self.lr), shape=self.width)


run = wandb.init()
run.log({"loss": Trainer(run.config).train()})
