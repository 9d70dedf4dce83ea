import wandb
from model import Model

run = wandb.init()
lr = run.config.lr
momentum = run.config["momentum"]
depth: int = run.config.depth


def train(model, *, decay):
    def step(weight):
        return weight - lr * decay * weight

    weight = 1.0
    for _ in range(model.depth):
        weight = step(weight) * getattr(model, "factor")
        run.log({"loss": weight})


class Momentum:
    def apply(self, weight):
        return weight * momentum


model = Model(run.config.width, depth=depth)
model.factor = Momentum().apply(1.0)
train(model, decay=run.config.decay)
