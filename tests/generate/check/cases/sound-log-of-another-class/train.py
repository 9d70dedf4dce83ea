import lightning
import wandb
from lightning.pytorch.loggers import WandbLogger


class Console:
    def log(self, level, message):
        print(level, message)


class Net(lightning.LightningModule):
    def __init__(self, lr):
        super().__init__()
        self.lr = lr

    def validation_step(self, batch):
        self.log("val/acc", batch.mean() * self.lr)


logger = WandbLogger()
Console().log("info", "starts")
lightning.Trainer(logger=logger).fit(Net(wandb.config.lr))
