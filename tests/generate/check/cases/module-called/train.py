import torch
import wandb
from torch import nn


class Decoder(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(size, 1)

    def forward(self, text, image):
        return self.layer(text + image)


class Encoder(nn.Module):
    def forward(self, image):
        return image


run = wandb.init()
decoder = Decoder(3).to("cpu")
encoder = Encoder()
for _ in range(2):
    image = encoder(torch.ones(3))
    loss = run.config.lr * decoder(image)
    run.log({"loss": loss})
