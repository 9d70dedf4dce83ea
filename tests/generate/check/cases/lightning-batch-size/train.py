import lightning
import torch
import wandb
from lightning.pytorch.loggers import WandbLogger


class Data(lightning.LightningDataModule):
    def __init__(self, batch_size=8):
        super().__init__()
        self.batch_size = batch_size

    def train_dataloader(self):
        return torch.utils.data.DataLoader(torch.rand(64, 2), batch_size=self.batch_size)


class Net(lightning.LightningModule):
    def __init__(self, rate, batch_size):
        super().__init__()
        self.rate = rate
        self.batch_size = batch_size
        self.layer = torch.nn.Linear(2, 1)

    def training_step(self, batch, index):
        loss = self.layer(batch).mean()
        self.log("loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.rate)


config = wandb.init().config
trainer = lightning.Trainer(logger=WandbLogger())
trainer.fit(Net(config.rate, config.size), Data())
