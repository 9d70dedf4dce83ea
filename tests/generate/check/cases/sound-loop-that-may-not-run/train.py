import os

import wandb

config = wandb.init().config
waited = 0
while not os.path.exists("train.py"):
    print(UNDEFINED)
while waited == 1:
    print(UNDEFINED)
    waited += 1
wandb.log({"loss": config.lr})
