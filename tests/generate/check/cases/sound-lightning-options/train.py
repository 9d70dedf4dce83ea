from lightning.pytorch.cli import LightningCLI
from lightning.pytorch import LightningModule


class Net(LightningModule):
    def __init__(self, width: int = 8, rate: float = 0.1, **others):
        super().__init__()
        self.width, self.rate, self.others = width, rate, others

    def training_step(self, batch, index):
        self.log("loss", self.width * self.rate * len(self.others))


NAMES = ["--rate"]


class Command(LightningCLI):
    def add_arguments_to_parser(self, parser):
        for name in NAMES:
            parser.add_argument(name)


Command(Net)
