import lightning as L
import wandb
from lightning.pytorch.loggers import WandbLogger
from torch import optim


class Net(L.LightningModule):
    def __init__(self, optimizer, rate, momentum):
        super().__init__()
        self.optimizer = optimizer
        self.rate = rate
        self.momentum = momentum

    def training_step(self, batch, index):
        self.log("loss", batch.sum())

    def configure_optimizers(self):
        if self.optimizer == "sgd":
            return optim.SGD(self.parameters(), lr=self.rate, momentum=self.momentum)
        return optim.Adam(self.parameters(), lr=self.rate)


config = wandb.init().config
net = Net(config.optimizer, config.rate, config.momentum)
L.Trainer(logger=WandbLogger()).fit(net)
