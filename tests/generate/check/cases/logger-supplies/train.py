import wandb
import yaml
from lightning.pytorch.loggers import WandbLogger

with open("defaults.yaml") as file:
    config = yaml.safe_load(file)
print(config["name"])
logger = WandbLogger(config=config)
config = dict(wandb.config)
for step in range(config["steps"]):
    wandb.log({"loss": config["lr"] * config["depth"]})
