import wandb
import yaml

with open("src/configs/base.yaml") as file:
    settings = yaml.safe_load(file)
run = wandb.init()
run.log({"loss": run.config.lr * settings["size"]})
