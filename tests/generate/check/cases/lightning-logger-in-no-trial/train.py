import argparse

import lightning as L
import torch
import wandb
from lightning.pytorch.loggers import TensorBoardLogger, WandbLogger
from torch.utils.data import DataLoader


class Net(L.LightningModule):
    def __init__(self, lr):
        super().__init__()
        self.lr = lr
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch, _):
        loss = self.layer(batch).mean()
        self.log("loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)


def get_logger(args):
    if args.online:
        return WandbLogger()
    return TensorBoardLogger("runs")


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--online", action="store_true")
args = parser.parse_args()
wandb.init(config=args)
trainer = L.Trainer(logger=get_logger(args))
trainer.fit(Net(args.lr), DataLoader([[1.0]]))
