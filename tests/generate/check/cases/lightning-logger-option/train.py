import argparse

import lightning as L
from lightning.pytorch.loggers import WandbLogger


class Net(L.LightningModule):
    def __init__(self, lr):
        super().__init__()
        self.save_hyperparameters()

    def validation_step(self, batch):
        self.log("val_loss", self.hparams.lr * batch)


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--use_wandb", action="store_true")
args = parser.parse_args()
logger = WandbLogger(project="digits") if args.use_wandb else None
L.Trainer(logger=logger).fit(Net(lr=args.lr))
