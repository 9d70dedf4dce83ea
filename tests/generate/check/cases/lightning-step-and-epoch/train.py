import lightning as L
import wandb
from lightning.pytorch.loggers import WandbLogger


class Net(L.LightningModule):
    def __init__(self, lr, depth):
        super().__init__()
        self.lr, self.depth = lr, depth

    def validation_step(self, batch, index):
        self.log("val_loss", self.lr * self.depth, on_step=True, on_epoch=True)
        self.log("val_error", self.lr, on_epoch=True)


run = wandb.init()
trainer = L.Trainer(logger=WandbLogger(experiment=run))
trainer.fit(Net(run.config.lr, run.config.depth))
