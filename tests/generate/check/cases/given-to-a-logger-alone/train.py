import lightning
import torch
from lightning.pytorch.loggers import WandbLogger

import wandb

config = {"lr": 0.1, "optimizer": "Adam"}


class Net(lightning.LightningModule):
    def __init__(self, settings):
        super().__init__()
        self.settings = settings

    def training_step(self, batch):
        loss = batch.mean()
        self.log("loss", loss)
        return loss

    def configure_optimizers(self):
        lr = self.settings["lr"]
        if config["optimizer"] == "Adam":
            return torch.optim.Adam(self.parameters(), lr=lr)
        return torch.optim.SGD(self.parameters(), lr=lr)


def train():
    settings = wandb.init().config
    logger = WandbLogger(config=settings)
    lightning.Trainer(logger=logger).fit(Net(settings))


train()
