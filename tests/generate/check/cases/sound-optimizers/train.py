import torch
import wandb
from torch import nn, optim
from transformers import AdamW

config = wandb.init().config
model = nn.Linear(1, 1)
rate = {"lr": config.lr}
if config.optimizer == "SGD":
    rate["momentum"] = 0.9
optimizer = getattr(torch.optim, config.optimizer)(model.parameters(), **rate, weight_decay=0.1)
other = AdamW(model.parameters(), lr=config.lr, correct_bias=False)
third = optim.Muon(model.parameters(), lr=config.lr, ns_steps=3)
fourth = optim.lr_scheduler.StepLR(third, step_size=3)
wandb.log({"loss": optimizer.step() + other.step() + fourth.step()})
if config.optimizer == "SGD":
    fifth = getattr(optim, config.optimizer)(model.parameters(), lr=config.lr, momentum=0.9)
if fourth:
    sixth = optim.Adam(model.parameters(), lr=config.lr, momentum=0.9)
