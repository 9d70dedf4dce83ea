import argparse

import lightning.pytorch as pl
import torch
from lightning.pytorch.loggers import WandbLogger


class Net(pl.LightningModule):
    def __init__(self, args):
        super().__init__()
        self.args = args
        self.layer = torch.nn.Linear(8, args.width)
        self.out = torch.nn.Linear(args.width, 2)

    def forward(self, x):
        return self.out(torch.relu(self.layer(x)))

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = torch.nn.functional.cross_entropy(self(x), y)
        self.log("train/loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log("valid/acc", (self(x).argmax(1) == y).float().mean())

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.args.lr)


def dataset(n):
    x = torch.randn(n, 8)
    return torch.utils.data.TensorDataset(x, (x.sum(1) > 0).long())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--width", type=int, default=16)
    args = parser.parse_args()
    logger = WandbLogger(project="names", config=vars(args))
    trainer = pl.Trainer(max_epochs=5, logger=logger)
    loader = torch.utils.data.DataLoader
    trainer.fit(Net(args), loader(dataset(512), 32), loader(dataset(128), 32))
