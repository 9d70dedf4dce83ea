import argparse

import lightning
import wandb
from layers import build
from lightning.pytorch.loggers import WandbLogger
from torch import optim


class Net(lightning.LightningModule):
    def __init__(self, scheduler, rate, max_rate):
        super().__init__()
        self.save_hyperparameters()

    def training_step(self, batch, index):
        self.log("loss", batch.sum())

    def configure_optimizers(self):
        optimizer = optim.SGD(self.parameters(), lr=self.hparams["rate"])
        if self.hparams.scheduler == "one_cycle":
            return [optimizer], [optim.lr_scheduler.OneCycleLR(optimizer, self.hparams.max_rate)]
        return optimizer


class Inner(lightning.LightningModule):
    def __init__(self, **kwargs):
        super().__init__()
        self.save_hyperparameters()
        self.inner = build(**self.hparams)


class Outer(Inner):
    def __init__(self, width, depth, lr=0.1):
        super().__init__()


parser = argparse.ArgumentParser()
parser.add_argument("--scheduler", default=None)
parser.add_argument("--rate", type=float, default=0.1)
parser.add_argument("--max_rate", type=float, default=0.1)
parser.add_argument("--width", type=int, default=1)
parser.add_argument("--depth", type=int, default=1)
parser.add_argument("--lr", type=float, default=0.1)
args = parser.parse_args()
wandb.init()
trainer = lightning.Trainer(logger=WandbLogger())
first = Net(args.scheduler, args.rate, args.max_rate)
second = Net("one_cycle", args.rate, args.max_rate)
for net in (first, second, Outer(args.width, depth=args.depth, lr=args.lr)):
    trainer.fit(net)
