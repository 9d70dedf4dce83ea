import argparse

import lightning
import wandb
from lightning.pytorch.loggers import WandbLogger
from torch import optim


class Base(lightning.LightningModule):
    def __init__(self, scheduler="one_cycle", rate=0.1, max_rate=0.1):
        super().__init__()
        self.save_hyperparameters()

    def training_step(self, batch, index):
        self.log("loss", batch.sum())

    def configure_optimizers(self):
        optimizer = optim.SGD(self.parameters(), lr=self.hparams.rate)
        if self.hparams.scheduler == "one_cycle":
            return [optimizer], [optim.lr_scheduler.OneCycleLR(optimizer, self.hparams.max_rate)]
        return optimizer


class Net(Base):
    def __init__(self, width, **kwargs):
        super().__init__()
        self.save_hyperparameters(ignore=["width"])
        self.width = width


parser = argparse.ArgumentParser()
parser.add_argument("--scheduler", default=None)
parser.add_argument("--rate", type=float, default=0.1)
parser.add_argument("--max_rate", type=float, default=0.1)
parser.add_argument("--unused", type=int, default=1)
args = parser.parse_args()
wandb.init()
net = Net(3, scheduler=args.scheduler, rate=args.rate, max_rate=args.max_rate, unused=args.unused)
lightning.Trainer(logger=WandbLogger()).fit(net)
