import wandb
import yaml

with open("base.yaml") as file:
    settings = yaml.safe_load(file)
wandb.init()
settings.update(wandb.config)
weight = 1.0
for _ in range(settings["steps"]):
    weight -= settings["lr"] * weight
    if settings["optimizer"] == "sgd":
        weight *= settings["momentum"]
    if settings["log"]:
        wandb.log({"loss": weight})
