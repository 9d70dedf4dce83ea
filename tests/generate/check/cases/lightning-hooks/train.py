import lightning as L
import wandb
from lightning.pytorch.loggers import WandbLogger


class Net(L.LightningModule):
    def __init__(self, lr):
        super().__init__()
        self.lr = lr

    def training_step(self, batch, index):
        self.log("train_loss", batch.mean() * self.lr, on_epoch=True)


wandb.init()
L.Trainer(logger=WandbLogger()).fit(Net(wandb.config.lr))
