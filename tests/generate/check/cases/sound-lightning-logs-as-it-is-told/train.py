import lightning as L
import wandb
from lightning.pytorch.loggers import WandbLogger


class Net(L.LightningModule):
    def __init__(self, lr):
        super().__init__()
        self.lr = lr

    def training_step(self, batch, index):
        self.note("loss", batch.mean() * self.lr)

    def note(self, name, value, on_epoch=True):
        self.log(f"train/{name}", value, on_step=True, on_epoch=on_epoch)


wandb.init()
L.Trainer(logger=WandbLogger()).fit(Net(wandb.config.lr))
