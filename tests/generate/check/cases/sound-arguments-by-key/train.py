import argparse

import wandb
import yaml

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
options = vars(parser.parse_args())
with open("settings.yaml") as file:
    for name, value in yaml.safe_load(file).items():
        options[name] = value
wandb.init(config=options)
weight = 1.0
for _ in range(options["epochs"]):
    weight -= options["lr"] * weight
    wandb.log({"loss": weight})
