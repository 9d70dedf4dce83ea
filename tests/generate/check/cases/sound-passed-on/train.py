import lightning
import wandb
from model import Model

run = wandb.init()
lr = run.config.lr
momentum = run.config["momentum"]
depth: int = run.config.depth


def train(model, *, decay):
    def step(weight):
        return weight - lr * decay * weight

    power = 1

    def choose():
        nonlocal power
        global offset
        power = run.config.power
        offset = run.config.offset

    choose()
    weight = 1.0**power + offset
    for _ in range(model.depth):
        weight = step(weight) * getattr(model, "factor") * model.width
        run.log({"loss": weight})


class Momentum:
    def apply(self, weight):
        return weight * momentum


model = Model(run.config.width, depth=depth)
model.factor = Momentum().apply(1.0)
train(model, decay=run.config.decay)


class Net(lightning.LightningModule):
    def __init__(self, dropout):
        super().__init__()
        self.save_hyperparameters()

    def forward(self, x):
        return x * self.hparams.dropout


lightning.Trainer().fit(Net(dropout=run.config.dropout))
