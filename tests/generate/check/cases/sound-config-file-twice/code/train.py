import wandb
import yaml

with open("base.yaml") as file:
    settings = yaml.safe_load(file)
if settings["log"]:
    wandb.init()
    wandb.log({"loss": wandb.config.lr})
