from lightning.pytorch.cli import LightningCLI
from lightning.pytorch import LightningModule


class Net(LightningModule):
    def __init__(self, width: int = 8, rate: float = 0.1):
        super().__init__()
        self.width, self.rate = width, rate

    def training_step(self, batch, index):
        self.log("loss", self.width * self.rate)


class Command(LightningCLI):
    def add_arguments_to_parser(self, parser):
        parser.add_argument("--notes", default="")


Command(Net)
