import argparse

import wandb

p = argparse.ArgumentParser(allow_abbrev=False)
p.add_argument("--lr", type=float)
p.add_argument("--layers", type=int)
a = p.parse_args()
wandb.init(config=a)
for epoch in range(27):
    wandb.log({"val_loss": 1 / (1 + epoch * a.lr * a.layers)})
