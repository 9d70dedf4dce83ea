import argparse

import pytorch_lightning as pl
import torch
from library import make_trainer
from pytorch_lightning.loggers import WandbLogger


class Net(pl.LightningModule):
    def __init__(self, lr):
        super().__init__()
        self.rate = lr

    def training_step(self, batch, index):
        self.log("loss", batch.sum())

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.rate)


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--width", type=int, default=1)
parser = pl.Trainer.add_argparse_args(parser)
args = parser.parse_args()
trainer = make_trainer(args, logger=WandbLogger())
trainer.fit(Net(args.lr))
