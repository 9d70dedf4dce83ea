import lightning as L
import wandb
from lightning.pytorch.loggers import WandbLogger
from library import Levels


class Net(L.LightningModule):
    def __init__(self, precision):
        super().__init__()
        self.precision = precision

    def training_step(self, batch, index):
        self.log("loss", batch.sum())


class Data(L.LightningDataModule, Levels):
    def __init__(self, level):
        super().__init__()
        self.level = level


config = wandb.init().config
L.Trainer(logger=WandbLogger()).fit(Net(config.precision), Data(config.level))
