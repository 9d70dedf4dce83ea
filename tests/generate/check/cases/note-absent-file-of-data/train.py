import json

import wandb

with open("datasets/set_parameters.json") as file:
    known = json.load(file)
run = wandb.init()
run.log({"loss": run.config.lr * known["scale"]})
