import wandb
import yaml

with open("config.yaml") as file:
    config = yaml.safe_load(file)
run = wandb.init()
for key, value in run.config.items():
    if key in ("lr", "validate"):
        config[key] = value
weight = 1.0
for _ in range(3):
    weight -= config["lr"] * weight
    if config["validate"]:
        run.log({"loss": weight})
