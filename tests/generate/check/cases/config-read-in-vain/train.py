import torch

import wandb

run = wandb.init()
weight = 1.0
if run.config.model == "cnn":
    weight /= run.config.filters
elif run.config.model == "lstm":
    weight /= run.config.units
for _ in range(3):
    run.log({"loss": weight})
torch.save({"weight": weight, "config": dict(run.config)}, "weights.pt")
