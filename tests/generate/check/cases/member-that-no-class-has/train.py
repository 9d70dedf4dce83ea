import wandb
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(width, 1)

    def forward(self, rows):
        return self.layer(rows)


class Runner:
    def __init__(self, lr):
        self.lr = lr

    def run(self):
        return self.lr * self.steps


run = wandb.init()
net = Net(4).to("cpu")
net.train()
wandb.log({"loss": Runner(run.config.lr).run()})
net.fit(run.config.lr)
