from lightning.pytorch import LightningModule
from lightning.pytorch.cli import LightningCLI
from lightning.pytorch.loggers import WandbLogger


class Model(LightningModule):
    def __init__(self, lr: float = 0.1):
        super().__init__()
        self.lr = lr

    def training_step(self, batch):
        self.log_dict(dictionary={"train/loss": batch * self.lr})


class CLI(LightningCLI):
    logger = WandbLogger


if __name__ == "__main__":
    CLI(model_class=Model)
