import lightning
import torch
import wandb
from torch import optim


class Net(lightning.LightningModule):
    def __init__(self, optimizer, lr):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)
        self.optimizer = optimizer
        self.lr = lr

    def training_step(self, batch, index):
        loss = self.layer(batch).sum()
        self.log("loss", loss)
        return loss

    def configure_optimizers(self):
        if self.optimizer == "nesterov":
            return optim.SGD(self.parameters(), lr=self.lr, nesterov=True)
        return optim.Adam(self.parameters(), lr=self.lr)


run = wandb.init()
net = Net(run.config.optimizer, run.config.lr)
logger = lightning.pytorch.loggers.WandbLogger()
slow = optim.SGD(net.parameters(), 0.1, 0.9, nesterov=True)
none = optim.SGD(net.parameters(), lr=0.1, nesterov=False)
lightning.Trainer(logger=logger).fit(net)
