import torch
import wandb
from torch import nn, optim

config = wandb.init().config
model = nn.Linear(1, 1)
optimizer = getattr(torch.optim, config.optimizer)(model.parameters(), lr=config.lr, momentum=0.9)
other = optim.AdamW(model.parameters(), lr=config.lr, correct_bias=False)
wandb.log({"loss": optimizer.step() + other.step()})
