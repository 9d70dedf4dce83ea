from functools import partial

import torch
import wandb
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        put = partial(self.register_buffer, persistent=False)
        put("betas", torch.ones(3))

    def forward(self, x):
        return x * self.betas


with wandb.init() as run:
    net = Net()
    run.log({"loss": run.config.lr * float(net(1.0).sum() + net.betas.sum())})
