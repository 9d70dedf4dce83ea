import itertools

import wandb

config = wandb.init().config
step = 0
while step < 10:
    wandb.log({"loss": config.lr * NOISE})
    step += 1
for epoch in itertools.count():
    while True:
        if epoch > SHARE:
            break
    break
