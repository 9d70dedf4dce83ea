from dataclasses import dataclass

import lightning

import wandb


class Data(lightning.LightningDataModule):
    def __init__(self, batch=16, folder="data"):
        super().__init__()
        self.save_hyperparameters()

    def train_dataloader(self):
        return [1] * self.hparams["batch"]


@dataclass
class Parts:
    data: Data


def make(**given):
    return Data(**given)


def build():
    data = make(**run.config)
    return Parts(data=data)


run = wandb.init()
run.log({"loss": 1})
lightning.Trainer().fit(None, build().data)
