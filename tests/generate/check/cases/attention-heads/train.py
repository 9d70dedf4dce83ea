import argparse

import wandb
from torch import nn


class Encoder(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(d_model=width, nhead=heads)


parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=64)
parser.add_argument("--heads", type=int, default=4)
args = parser.parse_args()
run = wandb.init(config=args)
model = Encoder(args.width, args.heads)
run.log({"loss": sum(one.numel() for one in model.parameters())})
